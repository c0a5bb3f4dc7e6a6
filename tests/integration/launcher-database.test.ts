import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test, vi } from 'vitest'
import { connectTo } from '../../scripts/launch/connection.mjs'
import { placeDatabase, removePlace } from '../../scripts/launch/placement.mjs'

const dataDir = mkdtempSync(join(tmpdir(), 'hinomi-launcher-'))
const guestFile = fileURLToPath(new URL('./launcher-guest.mjs', import.meta.url))

const present = new Set<Guest>()

afterAll(async () => {
  // A failed test leaves its guests behind.
  for (const guest of present) await leave(guest)
  removePlace(dataDir)
  rmSync(dataDir, { recursive: true, force: true })
})

interface Guest {
  url: string
  /** Where the database is now. */
  urls: string[]
  process: ChildProcess
}

async function joinAsGuest(hangsAfterMs?: number): Promise<Guest> {
  const args = [guestFile, dataDir, ...(hangsAfterMs ? [String(hangsAfterMs)] : [])]
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const urls: string[] = []
  createInterface(child.stdout).on('line', line => urls.push(line))
  await vi.waitUntil(() => urls[0], { timeout: 60_000 })
  const guest = { url: urls[0] ?? '', urls, process: child }
  present.add(guest)
  return guest
}

async function leave(guest: Guest) {
  present.delete(guest)
  guest.process.stdin?.end()
  await once(guest.process, 'exit')
}

async function kill(guest: Guest) {
  present.delete(guest)
  guest.process.kill('SIGKILL')
  await once(guest.process, 'exit')
}

async function ask(url: string, sql: string) {
  const client = await connectTo(url)
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

test('launchers of one data folder share its database, and the last one stops it', async () => {
  const first = await joinAsGuest()
  const second = await joinAsGuest()
  expect(second.url).toBe(first.url)
  await ask(first.url, 'create table kept (n int); insert into kept values (1)')
  await leave(first)
  expect(await ask(second.url, 'select n from kept')).toEqual([{ n: 1 }])
  await leave(second)
  await expect(ask(second.url, 'select 1')).rejects.toThrow(/ECONNREFUSED/)
})

test('the database listens on this machine alone and asks for a password', async () => {
  const guest = await joinAsGuest()
  expect(await ask(guest.url, 'show listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }])
  const stranger = Object.assign(new URL(guest.url), { password: 'guess' }).href
  await expect(ask(stranger, 'select 1')).rejects.toThrow(/password/)
  expect(statSync(join(dataDir, 'secrets.json')).mode & 0o777).toBe(0o600)
  await leave(guest)
})

test('a database whose launcher was killed is taken over', async () => {
  const killed = await joinAsGuest()
  await kill(killed)
  const next = await joinAsGuest()
  expect(next.url).toBe(killed.url)
  await leave(next)
  await expect(ask(next.url, 'select 1')).rejects.toThrow(/ECONNREFUSED/)
})

/** The pid of the server's main process. */
async function postmaster() {
  const { home } = await placeDatabase(dataDir)
  return Number(readFileSync(join(home, 'postgres/postmaster.pid'), 'utf8').split('\n')[0])
}

/** Asks until the database answers again. */
function askPatiently(guest: Guest, sql: string) {
  return vi.waitFor(() => ask(guest.urls.at(-1) ?? '', sql), { timeout: 60_000, interval: 200 })
}

test('a killed database recovers with its data, at the next start', async () => {
  const killed = await joinAsGuest()
  await ask(killed.url, 'insert into kept values (2)')
  await kill(killed)
  process.kill(await postmaster(), 'SIGKILL')
  const next = await joinAsGuest()
  expect(next.url).toBe(killed.url)
  expect(await ask(next.url, 'select n from kept order by n')).toEqual([{ n: 1 }, { n: 2 }])
  await leave(next)
})

test('a killed database is started again by one of its launchers, at the same address', async () => {
  const first = await joinAsGuest()
  const second = await joinAsGuest()
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
}, 90_000)

test('what a killed database left working does not keep the next one from starting', async () => {
  const guest = await joinAsGuest()
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
}, 90_000)

test('a database whose port was taken meanwhile moves to another', async () => {
  const guest = await joinAsGuest()
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
}, 90_000)

test('a database that is there and does not answer is ended and started again', async () => {
  const guest = await joinAsGuest(2000)
  const suspended = await postmaster()
  process.kill(suspended, 'SIGSTOP')
  await vi.waitFor(async () => expect(await postmaster()).not.toBe(suspended), { timeout: 80_000, interval: 200 })
  expect(await askPatiently(guest, 'select 1 as one')).toEqual([{ one: 1 }])
  await leave(guest)
}, 120_000)
