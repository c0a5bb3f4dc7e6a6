import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { connectTo } from '../../scripts/launch/connection.mjs'
import { joinDatabase } from '../../scripts/launch/database.mjs'
import { removePlace } from '../../scripts/launch/placement.mjs'
import { ask, askPatiently, endGuests, joinAsGuest, kill, leave, postmasterOf } from '../support/guests'

const dataDir = mkdtempSync(join(tmpdir(), 'hinomi-launcher-'))
// Each starts a PostgreSQL server or two, on a machine that may be busy.
vi.setConfig({ testTimeout: 150_000 })

const enter = (hangsAfterMs?: number) => joinAsGuest(dataDir, hangsAfterMs)
const postmaster = () => postmasterOf(dataDir)

afterAll(async () => {
  await endGuests()
  removePlace(dataDir)
  rmSync(dataDir, { recursive: true, force: true })
})

test('launchers of one data folder share its database, and the last one stops it', async () => {
  const first = await enter()
  const second = await enter()
  expect(second.url).toBe(first.url)
  await ask(first.url, 'create table kept (n int); insert into kept values (1)')
  await leave(first)
  expect(await ask(second.url, 'select n from kept')).toEqual([{ n: 1 }])
  await leave(second)
  await expect(ask(second.url, 'select 1')).rejects.toThrow(/ECONNREFUSED/)
})

test('the database listens only on this machine and requires a password', async () => {
  const guest = await enter()
  expect(await ask(guest.url, 'show listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }])
  const stranger = Object.assign(new URL(guest.url), { password: 'guess' }).href
  await expect(ask(stranger, 'select 1')).rejects.toThrow(/password/)
  expect(statSync(join(dataDir, 'secrets.json')).mode & 0o777).toBe(0o600)
  await leave(guest)
})

test('a database whose launcher was killed is reused', async () => {
  const killed = await enter()
  await kill(killed)
  const next = await enter()
  expect(next.url).toBe(killed.url)
  await leave(next)
  await expect(ask(next.url, 'select 1')).rejects.toThrow(/ECONNREFUSED/)
})

test('a killed database recovers with its data, at the next start', async () => {
  const killed = await enter()
  await ask(killed.url, 'insert into kept values (2)')
  await kill(killed)
  process.kill(await postmaster(), 'SIGKILL')
  const next = await enter()
  expect(next.url).toBe(killed.url)
  expect(await ask(next.url, 'select n from kept order by n')).toEqual([{ n: 1 }, { n: 2 }])
  await leave(next)
})

test('a killed database is started again by one of its launchers, at the same address', async () => {
  const first = await enter()
  const second = await enter()
  for (let time = 0; time < 2; time++) {
    const before = await postmaster()
    process.kill(before, 'SIGKILL')
    expect(await askPatiently(first, 'select n from kept order by n')).toEqual([{ n: 1 }, { n: 2 }])
    expect(await postmaster()).not.toBe(before)
  }
  expect(first.urls).toEqual([first.url])
  expect(second.urls).toEqual([first.url])
  // The one that is left goes on watching.
  await kill(first)
  process.kill(await postmaster(), 'SIGKILL')
  expect(await askPatiently(second, 'select 1 as one')).toEqual([{ one: 1 }])
  await leave(second)
  await expect(ask(second.url, 'select 1')).rejects.toThrow(/ECONNREFUSED/)
})

test('a database recovers after one of its processes is killed', async () => {
  const guest = await enter()
  const before = await postmaster()
  const killed = await connectTo(guest.url)
  const { rows } = await killed.query('select pg_backend_pid() as pid')
  process.kill(rows[0].pid, 'SIGKILL')
  await expect(killed.query('select 1')).rejects.toThrow()
  expect(await askPatiently(guest, 'select n from kept order by n')).toEqual([{ n: 1 }, { n: 2 }])
  expect(await postmaster()).toBe(before)
  await leave(guest)
})

test('remaining processes of a killed database do not prevent the next start', async () => {
  const guest = await enter()
  // It never looks at its postmaster.
  const busy = ask(guest.url, "select count(*) from generate_series(1, 1e12) n where n::text ~ 'x'").catch(
    error => error,
  )
  await askPatiently(
    guest,
    "select 1 / count(*) from pg_stat_activity where query ~ 'generate_series' and state = 'active'",
  )
  process.kill(await postmaster(), 'SIGKILL')
  expect(await busy).toBeInstanceOf(Error)
  expect(await askPatiently(guest, 'select 1 as one')).toEqual([{ one: 1 }])
  await leave(guest)
})

test('a database whose port was taken meanwhile moves to another', async () => {
  const guest = await enter()
  const thief = createServer()
  const port = Number(new URL(guest.url).port)
  process.kill(await postmaster(), 'SIGKILL')
  await vi.waitFor(
    () =>
      new Promise<void>((done, fail) => {
        thief.once('error', fail)
        thief.listen(port, '127.0.0.1', done)
      }),
    { timeout: 10_000, interval: 5 },
  )
  await vi.waitUntil(() => guest.urls.length > 1, { timeout: 60_000 })
  expect(new URL(guest.urls[1] ?? '').port).not.toBe(String(port))
  expect(await askPatiently(guest, 'select 1 as one')).toEqual([{ one: 1 }])
  thief.close()
  await leave(guest)
})

test('a database that is there and does not answer is ended and started again', async () => {
  const guest = await enter(2000)
  const suspended = await postmaster()
  process.kill(suspended, 'SIGSTOP')
  await vi.waitFor(async () => expect(await postmaster()).not.toBe(suspended), { timeout: 80_000, interval: 200 })
  expect(await askPatiently(guest, 'select 1 as one')).toEqual([{ one: 1 }])
  await leave(guest)
})

test('a database that does not know the password of secrets.json is named, and not left running', async () => {
  const guest = await enter()
  await leave(guest)
  const path = join(dataDir, 'secrets.json')
  const text = readFileSync(path, 'utf8')
  writeFileSync(path, text.replace(/"databaseAdminPassword": ".*"/, '"databaseAdminPassword": "another"'))
  await expect(joinDatabase(dataDir)).rejects.toThrow(
    /does not accept the password in secrets\.json\. Restore that file\./,
  )
  await expect(ask(guest.url, 'select 1')).rejects.toThrow(/ECONNREFUSED/)
  writeFileSync(path, text)
})
