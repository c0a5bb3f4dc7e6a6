import { setTimeout as sleep } from 'node:timers/promises'
import { runNextChecks } from '../../lib/jobs/checks/run-checks'
import { ImportLoop } from '../../lib/jobs/imports/loop'

new ImportLoop({ idleMs: 50 }).start()
void runChecks()

/** Runs the checks that are due and imports what they report, in a process of its own, until a test kills it. */
async function runChecks(): Promise<void> {
  for (;;) if (!(await runNextChecks())) await sleep(50)
}
