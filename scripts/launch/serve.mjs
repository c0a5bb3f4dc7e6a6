import { build, workerFile } from './build.mjs'
import { startChild } from './child.mjs'
import { writingProblem } from './connection.mjs'
import { openFirstRun } from './first-run.mjs'
import { installHooks } from './hooks.mjs'
import { keepDatabase } from './keep-database.mjs'
import { migrate } from './migrate.mjs'
import { retryOutages } from './outage.mjs'
import { ownDatabase } from './own-database.mjs'
import { fromRoot, openDataDir } from './paths.mjs'
import { run } from './process.mjs'
import { say } from './report.mjs'
import {
  addressOf,
  applicationEnv,
  environmentOf,
  reachText,
  requireHost,
  requireProcesses,
  requireSafeConnections,
  requireSecret,
  requireTimeZone,
  typescript,
  worker as workerOptions,
  workerProcesses,
} from './settings.mjs'
import { rejectedAt } from './signals.mjs'
import { keepRunning } from './supervise.mjs'
import { startWeb } from './web.mjs'

/**
 * Runs the product until it is asked to stop, then stops everything in order.
 * @param {{ dev: boolean, demo: boolean, stop: AbortSignal, force: AbortSignal }} options
 */
export async function serve(options) {
  const { dev, demo, stop, force } = options
  requireTimeZone()
  requireSecret()
  requireSafeConnections()
  requireProcesses()
  await requireHost()
  if (dev) await installHooks()
  else await build(stop)
  const dataDir = openDataDir(demo ? '.hinomi-demo' : '.hinomi')
  const { DATABASE_URL: own } = process.env
  if (own) return serveOn(await ownDatabase(own, stop), dataDir, options)
  stop.throwIfAborted()
  const database = await keepDatabase(dataDir, { stop })
  try {
    return await serveOn(database, dataDir, options)
  } finally {
    await database.leave(force)
  }
}

/**
 * @param {Omit<import('./keep-database.mjs').SupervisedDatabase, 'leave'>} database
 * @param {string} dataDir
 * @param {Parameters<typeof serve>[0]} options
 */
async function serveOn(database, dataDir, { dev, demo, stop, force }) {
  const { url, onMove } = database
  const broken = new AbortController()
  database.failed.catch(error => broken.abort(error))
  const until = AbortSignal.any([stop, broken.signal])
  const applied = await retryOutages('Bringing the database up to date', () => migrate(url()), until)
  if (applied.length > 0) say(`Database migrated (${applied.join(', ')}).`)
  const base = await applicationEnv({ url: url(), dataDir, port: 3000, dev })
  const signIns = demo ? await seedDemo(base, stop) : ''
  const first = () => openFirstRun({ ...base, DATABASE_URL: url() })
  const setupToken = await retryOutages('Looking for an administrator', first, until)
  // The password or token of the first administrator grants administrator rights, so no running process keeps it.
  delete process.env.HINOMI_ADMIN_PASSWORD
  const env = (/** @type {number} */ port) => ({
    ...base,
    DATABASE_URL: url(),
    NEXTAUTH_URL: addressOf(port),
  })
  const isWaiting = async () => (await writingProblem(url())) !== null
  const web = await startWeb({
    dev,
    until,
    force,
    isWaiting,
    env: port => environmentOf('web', env(port)),
  })
  const args = dev ? watchedWorker : [...workerOptions.args, workerFile]
  // In development a debugger may pause it.
  const watched = dev ? {} : { hangsAfterMs: WORKER_HANGS_AFTER_MS }
  const workers = Array.from({ length: dev ? 1 : workerProcesses() }, (_, n) => {
    const name = n === 0 ? 'worker' : `worker ${n + 1}`
    const start = async () =>
      startChild(name, args, { ...environmentOf('worker', env(web.port)), ...workerOptions.env }, watched)
    return keepRunning(name, start, isWaiting)
  })
  onMove(() => {
    for (const part of [web, ...workers]) part.restart()
  })
  try {
    announce(web.port, setupToken, signIns)
    await Promise.race([rejectedAt(until), web.failed, ...workers.map(worker => worker.failed)])
  } finally {
    await Promise.all([web, ...workers].map(part => part.stop(force)))
  }
}

/** No step of an import delays an answer for this long. */
const WORKER_HANGS_AFTER_MS = 120_000

const watchedWorker = [
  fromRoot('node_modules/tsx/dist/cli.mjs'),
  'watch',
  '--conditions=react-server',
  fromRoot('lib/jobs/worker.ts'),
]

/**
 * @param {number} port
 * @param {string | null} setupToken
 * @param {string} signIns
 */
function announce(port, setupToken, signIns) {
  const address = addressOf(port).replace(/\/$/, '')
  const lines = [`Hinomi is ready at ${address}`]
  const reach = reachText()
  if (reach) lines.push(...reach.split('\n'))
  if (setupToken) {
    lines.push('', 'There is no administrator yet. Create the first one with this link, which works once:')
    lines.push(`${address}/setup#token=${setupToken}`)
  }
  if (signIns) lines.push('', ...signIns.trimEnd().split('\n'))
  process.stdout.write(`\n${lines.map(line => `  ${line}`.trimEnd()).join('\n')}\n\n`)
}

/**
 * Fills the data folder of the demo once. Prints the sign-ins every time.
 * @param {NodeJS.ProcessEnv} env
 * @param {AbortSignal} stop
 */
async function seedDemo(env, stop) {
  return run(process.execPath, [...typescript, fromRoot('scripts/demo/main.ts')], {
    what: 'Preparing the sample organization',
    leashed: true,
    quiet: 'stdout',
    env,
    signal: stop,
  })
}
