// npm run -s hinomi -- ARGUMENTS: the command line. Its standard output contains only the output of the command.
import { spawn } from 'node:child_process'
import { prepare } from './launch/install.mjs'
import { fromRoot, loadEnvFile, openDataDir, root } from './launch/paths.mjs'
import { runMain } from './launch/report.mjs'

/** Commands that run on a database without migrating it first: backup runs before an upgrade, and restore migrates itself. */
const UNMIGRATED = ['backup', 'restore']
/** A command for machines without a server: it reads AWS and writes a file. */
const WITHOUT_DATABASE = ['collect']

await runMain(async () => {
  loadEnvFile()
  await prepare()
  const { withDatabase } = await import('./launch/database.mjs')
  const { migrate } = await import('./launch/migrate.mjs')
  const { applicationEnv, requireSafeConnections, requireSecret, requireTimeZone, typescript, wantedPort } =
    await import('./launch/settings.mjs')
  requireTimeZone()
  if (WITHOUT_DATABASE.includes(process.argv[2] ?? '')) return run(typescript, process.env)
  requireSecret()
  requireSafeConnections()
  return withDatabase(async url => {
    if (!UNMIGRATED.includes(process.argv[2] ?? '')) await migrate(url)
    const env = await applicationEnv({ url, dataDir: openDataDir(), port: wantedPort() ?? 3000 })
    return run(typescript, env)
  })
})

/**
 * Runs the command. Returns its exit code.
 * @param {readonly string[]} typescript
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>}
 */
function run(typescript, env) {
  const child = spawn(process.execPath, [...typescript, fromRoot('scripts/hinomi/main.ts'), ...process.argv.slice(2)], {
    cwd: root,
    env: { ...env, HINOMI_CWD: process.env.INIT_CWD ?? process.cwd() },
    stdio: 'inherit',
  })
  // Ctrl-C in a terminal also reaches the command; the launcher keeps running to release the database.
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => signal !== 'SIGINT' && child.kill(signal))
  }
  return new Promise((done, fail) => {
    child.once('error', fail)
    child.once('exit', code => done(code ?? 1))
  })
}
