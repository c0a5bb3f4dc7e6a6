import { build } from './build.mjs'
import { keepChild } from './child.mjs'
import { joinDatabase } from './database.mjs'
import { openFirstRun } from './first-run.mjs'
import { installHooks } from './hooks.mjs'
import { migrate } from './migrate.mjs'
import { fromRoot, openDataDir } from './paths.mjs'
import { run } from './process.mjs'
import { LaunchError, say } from './report.mjs'
import {
  applicationEnv,
  environmentOf,
  worker as frugal,
  reachText,
  requireHost,
  requireSafeConnections,
  requireSecret,
  requireTimeZone,
  typescript,
} from './settings.mjs'
import { startWeb } from './web.mjs'

/**
 * Runs the product until it is asked to stop, and takes everything down again in order.
 * @param {{ dev: boolean, demo: boolean, stop: AbortSignal, force: AbortSignal }} options
 */
export async function serve(options) {
  const { dev, demo, stop, force } = options
  requireTimeZone()
  requireSecret()
  requireSafeConnections()
  await requireHost()
  if (dev) await installHooks()
  else await build(stop)
  const dataDir = openDataDir(demo ? '.hinomi-demo' : '.hinomi')
  if (process.env.DATABASE_URL) return serveOn(process.env.DATABASE_URL, dataDir, options)
  stop.throwIfAborted()
  const database = await joinDatabase(dataDir)
  try {
    return await serveOn(database.url, dataDir, options)
  } finally {
    await database.leave(force)
  }
}

/**
 * @param {string} url
 * @param {string} dataDir
 * @param {Parameters<typeof serve>[0]} options
 */
async function serveOn(url, dataDir, { dev, demo, stop, force }) {
  stop.throwIfAborted()
  const applied = await migrate(url)
  if (applied.length > 0) say(`Database brought up to date (${applied.join(', ')}).`)
  const env = (/** @type {number} */ port) => applicationEnv({ url, dataDir, port, dev })
  const signIns = demo ? await seedDemo(await env(3000), stop) : ''
  const setupToken = await openFirstRun(await env(3000))
  // Who has what the first administrator was made with is the administrator: it does not stay in the processes that serve.
  delete process.env.HINOMI_ADMIN_PASSWORD
  const web = await startWeb({ dev, stop, force, env: async port => environmentOf('web', await env(port)) })
  const args = dev ? watchedWorker : [...frugal.args, workerFile]
  const worker = keepChild('worker', args, {
    ...environmentOf('worker', await env(web.port)),
    ...frugal.env,
  })
  try {
    announce(web.port, setupToken, signIns)
    const stopped = new Promise(done => stop.addEventListener('abort', () => done(null), { once: true }))
    const end = stop.aborted ? null : await Promise.race([web.exited, stopped])
    if (end) throw new LaunchError(`The web server ended (${end}).`)
  } finally {
    await Promise.all([web.stop(force), worker.stop(force)])
  }
}

const workerFile = fromRoot('lib/jobs/worker.ts')
const watchedWorker = [fromRoot('node_modules/tsx/dist/cli.mjs'), 'watch', '--conditions=react-server', workerFile]

/**
 * @param {number} port
 * @param {string | null} setupToken
 * @param {string} signIns
 */
function announce(port, setupToken, signIns) {
  const address = (process.env.HINOMI_URL || `http://localhost:${port}`).replace(/\/$/, '')
  const lines = [`Hinomi is ready at ${address}`]
  const reach = reachText()
  if (reach) lines.push(...reach.split('\n'))
  if (setupToken) {
    lines.push('', 'Nobody has signed up yet. Become its administrator with this link, which works once:')
    lines.push(`${address}/setup#token=${setupToken}`)
  }
  if (signIns) lines.push('', ...signIns.trimEnd().split('\n'))
  process.stdout.write(`\n${lines.map(line => `  ${line}`.trimEnd()).join('\n')}\n\n`)
}

/**
 * Fills the demo's own data folder, once. Prints the sign-ins every time.
 * @param {NodeJS.ProcessEnv} env
 * @param {AbortSignal} stop
 */
async function seedDemo(env, stop) {
  return run(process.execPath, [...typescript, fromRoot('scripts/demo/main.ts')], {
    what: 'Preparing the sample organisation',
    quiet: 'stdout',
    env,
    signal: stop,
  })
}
