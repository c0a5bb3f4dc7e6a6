import { randomBytes } from 'node:crypto'
import { chownSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { ensureDatabase } from '../../scripts/launch/database.mjs'
import { fromRoot } from '../../scripts/launch/paths.mjs'
import { placeDatabase, removePlace } from '../../scripts/launch/placement.mjs'
import { run } from '../../scripts/launch/process.mjs'
import { adminUrl, startServer } from '../../scripts/launch/server.mjs'

const TEMPLATE = 'outage_template'
const SETTINGS = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }

/** Only root can mount a small disk, and not in every container. */
export async function mayMount(): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'hinomi-mount-'))
  try {
    await mount(folder, 1)
    await run('umount', [folder], { what: 'umount', quiet: true })
    return true
  } catch {
    return false
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function mount(folder: string, megabytes: number): Promise<void> {
  const args = ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]
  await run('mount', args, { what: 'mount', quiet: true })
}

/** A PostgreSQL server for one test, with a migrated template. It can be stopped, and its databases can be on a small disk. */
export class OutageServer {
  readonly #dataDir = mkdtempSync(join(tmpdir(), 'hinomi-outage-'))
  readonly #password = randomBytes(12).toString('hex')
  #place: Awaited<ReturnType<typeof placeDatabase>> = { home: '', bin: '' }
  #port = 0
  #disk: string | null = null

  async start(): Promise<void> {
    this.#place = await placeDatabase(this.#dataDir)
    this.#port = await startServer(this.#place, { password: this.#password, settings: SETTINGS })
    await ensureDatabase(this.#admin, this.#password, TEMPLATE)
    const env = { ...process.env, DATABASE_URL: this.#url(TEMPLATE) }
    await run(process.execPath, [fromRoot('scripts/migrate.mjs')], { what: 'Migrating', quiet: true, env })
  }

  /** Creates a migrated database, on the small disk if there is one, and returns its URL. */
  async database(name: string): Promise<string> {
    const where = this.#disk ? 'TABLESPACE small' : ''
    await this.administer(`CREATE DATABASE ${name} TEMPLATE ${TEMPLATE} OWNER ${TEMPLATE} ${where}`)
    return this.#url(name)
  }

  async administer(...statements: string[]): Promise<void> {
    const client = new pg.Client({ connectionString: this.#admin })
    await client.connect()
    try {
      for (const statement of statements) await client.query(statement)
    } finally {
      await client.end()
    }
  }

  /** Makes new databases use a disk of this many megabytes. Returns its folder; the WAL is not on it. */
  async mountDisk(megabytes: number): Promise<string> {
    const folder = join(this.#place.home, 'small-disk')
    mkdirSync(folder)
    await mount(folder, megabytes)
    this.#disk = folder
    const space = join(folder, 'tablespace')
    mkdirSync(space)
    if (this.#place.owner) chownSync(space, this.#place.owner.uid, this.#place.owner.gid)
    await this.administer(`CREATE TABLESPACE small LOCATION '${space}'`)
    return folder
  }

  async stop(): Promise<void> {
    await this.#pgCtl('stop', '-m', 'immediate', '-w')
  }

  /** Starts it on its former port. */
  async startAgain(): Promise<void> {
    const options = ['-l', join(this.#place.home, 'postgres.log'), '-w', '-t', '120', '-o', `-p ${this.#port}`]
    await this.#pgCtl('start', ...options)
  }

  async remove(): Promise<void> {
    if (existsSync(join(this.#place.home, 'postgres', 'postmaster.pid'))) await this.stop()
    if (this.#disk) await run('umount', ['-l', this.#disk], { what: 'umount', quiet: true })
    removePlace(this.#dataDir)
    rmSync(this.#dataDir, { recursive: true, force: true })
  }

  async #pgCtl(verb: string, ...rest: string[]): Promise<void> {
    const args = [verb, '-D', join(this.#place.home, 'postgres'), ...rest]
    const env = { PATH: process.env.PATH ?? '', LC_ALL: 'C', TZ: 'UTC', NODE_ENV: 'test' as const }
    const options = { what: 'pg_ctl', quiet: true, detached: true, cwd: this.#place.home, ...this.#place.owner, env }
    await run(join(this.#place.bin, 'pg_ctl'), args, options)
  }

  get #admin(): string {
    return adminUrl(this.#port, this.#password)
  }

  #url(name: string): string {
    return `postgresql://${TEMPLATE}:${this.#password}@127.0.0.1:${this.#port}/${name}`
  }
}
