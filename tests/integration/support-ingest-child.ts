import { setClock } from '../../lib/clock'
import { closeDatabase } from '../../lib/db'
import { attemptImport } from '../../lib/jobs/imports/attempt'

const [id = '', clock = ''] = process.argv.slice(2)
setClock(() => new Date(clock))
void runOne()

/** Runs one import in a separate process, like a worker, so that a test can kill it at any time. Prints whether it ran. */
async function runOne(): Promise<void> {
  const ran = (await attemptImport(Number(id))).result !== 'nothing'
  await closeDatabase()
  process.stdout.write(String(ran))
}
