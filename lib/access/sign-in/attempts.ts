import 'server-only'
import { createHmac } from 'node:crypto'
import { pool } from '../../db'
import { networkOf } from '../network/peer'
import { deriveKey, type Key, keys } from '../seal/keys'
import type { KnownBrowser } from '../session/known-browser'

const WINDOW_MS = 15 * 60 * 1000

/** Attempts in 15 minutes: decision 29. */
const LIMITS = {
  /** From one network, for any address. */
  source: 50,
  /** For one address from one network. */
  pair: 10,
  /** For one address from all networks together. */
  address: 100,
  /** In one known browser of the member. */
  browser: 10,
  /** In all known browsers of one member. */
  browsers: 100,
  /** For the current password, by a signed-in member. */
  password: 10,
} as const
export type Limit = keyof typeof LIMITS

/** The origin of an attempt and the address that it is for. */
export interface Attempt {
  email: string
  ip: string | null
  /** The browser, if it is known for the member with the address. */
  browser?: KnownBrowser | null
}

// One statement increments and reads the count, so that concurrent attempts on several servers are all counted. The previous window
// is weighted by its share of the last 15 minutes: no burst at the border of two windows. Counts under former secrets ($5) are
// included: a rotation grants no new attempts.
const COUNT = `
  WITH counted AS (
    INSERT INTO sign_in_attempt AS a (key, window_start, failures) VALUES ($1, $2, 1)
    ON CONFLICT (key, window_start) DO UPDATE SET failures = a.failures + 1
    RETURNING failures
  )
  SELECT counted.failures + coalesce(others.weight, 0) AS weight, counted.failures
  FROM counted, (
    SELECT sum(failures * CASE WHEN window_start = $2 THEN 1 ELSE $4::float8 END) AS weight FROM sign_in_attempt
    WHERE (key = $1 AND window_start = $3) OR (key = ANY($5::text[]) AND window_start IN ($2, $3))
  ) AS others`

/**
 * Counts an attempt before it is made. Returns the limit that refuses it, or null. An attempt refused by one limit does not count for
 * the next, so that one network can neither fill the table nor exhaust an address for all networks. Known browsers have separate
 * limits, which strangers cannot exhaust.
 */
export async function countAttempt(attempt: Attempt, at = new Date()): Promise<Limit | null> {
  for (const [limit, counters] of countersOf(attempt)) if (!(await count(counters, LIMITS[limit], at))) return limit
  return null
}

/** Resets the counts of this network or browser after a successful attempt. */
export async function forgetAttempt(attempt: Attempt, at = new Date()): Promise<void> {
  for (const [limit, counters] of countersOf(attempt)) {
    if (limit === 'pair' || limit === 'browser') await forgetKeys(counters)
    else {
      await pool().query(
        'UPDATE sign_in_attempt SET failures = greatest(failures - 1, 0) WHERE key = $1 AND window_start = $2',
        [counters[0], windowOf(at)],
      )
    }
  }
}

/** Resets all counts of an address: its member has a new password, or an administrator unlocked it. */
export async function forgetAddress(email: string): Promise<void> {
  for (const sealed of sealsOf(email)) {
    const counters = [`address:${sealed}`, `pair:${sealed}:`]
    await pool().query('DELETE FROM sign_in_attempt WHERE key = $1 OR starts_with(key, $2)', counters)
  }
}

/** Counts an attempt of a signed-in member to enter the current password: strangers cannot exhaust these. */
export async function mayGivePassword(member: string, at = new Date()): Promise<boolean> {
  return countKey(`password:${member}`, LIMITS.password, at)
}

export async function forgetGivenPasswords(member: string): Promise<void> {
  await forgetKeys([`password:${member}`])
}

