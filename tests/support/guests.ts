import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { vi } from 'vitest'
import { connectTo } from '../../scripts/launch/connection.mjs'
import { placeDatabase } from '../../scripts/launch/placement.mjs'

const guestFile = fileURLToPath(new URL('../integration/launcher-guest.mjs', import.meta.url))
const present = new Set<Guest>()

/** A process that runs only the database part of the launcher. */
export interface Guest {
  /** The first URL of the database. */
  url: string
  /** Its later URLs; the last one is the current one. */
  urls: string[]
  /** Its messages to people. */
  said: string[]
  process: ChildProcess
}

export async function joinAsGuest(dataDir: string, hangsAfterMs?: number): Promise<Guest> {
  const args = [guestFile, dataDir, ...(hangsAfterMs ? [String(hangsAfterMs)] : [])]
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'pipe'] })
  const guest: Guest = { url: '', urls: [], said: [], process: child }
  present.add(guest)
  createInterface(child.stdout).on('line', line => guest.urls.push(line))
  createInterface(child.stderr).on('line', line => guest.said.push(line))
  await vi.waitFor(
    () => {
      if (!guest.urls[0]) throw new Error(`The guest has not joined:\n${guest.said.join('\n')}`)
    },
    { timeout: 60_000 },
  )
  return Object.assign(guest, { url: guest.urls[0] })
}

export async function leave(guest: Guest) {
  present.delete(guest)
  guest.process.stdin?.end()
  await once(guest.process, 'exit')
}

export async function kill(guest: Guest) {
  present.delete(guest)
  guest.process.kill('SIGKILL')
  await once(guest.process, 'exit')
}

/** Ends the processes that a failed test left running. */
export async function endGuests() {
  for (const guest of present) await leave(guest)
}

export async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = await connectTo(url)
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

/** Retries until the database answers again. */
export function askPatiently(guest: Guest, sql: string): Promise<unknown[]> {
  return vi.waitFor(() => ask(guest.urls.at(-1) ?? '', sql), { timeout: 60_000, interval: 200 })
}

/** The pid of the server's main process. */
export async function postmasterOf(dataDir: string): Promise<number> {
  const { home } = await placeDatabase(dataDir)
  return Number(readFileSync(join(home, 'postgres/postmaster.pid'), 'utf8').split('\n')[0])
}
