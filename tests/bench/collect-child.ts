import { closeDatabase } from '../../lib/db'
import { runNextChecks } from '../../lib/jobs/checks/run-checks'
import { CollectionLoop } from '../../lib/jobs/collection/loop'
import { ImportLoop } from '../../lib/jobs/imports/loop'

/**
 * Collects and imports as a worker does, with the checks that are due, until it is told to end. Then it sends its peak memory in megabytes
 * and its CPU time in seconds.
 */
const CHECK_EVERY_MS = 1_000
const loops = [new CollectionLoop(), new ImportLoop()]
for (const loop of loops) loop.start()
let checking: Promise<unknown> = Promise.resolve()
const timer = setInterval(() => {
  checking = checking.then(() => runNextChecks())
}, CHECK_EVERY_MS)
process.on('message', async () => {
  clearInterval(timer)
  await checking
  await Promise.all(loops.map(loop => loop.stop()))
  await closeDatabase()
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
  process.send?.([maxRSS / 1024, (userCPUTime + systemCPUTime) / 1e6], () => process.exit(0))
})
process.send?.('ready')
