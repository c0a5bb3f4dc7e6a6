import 'server-only'
import { closeDatabase } from '../db'
import { log } from '../log'
import { CheckLoop } from './checks/loop'
import { CollectionLoop } from './collection/loop'
import { EventLoop } from './events/loop'
import { ImportLoop } from './imports/loop'
import { Presence } from './presence'
import { regroupFindings } from './regroup'
import { retryOutages } from './retry-outages'
import { startSchedule } from './schedule'
import { WriteBackLoop } from './write-back/loop'

/** The background process: runs imports and scheduled jobs. Several can share one database. */
async function main(): Promise<void> {
  const presence = new Presence()
  presence.start()
  const collection = new CollectionLoop()
  const events = new EventLoop()
  const writeBack = new WriteBackLoop()
  const checks = new CheckLoop()
  const imports = new ImportLoop({ onState: outage => presence.setOutage(outage) })
  let schedule: Awaited<ReturnType<typeof startSchedule>> | null = null
  const scheduled = startSchedule().then(started => {
    schedule = started
  })
  let stopping = false
  const stop = async () => {
    if (stopping) return
    stopping = true
    await Promise.race([presence.stop(), pause(1000)])
    await Promise.race([schedule?.stop(), pause(6000)])
    // A long import does not delay a restart: committed batches stay, and the next worker continues after them.
    const loops = [imports, collection, events, writeBack, checks]
    await Promise.race([Promise.all(loops.map(loop => loop.stop())), pause(3000)])
    await closeDatabase().catch((error: unknown) => log.warn({ err: error }, 'closing the database connections failed'))
    process.exit(0)
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  // Imports group by the table of this version, so stored findings have to be grouped by it first.
  const regrouped = retryOutages(regroupFindings, {
    onState: (outage, error) => {
      if (outage) log.warn({ outage, reason: String(error) }, 'regrouping waits and will be retried')
      presence.setOutage(outage)
    },
  }).then(() => {
    if (stopping) return
    imports.start()
    collection.start()
    events.start()
    writeBack.start()
    checks.start()
  })
  await Promise.all([scheduled, regrouped])
  log.info('worker is ready')
  // The launcher counts only deaths before this towards giving up.
  process.send?.('ready')
}

function pause(milliseconds: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, milliseconds))
}

main().catch((error: unknown) => {
  log.fatal({ err: error }, 'the worker could not start')
  process.exit(1)
})
