import { setClock } from '../../lib/clock'
import { closeDatabase } from '../../lib/db'
import { attemptImport } from '../../lib/jobs/imports/attempt'

/** Works one import off in a process of its own, as a worker does, to be killed at any moment. Prints whether it ran. */
const [id = '', clock = ''] = process.argv.slice(2)
setClock(() => new Date(clock))
const ran = (await attemptImport(Number(id))).result !== 'nothing'
await closeDatabase()
process.stdout.write(String(ran))
