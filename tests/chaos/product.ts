import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream, mkdirSync, mkdtempSync, readFileSync, rmSync, type WriteStream } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { joinDatabase } from '../../scripts/launch/database.mjs'
import { fromRoot } from '../../scripts/launch/paths.mjs'
import { removePlace } from '../../scripts/launch/placement.mjs'
import { freePort } from '../../scripts/launch/ports.mjs'
import { run } from '../../scripts/launch/process.mjs'
import { Api } from './api'
import { postmasterOf } from './processes'
import { ChaosError, until } from './wait'

const OWNER = 'admin@example.com'
const READY_MS = 240_000
const STOP_MS = 60_000
const PERMISSIONS = [
  'imports:write',
  'imports:close',
  'imports:read',
  'findings:read',
  'findings:triage',
  'exceptions:request',
]

/**
 * `npm start` in a data folder and on a port of its own. Like systemd with Restart=on-failure it starts the launcher again where that
 * was killed or ended with another code than 0, and touches nothing else.
 */
export class Product {
  readonly dataDir: string
  readonly #port: number
  readonly #log: WriteStream
  readonly #logFile: string
  #launcher: ChildProcess | null = null
  #stopping = false
  #ended: Promise<void> = Promise.resolve()
  #startedAgain = 0
  #api: Api | null = null

  private constructor(dataDir: string, port: number, logFile: string) {
    this.dataDir = dataDir
    this.#port = port
    this.#logFile = logFile
    this.#log = createWriteStream(logFile)
  }

  /** Starts the product in `dataDir`, by default a new folder, and waits until it is healthy. Its output goes to a log of this name. */
  static async start(name: string, dataDir = mkdtempSync(join(tmpdir(), 'hinomi-chaos-'))): Promise<Product> {
    const logs = fromRoot('test-results/chaos')
    mkdirSync(logs, { recursive: true })
    const product = new Product(dataDir, await freePort(), join(logs, `${name}.log`))
    product.#spawn({ HINOMI_ADMIN_EMAIL: OWNER, HINOMI_ADMIN_PASSWORD: 'the lookout sees the smoke' })
    try {
      await product.untilHealthy(READY_MS)
      product.#api = new Api(product.url, await product.#createToken())
    } catch (error) {
      await product.remove()
      throw error
    }
    return product
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  /** The pid of the present launcher; 0 where none runs. */
  get launcher(): number {
    return this.#launcher?.pid ?? 0
  }

  /** How often the launcher was started again. */
  get startedAgain(): number {
    return this.#startedAgain
  }

  get api(): Api {
    if (!this.#api) throw new Error('The product was not started.')
    return this.#api
  }

  /** The status that /api/health answers with its reasons, or null where it does not answer. */
  async health(): Promise<{ http: number; status: string; reasons: string[] } | null> {
    try {
      const response = await fetch(`${this.url}/api/health`, { signal: AbortSignal.timeout(5000) })
      const { status, reasons } = (await response.json()) as { status: string; reasons?: { code: string }[] }
      return { http: response.status, status, reasons: (reasons ?? []).map(({ code }) => code) }
    } catch {
      return null
    }
  }

  async untilHealthy(limitMs: number): Promise<void> {
    await until('/api/health answers ok', limitMs, async () => ((await this.health())?.status === 'ok' ? true : null))
  }

  /** What it has printed so far. */
  output(): string {
    return readFileSync(this.#logFile, 'utf8')
  }

  /** The address of the running database, for looking at it. */
  databaseUrl(): string {
    const { databasePassword } = JSON.parse(readFileSync(join(this.dataDir, 'secrets.json'), 'utf8'))
    return `postgresql://hinomi:${databasePassword}@127.0.0.1:${postmasterOf(this.dataDir)?.port}/hinomi`
  }

  /** Stops the product as systemd does. Throws where the launcher does not end with code 0. */
  async stop(): Promise<void> {
    const launcher = this.#launcher
    this.#stopping = true
    launcher?.kill('SIGTERM')
    await until('the launcher ends', STOP_MS, () => (this.#launcher === null ? true : null))
    await this.#ended
    if (launcher && launcher.exitCode !== 0) throw new ChaosError(`The launcher ended with ${launcher.exitCode}`)
  }

  /** Runs `work` on the database of the stopped product. */
  async withDatabase<T>(work: (url: string) => Promise<T>): Promise<T> {
    const database = await joinDatabase(this.dataDir)
    try {
      return await work(database.url)
    } finally {
      await database.leave()
    }
  }

  /** Runs a command of the command line on this data folder; returns what it prints. Throws where it fails. */
  command(...args: string[]): Promise<string> {
    return run(process.execPath, [fromRoot('scripts/hinomi.mjs'), ...args], {
      what: `hinomi ${args[0]}`,
      quiet: true,
      env: this.#env({}),
    })
  }

  /** Stops the product whatever its state and removes its data. */
  async remove(): Promise<void> {
    this.#stopping = true
    this.#launcher?.kill('SIGTERM')
    const force = setTimeout(() => this.#launcher?.kill('SIGKILL'), STOP_MS)
    await this.#ended
    clearTimeout(force)
    const database = await joinDatabase(this.dataDir).catch(() => null)
    await database?.leave()
    this.#log.end()
    removePlace(this.dataDir)
    rmSync(this.dataDir, { recursive: true, force: true })
  }

  #spawn(more: Record<string, string>): void {
    const launcher = spawn(process.execPath, [fromRoot('scripts/start.mjs')], {
      env: this.#env(more),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#launcher = launcher
    for (const stream of [launcher.stdout, launcher.stderr]) stream.pipe(this.#log, { end: false })
    this.#ended = new Promise(done => {
      launcher.once('exit', (code, signal) => {
        this.#launcher = null
        done()
        if (this.#stopping || code === 0) return
        this.#log.write(`chaos  │ the launcher ended (${signal ?? code}); it is started again\n`)
        this.#startedAgain++
        this.#spawn({})
      })
    })
  }

  #env(more: Record<string, string>): NodeJS.ProcessEnv {
    return {
      ...process.env,
      NODE_ENV: 'production',
      HINOMI_WEB_PROCESSES: '2',
      HINOMI_WORKERS: '2',
      DATABASE_URL: '',
      LC_ALL: 'C',
      npm_lifecycle_event: '',
      HINOMI_DATA_DIR: this.dataDir,
      HINOMI_LOG_LEVEL: 'warn',
      PORT: String(this.#port),
      ...more,
    }
  }

  async #createToken(): Promise<string> {
    const token = await this.command('token', 'create', '--name', 'chaos', '--permissions', PERMISSIONS.join(','))
    return token.trim().split('\n').at(-1) ?? ''
  }
}
