import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fromRoot, root } from '../launch/paths.mjs'
import { removePlace } from '../launch/placement.mjs'
import { freePort } from '../launch/ports.mjs'
import { LaunchError } from '../launch/report.mjs'

/** Files and folders that a fresh clone does not have. */
const MADE =
  /^(node_modules|\.next|\.hinomi.*|\.git|\.env.*|test-results|playwright-report|next-env\.d\.ts|.*\.tsbuildinfo)$/
const ASK_EVERY_MS = 50

/**
 * Times of the whole product from `npm start` to the first answer of GET /api/health with status ok: the first start of a
 * fresh clone whose packages are in npm's cache, and its second start. Everything is removed afterwards.
 * @returns {Promise<{ name: string, seconds: number, wanted: number }[]>}
 */
export async function measureStarts() {
  const folder = mkdtempSync(join(tmpdir(), 'hinomi-bench-start-'))
  const clone = join(folder, 'clone')
  const dataDir = join(folder, 'data')
  try {
    for (const name of readdirSync(root).filter(each => !MADE.test(each)))
      cpSync(fromRoot(name), join(clone, name), { recursive: true })
    rmSync(join(clone, 'lib/generated'), { recursive: true, force: true })
    const first = await timeStart(clone, dataDir)
    const warm = await timeStart(clone, dataDir)
    return [
      { name: "fresh clone, npm's cache filled", seconds: first, wanted: 90 },
      { name: 'warm start', seconds: warm, wanted: 6 },
    ]
  } finally {
    if (existsSync(dataDir)) removePlace(dataDir)
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * @param {string} clone
 * @param {string} dataDir
 * @returns {Promise<number>} seconds
 */
async function timeStart(clone, dataDir) {
  const port = await freePort()
  const own = Object.entries(process.env).filter(([name]) => !/^(HINOMI_|DATABASE_|NEXTAUTH_|npm_)/.test(name))
  const more = { HINOMI_DATA_DIR: dataDir, PORT: String(port), npm_config_prefer_offline: 'true' }
  const env = { ...Object.fromEntries(own), ...more, NODE_ENV: process.env.NODE_ENV }
  const began = performance.now()
  const launcher = spawn(process.execPath, ['scripts/start.mjs'], {
    cwd: clone,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [launcher.stdout, launcher.stderr])
    stream.on('data', chunk => {
      output = (output + chunk).slice(-20_000)
    })
  let ended = false
  const end = new Promise(done =>
    launcher.once('exit', () => {
      ended = true
      done(undefined)
    }),
  )
  try {
    while (!(await isHealthy(port))) {
      if (ended) throw new LaunchError(`The product did not start:\n${output}`)
      await sleep(ASK_EVERY_MS)
    }
    return (performance.now() - began) / 1000
  } finally {
    launcher.kill('SIGTERM')
    await end
  }
}

/** @param {number} port */
async function isHealthy(port) {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/api/health`, { signal: AbortSignal.timeout(5_000) })
    return answer.ok && (await answer.json()).status === 'ok'
  } catch {
    return false
  }
}