/** The addresses that would be refused now: everywhere except in known browsers, or from some networks. */
export async function lockedAddresses(
  emails: readonly string[],
  at = new Date(),
): Promise<Map<string, 'everywhere' | 'networks'>> {
  const start = windowOf(at)
  const sealed = emails.flatMap(email => sealsOf(email).map(seal => ({ email, seal })))
  const { rows } = await pool().query<{ email: string; kind: string }>(
    `SELECT sealed.email, split_part(key, ':', 1) AS kind
     FROM sign_in_attempt JOIN unnest($6::text[], $7::text[]) AS sealed (email, seal) ON split_part(key, ':', 2) = sealed.seal
     WHERE window_start IN ($1, $2) AND (starts_with(key, 'address:') OR starts_with(key, 'pair:'))
     GROUP BY sealed.email, split_part(key, ':', 1), regexp_replace(key, '^[^:]*:[^:]*', '')
     HAVING sum(failures * CASE WHEN window_start = $1 THEN 1 ELSE $3::float8 END) + 1
       > CASE WHEN split_part(key, ':', 1) = 'address' THEN $4::int ELSE $5::int END`,
    [
      start,
      new Date(start.getTime() - WINDOW_MS),
      shareOf(at),
      LIMITS.address,
      LIMITS.pair,
      sealed.map(({ email }) => email),
      sealed.map(({ seal }) => seal),
    ],
  )
  const everywhere = new Set(rows.filter(row => row.kind === 'address').map(row => row.email))
  return new Map(rows.map(({ email }) => [email, everywhere.has(email) ? 'everywhere' : 'networks']))
}

/** The counters of an attempt by limit: the current one, followed by those of the same subject under former secrets. */
type Counters = readonly [counter: string, ...former: string[]]

function countersOf({ email, ip, browser }: Attempt): [Limit, Counters][] {
  if (browser) {
    return [
      ['browser', [`browser:${browser.id}`]],
      ['browsers', [`browsers:${browser.member}`]],
    ]
  }
  const network = networkOf(ip)
  const [sealed, ...former] = sealsOf(email)
  return [
    ['source', [`source:${network}`]],
    ['pair', [`pair:${sealed}:${network}`, ...former.map(seal => `pair:${seal}:${network}`)]],
    ['address', [`address:${sealed}`, ...former.map(seal => `address:${seal}`)]],
  ]
}

/** Counts an attempt under a key before it is made. False where it exceeds `limit` in 15 minutes. */
export function countKey(key: string, limit: number, at: Date): Promise<boolean> {
  return count([key], limit, at)
}

/** The keys that countKey would refuse at the next attempt. */
export async function exhaustedKeys(keys: readonly string[], limit: number, at: Date): Promise<Set<string>> {
  const start = windowOf(at)
  const { rows } = await pool().query<{ key: string }>(
    `SELECT key FROM sign_in_attempt WHERE key = ANY($1) AND window_start IN ($2, $3) GROUP BY key
     HAVING sum(failures * CASE WHEN window_start = $2 THEN 1 ELSE $4::float8 END) + 1 > $5::int`,
    [keys, start, new Date(start.getTime() - WINDOW_MS), shareOf(at), limit],
  )
  return new Set(rows.map(row => row.key))
}

async function count([key, ...former]: Counters, limit: number, at: Date): Promise<boolean> {
  const start = windowOf(at)
  const before = new Date(start.getTime() - WINDOW_MS)
  const { rows } = await pool().query<{ weight: number; failures: number }>(COUNT, [
    key,
    start,
    before,
    shareOf(at),
    former,
  ])
  const [row] = rows
  if (row?.failures === 1) await pool().query('DELETE FROM sign_in_attempt WHERE window_start < $1', [before])
  return row !== undefined && row.weight <= limit
}

export async function forgetKeys(counters: readonly string[]): Promise<void> {
  await pool().query('DELETE FROM sign_in_attempt WHERE key = ANY($1)', [counters])
}

function windowOf(at: Date): Date {
  return new Date(Math.floor(at.getTime() / WINDOW_MS) * WINDOW_MS)
}

/** The share of the previous window that is still within the last 15 minutes. */
function shareOf(at: Date): number {
  return 1 - (at.getTime() - windowOf(at).getTime()) / WINDOW_MS
}

/** The HMAC of an address under every key, the newest first, because people type passwords into the wrong field. */
function sealsOf(email: string): string[] {
  const seal = (key: Key) =>
    createHmac('sha256', deriveKey(key, 'sign-in attempts')).update(email.trim().toLowerCase()).digest('base64url')
  return keys().map(seal)
}
