import 'server-only'
import { closeDatabase } from '../db'
import { log } from '../log'
import type { Outage } from '../outage'
import { ImportLoop } from './imports'
import { Presence } from './presence'
import { regroupFindings } from './regroup'
import { startSchedule } from './schedule'

/** The background process: works imports off and does what is due by the clock. Many may run over one database. */
async function main(): Promise<void> {
  const presence = new Presence()
  presence.start()
  const onState: object = { onState: (outage: Outage | null) => presence.setOutage(outage) }
  const imports = new ImportLoop(onState)
  const schedule = await startSchedule()
  // Imports go by the table of this version: what stands there has to as well.
  await regroupFindings()
  imports.start()
  log.info('worker is ready')
  let stopping = false
  const stop = async () => {
    if (stopping) return
    stopping = true
    await presence.stop()
    await schedule.stop()
    // A long import does not hold up a restart: what is committed stays, and the next worker goes on behind it.
    await Promise.race([imports.stop(), new Promise(resolve => setTimeout(resolve, 3000))])
    await closeDatabase().catch((error: unknown) => log.warn({ err: error }, 'closing the database connections failed'))
    process.exit(0)
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
}

main().catch((error: unknown) => {
  log.fatal({ err: error }, 'the worker could not start')
  process.exit(1)
})
