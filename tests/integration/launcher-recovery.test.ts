import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, expect, inject, test, vi } from 'vitest'
import { connectTo } from '../../scripts/launch/connection.mjs'
import { ensureDatabase } from '../../scripts/launch/database.mjs'
import { migrate } from '../../scripts/launch/migrate.mjs'
import { ownDatabase } from '../../scripts/launch/own-database.mjs'
import { fromRoot } from '../../scripts/launch/paths.mjs'
import { freePort } from '../../scripts/launch/ports.mjs'
import { SCRIPT_LOCK } from '../../scripts/launch/schema-engine.mjs'
import { ask, askPatiently, endGuests, joinAsGuest, leave, postmasterOf } from '../support/guests'
import { Line } from '../support/line'

const folder = mkdtempSync(join(tmpdir(), 'hinomi-recovery-'))
// The user that PostgreSQL runs as has to come through.
chmodSync(folder, 0o755)
const disk = join(folder, 'disk')
mkdirSync(disk)
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=120m', 'tmpfs', disk])
const noDisk = mounted.status !== 0 || process.getuid?.() !== 0

afterAll(async () => {
  await endGuests()
  if (mounted.status === 0) spawnSync('umount', ['-l', disk])
  rmSync(folder, { recursive: true, force: true })
})

const never = new AbortController().signal

test('a database that a full disk stopped comes back when there is space', async context => {
  if (noDisk) context.skip('mounting a file system of a certain size takes root')
  const dataDir = join(folder, 'data')
  mkdirSync(dataDir)
  writeFileSync(join(dataDir, 'postgres-location.txt'), `${join(disk, 'home')}\nA disk that is full soon.\n`)
  const guest = await joinAsGuest(dataDir)
  await ask(guest.url, 'create table kept (n int); insert into kept values (1)')
  const ballast = join(disk, 'ballast')
  const { bavail, bsize } = statfsSync(disk)
  writeFileSync(ballast, Buffer.alloc(bavail * bsize))
  process.kill(await postmasterOf(dataDir), 'SIGKILL')
  await vi.waitUntil(() => guest.said.filter(line => /\(the disk is full\); restarting/.test(line)).length > 2, {
    timeout: 60_000,
  })
  expect(guest.process.exitCode).toBeNull()
  rmSync(ballast)
  expect(await askPatiently(guest, 'select n from kept')).toEqual([{ n: 1 }])
  await leave(guest)
}, 150_000)

test("a database of one's own that does not answer yet is waited for", async () => {
  const line = new Line(inject('templateUrl'))
  const url = await line.open()
  await line.cut()
  const reached = ownDatabase(url, never)
  await expect(connectTo(url)).rejects.toThrow(/ECONNREFUSED/)
  await line.open()
  expect((await reached).url()).toBe(url)
  await line.cut()
})

test("a database of one's own that refuses is named after a while", async () => {
  const url = Object.assign(new URL(inject('templateUrl')), { password: 'another' }).href
  const refused = ownDatabase(url, never, { settlesWithinMs: 500 })
  await expect(refused).rejects.toThrow(/^Cannot connect to DATABASE_URL: password authentication failed/)
})

test("waiting for a database of one's own ends with the launcher", async () => {
  const stop = new AbortController()
  const waiting = ownDatabase(`postgresql://a:b@127.0.0.1:${await freePort()}/c`, stop.signal)
  stop.abort(new Error('stopped'))
  await expect(waiting).rejects.toThrow('stopped')
})

test('a migration that completes after its launcher was killed is not applied again', async () => {
  const admin = inject('adminUrl')
  const name = `migration_${process.pid}`
  await ensureDatabase(admin, 'secret', name)
  const url = Object.assign(new URL(admin), { username: name, password: 'secret', pathname: `/${name}` }).href
  // The first statement of the first script waits for us.
  const GATE = 4711
  const owner = await connectTo(Object.assign(new URL(admin), { pathname: `/${name}` }).href)
  await owner.query(`
    create function gate() returns event_trigger language plpgsql as $$ begin
      if to_regclass('_prisma_migrations') is not null then perform pg_advisory_xact_lock_shared(${GATE}); end if;
    end $$;
    create event trigger gate on ddl_command_start execute function gate();
    select pg_advisory_lock(${GATE})`)
  const module = pathToFileURL(fromRoot('scripts/launch/migrate.mjs')).href
  const code = `import(${JSON.stringify(module)}).then(({ migrate }) => migrate(${JSON.stringify(url)}))`
  const launcher = spawn(process.execPath, ['-e', code], { stdio: 'ignore' })
  const waitsFor = (lock: number) =>
    vi.waitFor(
      async () => {
        const sql = "select from pg_locks where locktype = 'advisory' and objid = $1 and not granted"
        expect((await owner.query(sql, [lock])).rowCount).toBe(1)
      },
      { timeout: 60_000, interval: 50 },
    )
  await waitsFor(GATE)
  launcher.kill('SIGKILL')
  await once(launcher, 'exit')
  const next = migrate(url)
  await waitsFor(SCRIPT_LOCK)
  await owner.query('select pg_advisory_unlock($1)', [GATE])
  const applied = await next
  const { rows } = await owner.query(
    'select migration_name as name, finished_at is null or rolled_back_at is not null as undone from _prisma_migrations order by name',
  )
  expect(rows.filter(({ undone }) => undone)).toEqual([])
  // The killed one's came through.
  expect(applied).toEqual(rows.slice(1).map(row => row.name))
  await owner.end()
}, 150_000)
