// Runs several web servers on one port, as one child of the launcher: node web-group.mjs COUNT PROGRAM ARGUMENTS.
import cluster from 'node:cluster'
import { setTimeout as sleep } from 'node:timers/promises'
import { Backoff, DEATHS_IN_A_ROW } from './backoff.mjs'
import { fromRoot } from './paths.mjs'
import { watchPulse } from './pulse.mjs'
import { say } from './report.mjs'

/** The time that the launcher waits for a single web server. */
const HANGS_AFTER_MS = 60_000

const [count = '', ...args] = process.argv.slice(2)
const ending = new AbortController()
// The whole group gets the signal: the web servers end, and then this process.
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => ending.abort())
// Each web server accepts connections from a shared socket. If this process distributed them, those for one that dies would hang.
cluster.schedulingPolicy = cluster.SCHED_NONE
cluster.setupPrimary({ exec: fromRoot('scripts/launch/web-process.mjs'), args })
const outcomes = await Promise.allSettled(Array.from({ length: Number(count) }, (_, n) => keep(n + 1)))
process.exit(outcomes.every(each => each.status === 'fulfilled') ? 0 : 1)

/**
 * Runs one web server until the group ends, and restarts it after growing pauses. If it fails permanently, the group
 * ends, and the launcher restarts the group.
 * @param {number} number
 */
async function keep(number) {
  const backoff = new Backoff()
  while (!ending.signal.aborted) {
    const began = Date.now()
    const { healthy, end } = await serve(number)
    if (ending.signal.aborted) return
    // A web server listens even if the database is unavailable.
    const { pauseMs, givesUp } = backoff.next({ ranMs: Date.now() - began, healthy, waiting: false })
    if (givesUp) {
      say(`Web server ${number} exited ${DEATHS_IN_A_ROW} times in a row before it was ready (${end}).`)
      process.exit(1)
    }
    say(`Web server ${number} exited (${end}); restarting in ${pauseMs / 1000} s.`)
    await sleep(pauseMs, null, { signal: ending.signal }).catch(() => {})
  }
}

/**
 * @param {number} number
 * @returns {Promise<{ healthy: boolean, end: string }>} healthy: whether it listened; end: how it ended
 */
function serve(number) {
  const worker = cluster.fork()
  let healthy = false
  worker.once('listening', () => {
    healthy = true
  })
  watchPulse(`web server ${number}`, worker.process, HANGS_AFTER_MS, () => worker.process.kill('SIGKILL'))
  return new Promise(done => {
    worker.once('error', error => done({ healthy, end: error.message }))
    worker.once('exit', (code, signal) => done({ healthy, end: signal ?? `exit code ${code}` }))
  })
}
