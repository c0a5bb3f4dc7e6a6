import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { root } from '../launch/paths.mjs'
import { removePlace } from '../launch/placement.mjs'
import { freePort } from '../launch/ports.mjs'
import { LaunchError } from '../launch/report.mjs'
import { cpuOf } from './cpu.mjs'

const PAGES = 300
const AT_ONCE = 8
/** Enough requests to warm up every process, however they are distributed. */
const WARM_UP = 100

/**
 * CPU time and response time of the sign-in page with one and with two web servers on a port. Everything is removed afterwards.
 * @returns {Promise<{ processes: number, seconds: number, cpuSeconds: number, pages: number }[]>}
 */
export async function measureWebServers() {
  const folder = mkdtempSync(join(tmpdir(), 'hinomi-bench-web-'))
  const dataDir = join(folder, 'data')
  try {
    return [await timePages(dataDir, 1), await timePages(dataDir, 2)]
  } finally {
    removePlace(dataDir)
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * @param {string} dataDir
 * @param {number} processes
 */
async function timePages(dataDir, processes) {
  const port = await freePort()
  const own = Object.entries(process.env).filter(([name]) => !/^(HINOMI_|DATABASE_|NEXTAUTH_|npm_)/.test(name))
  const more = {
    HINOMI_DATA_DIR: dataDir,
    PORT: String(port),
    HINOMI_WEB_PROCESSES: String(processes),
    // Without an administrator the page redirects to the setup.
    HINOMI_ADMIN_EMAIL: 'bench@example.com',
    HINOMI_ADMIN_PASSWORD: randomBytes(24).toString('base64'),
  }
  const env = { ...Object.fromEntries(own), ...more, NODE_ENV: process.env.NODE_ENV }
  const launcher = spawn(process.execPath, ['scripts/start.mjs'], { cwd: root, env, stdio: 'ignore' })
  const end = new Promise(done => launcher.once('exit', done))
  let ended = false
  end.then(() => {
    ended = true
  })
  try {
    while (!(await isAnswered(port, '/api/health'))) {
      if (ended) throw new LaunchError('The product did not start.')
      await sleep(200)
    }
    await ask(port, WARM_UP * processes)
    const pid = launcher.pid ?? 0
    const [cpu, started] = [cpuOf(pid), performance.now()]
    await ask(port, PAGES)
    const seconds = (performance.now() - started) / 1000
    return { processes, seconds, cpuSeconds: cpuOf(pid) - cpu, pages: PAGES }
  } finally {
    launcher.kill('SIGTERM')
    await end
  }
}

/**
 * Requests the page several times, each time on a new connection.
 * @param {number} port
 * @param {number} times
 */
async function ask(port, times) {
  let left = times
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (left-- > 0) if (!(await isAnswered(port, '/sign-in'))) throw new LaunchError('A page was not answered.')
    }),
  )
}

/**
 * @param {number} port
 * @param {string} path
 */
async function isAnswered(port, path) {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { connection: 'close' } })
    await answer.arrayBuffer()
    return answer.ok
  } catch {
    return false
  }
}
