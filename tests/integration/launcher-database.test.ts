import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterAll, expect, test } from 'vitest'
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
  process: ChildProcess
}

async function joinAsGuest(): Promise<Guest> {
  const child = spawn(process.execPath, [guestFile, dataDir], { stdio: ['pipe', 'pipe', 'inherit'] })
  const [line] = await once(child.stdout, 'data')
  const guest = { url: String(line).trim(), process: child }
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
  const client = new pg.Client({ connectionString: url })
  await client.connect()
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

test('a killed database recovers with its data', async () => {
  const killed = await joinAsGuest()
  await ask(killed.url, 'insert into kept values (2)')
  await kill(killed)
  const { home } = await placeDatabase(dataDir)
  process.kill(Number(readFileSync(join(home, 'postgres/postmaster.pid'), 'utf8').split('\n')[0]), 'SIGKILL')
  const next = await joinAsGuest()
  expect(await ask(next.url, 'select n from kept order by n')).toEqual([{ n: 1 }, { n: 2 }])
  await leave(next)
})
