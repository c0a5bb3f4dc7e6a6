import { runNextChecks } from '../../lib/jobs/checks/run-checks'
import { ImportLoop } from '../../lib/jobs/imports/loop'

/** Runs the checks that are due and imports what they report, in a process of its own, until a test kills it. */
new ImportLoop({ idleMs: 50 }).start()
for (;;) if (!(await runNextChecks())) await new Promise(done => setTimeout(done, 50))
