import { closeDatabase } from '../../lib/db'
import { ImportLoop } from '../../lib/jobs/imports/loop'

/** Imports what is queued, as a worker does, until it is told to end. */
const loop = new ImportLoop()
loop.start()
process.on('message', async () => {
  await loop.stop()
  await closeDatabase()
  process.exit(0)
})
process.send?.('ready')
