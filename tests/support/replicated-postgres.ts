import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'

const run = promisify(execFile)
const INSTALLED = '/usr/lib/postgresql'

/** The programs of the system's PostgreSQL; null if there is none that can create a standby. */
function programs(): string | null {
  if (!existsSync(INSTALLED) || !existsSync('/proc/self/stat')) return null
  const versions = readdirSync(INSTALLED).sort((a, b) => Number(b) - Number(a))
  const bins = versions.map(version => join(INSTALLED, version, 'bin'))
  return bins.find(bin => ['initdb', 'pg_basebackup', 'postgres'].every(name => existsSync(join(bin, name)))) ?? null
}

/** The reason why tests with a primary and a standby cannot run here; null if they can. */
export const noReplication = programs() ? null : `no PostgreSQL server in ${INSTALLED}`

// PostgreSQL refuses to run as root.
const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}

/** One server and its data. */
class Server {
  readonly port: number
  readonly #bin: string
  readonly #home: string
  #process: ChildProcess | null = null

  constructor(bin: string, home: string, port: number) {
    this.#bin = bin
    this.#home = home
    this.port = port
  }

  get data(): string {
    return join(this.#home, String(this.port))
  }

  url(database = 'postgres'): string {
    return `postgresql://postgres@127.0.0.1:${this.port}/${database}`
  }

  async program(name: string, ...args: string[]): Promise<void> {
    await run(join(this.#bin, name), args, { ...user, cwd: this.#home })
  }

  async start(): Promise<void> {
    const settings = { port: this.port, unix_socket_directories: this.#home, fsync: 'off', wal_level: 'replica' }
    const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    this.#process = spawn(join(this.#bin, 'postgres'), ['-D', this.data, ...flags], { ...user, stdio: 'ignore' })
    for (let tries = 0; ; tries++) {
      const failed = await this.query('SELECT 1').then(
        () => null,
        (error: Error) => error,
      )
      if (!failed) return
      if (tries > 300) throw failed
      await new Promise(resolve => setTimeout(resolve, 50))
    }
  }

  async query<Row extends object>(text: string, database?: string): Promise<Row[]> {
    const client = new pg.Client({ connectionString: this.url(database) })
    client.on('error', () => undefined)
    try {
      await client.connect()
      return (await client.query<Row>(text)).rows
    } finally {
      await client.end().catch(() => undefined)
    }
  }

  /** Sends a signal to the server and then to its processes, so that the server restarts none. */
  signal(signal: NodeJS.Signals): void {
    const pid = this.#process?.pid
    if (!pid) return
    for (const each of [pid, ...childrenOf(pid)]) {
      try {
        process.kill(each, signal)
      } catch {
        // It has already ended.
      }
    }
  }

  async kill(): Promise<void> {
    const dead = this.#process
    if (!dead) return
    const ended = new Promise(resolve => dead.once('exit', resolve))
    this.signal('SIGKILL')
    this.#process = null
    await ended
  }
}

function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .filter(pid => {
      try {
        const [, ppid] = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/, '').trim().split(' ')
        return Number(ppid) === parent
      } catch {
        return false
      }
    })
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise(resolve => server.close(resolve))
  if (typeof address !== 'object' || !address) throw new Error('no port')
  return address.port
}

/** A primary and a standby that streams from it. */
export interface Replication {
  primary: Server
  standby: Server
  /** Makes commits wait for the standby. */
  waitForStandby(): Promise<void>
  /** Promotes the standby: it accepts writes and waits for no other server. */
  promote(): Promise<void>
  stop(): Promise<void>
}

export async function startReplication(): Promise<Replication> {
  const bin = programs()
  if (!bin) throw new Error(String(noReplication))
  const home = mkdtempSync(join(tmpdir(), 'hinomi-replication-'))
  if (user.uid && user.gid) chownSync(home, user.uid, user.gid)
  const primary = new Server(bin, home, await freePort())
  const standby = new Server(bin, home, await freePort())
  const stop = async () => {
    await Promise.all([primary.kill(), standby.kill()])
    rmSync(home, { recursive: true, force: true })
  }
  try {
    await primary.program(
      'initdb',
      '-D',
      primary.data,
      '-U',
      'postgres',
      '-A',
      'trust',
      '-E',
      'UTF8',
      '--no-locale',
      '-N',
    )
    await primary.start()
    const source = `host=127.0.0.1 port=${primary.port} user=postgres application_name=standby`
    await standby.program('pg_basebackup', '-D', standby.data, '-d', source, '-R', '-c', 'fast', '-X', 'stream')
    await standby.start()
  } catch (error) {
    await stop()
    throw error
  }
  return {
    primary,
    standby,
    stop,
    async waitForStandby() {
      await primary.query(`ALTER SYSTEM SET synchronous_standby_names = 'standby'`)
      await primary.query('SELECT pg_reload_conf()')
    },
    async promote() {
      await standby.query('SELECT pg_promote(true, 30)')
    },
  }
}
