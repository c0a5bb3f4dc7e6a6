import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startChild } from './child.mjs'
import { isEarlierStartEnding } from './ending.mjs'
import { watchHealth } from './health.mjs'
import { withLock } from './lock.mjs'
import { fromRoot } from './paths.mjs'
import { isFree } from './ports.mjs'
import { LaunchError, say } from './report.mjs'
import { listenHost, wantedPort, webProcesses } from './settings.mjs'
import { rejectedAt } from './signals.mjs'
import { keepRunning } from './supervise.mjs'

const group = fromRoot('scripts/launch/web-group.mjs')
const FIRST_PORT = 3000
/** A server that was just stopped may still be closing its port. */
const CLOSING_MS = 3000
const ENDING_MS = 20_000

/**
 * Starts the web server, keeps it running on its port, and waits until it is healthy for the first time.
 * @param {{ dev: boolean, until: AbortSignal, force: AbortSignal, env: (port: number) => NodeJS.ProcessEnv,
 *   isWaiting: () => Promise<boolean> }} options until: stops waiting and throws its reason
 * @returns {Promise<import('./supervise.mjs').Supervised & { port: number }>}
 */
export async function startWeb(options) {
  const wanted = wantedPort()
  if (wanted) {
    await requireFree(wanted, options.until)
    return startOn(wanted, options)
  }
  // One start at a time: otherwise two would find the same port free.
  return withLock(
    join(tmpdir(), `hinomi-${userInfo().uid}-port`),
    async () => {
      const port = await firstFree(options.until)
      if (port !== FIRST_PORT) say(`Port ${FIRST_PORT} is in use; using ${port} instead. Set PORT to choose another.`)
      return startOn(port, options)
    },
    { signal: options.until },
  )
}

/**
 * @param {number} port
 * @param {Parameters<typeof startWeb>[0]} options
 */
async function startOn(port, { dev, until, force, env, isWaiting }) {
  until.throwIfAborted()
  const host = listenHost()
  const next = fromRoot('node_modules/next/dist/bin/next')
  const several = dev ? 1 : webProcesses()
  const program = [next, dev ? 'dev' : 'start', '-p', String(port), ...(host ? ['-H', host] : [])]
  const args = several > 1 ? [group, String(several), ...program] : program
  const url = `http://${addressFor(host)}:${port}/api/health`
  /** @type {() => void} */
  let setHealthy = () => {}
  /** @type {Promise<void>} */
  const healthy = new Promise(done => {
    setHealthy = done
  })
  const web = keepRunning(
    'web server',
    async ending => {
      await requireFree(port, ending)
      const child = startChild('web', args, env(port))
      return { ...child, ready: watchHealth(url, child, { onHealthy: setHealthy, endsHanging: !dev }) }
    },
    isWaiting,
  )
  try {
    await Promise.race([healthy, rejectedAt(until), web.failed])
  } catch (error) {
    await web.stop(force)
    throw error
  }
  return { ...web, port }
}

/** @param {string | undefined} host */
function addressFor(host) {
  if (!host || host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}

/** @param {AbortSignal} until */
async function firstFree(until) {
  await freeWithin(FIRST_PORT, 0, until)
  for (let port = FIRST_PORT; port < FIRST_PORT + 1000; port++) {
    if (await isFree(port, listenHost())) return port
  }
  throw new LaunchError('No free port from 3000 upwards. Set PORT.')
}

/**
 * @param {number} port
 * @param {AbortSignal} until
 */
async function requireFree(port, until) {
  if (await freeWithin(port, CLOSING_MS, until)) return
  throw new LaunchError(`Port ${port} is in use. Choose another with PORT, or stop the program that uses it.`)
}

/**
 * Whether a port becomes free in time. A web server whose launcher was killed finishes its requests first, so it gets more time.
 * @param {number} port
 * @param {number} patienceMs the time for any other program
 * @param {AbortSignal} until
 */
async function freeWithin(port, patienceMs, until) {
  let waits = false
  for (const began = Date.now(); !(await isFree(port, listenHost())); await sleep(200)) {
    until.throwIfAborted()
    const isEnding = isEarlierStartEnding()
    if (Date.now() - began >= (isEnding ? ENDING_MS : patienceMs)) return false
    if (isEnding && !waits) say(`Port ${port} is in use by an earlier start that is still ending; waiting for it.`)
    waits ||= isEnding
  }
  return true
}
