import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FullConfig } from '@playwright/test'
import { fromRoot } from '../../../scripts/launch/paths.mjs'
import { removePlace } from '../../../scripts/launch/placement.mjs'
import { freePort } from '../../../scripts/launch/ports.mjs'
import { homeEnvironment } from '../../support/aws/identity/home'

/** Starts the product as a person would, in a data folder and on a port of its own, and takes it down after the specs. */
export default async function setup(config: FullConfig) {
  const dataDir = mkdtempSync(join(tmpdir(), 'hinomi-e2e-'))
  const port = await freePort()
  // Nothing listens there until a test starts its emulator of AWS.
  const awsPort = await freePort()
  const product = {
    ...homeEnvironment(`http://127.0.0.1:${awsPort}`),
    HINOMI_DATA_DIR: dataDir,
    HINOMI_ADMIN_EMAIL: 'admin@example.com',
    HINOMI_ADMIN_PASSWORD: 'the lookout sees the smoke',
    PORT: String(port),
  }
  const launcher = spawn(process.execPath, [fromRoot('scripts/start.mjs')], {
    env: { ...process.env, ...product, npm_lifecycle_event: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise<void>(done => launcher.once('exit', () => done()))
  // Beside the pictures of what failed: what the product said.
  const results = config.projects[0]?.outputDir ?? dataDir
  mkdirSync(results, { recursive: true })
  const logFile = join(results, 'product.log')
  const output = await readyOrEnd(launcher, logFile)
  if (output !== null) throw new Error(`The product did not start:\n${output}`)
  process.env.E2E_BASE_URL = `http://localhost:${port}`
  process.env.E2E_DATA_DIR = dataDir
  process.env.E2E_AWS_PORT = String(awsPort)
  process.env.E2E_EMAIL = product.HINOMI_ADMIN_EMAIL
  process.env.E2E_PASSWORD = product.HINOMI_ADMIN_PASSWORD
  return async () => {
    launcher.kill('SIGTERM')
    await ended
    removePlace(dataDir)
    rmSync(dataDir, { recursive: true, force: true })
    const errors = errorsIn(readFileSync(logFile, 'utf8'))
    if (errors.length > 0) throw new Error(`The product logged ${errors.length} errors:\n${errors.join('\n')}`)
  }
}

/** Lines of errors, of the product and of Next.js: a page may look right beside them. Reports of the specs that lack a resource are none. */
function errorsIn(log: string): string[] {
  return log
    .split('\n')
    .filter(line => /"level":[56]0|^web +│ *⨯/.test(line) && !line.includes('"type":"MalformedResource"'))
}

/** Null once the product is ready, or else what it printed before it ended. All that it prints goes to the log. */
function readyOrEnd(launcher: ChildProcess, logFile: string): Promise<string | null> {
  const log = createWriteStream(logFile)
  let output = ''
  return new Promise(done => {
    for (const stream of [launcher.stdout, launcher.stderr]) {
      stream?.on('data', chunk => {
        log.write(chunk)
        output = (output + chunk).slice(-20_000)
        if (output.includes('is ready at')) done(null)
      })
    }
    launcher.once('exit', () => done(output))
  })
}
