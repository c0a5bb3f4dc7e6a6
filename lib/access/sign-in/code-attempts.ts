import 'server-only'
import { pool } from '../../db'
import type { CodeKind } from '../../domain/sign-in/second-factor'
import { countKey, exhaustedKeys, forgetKeys } from './attempts'

const DAY_MS = 86_400_000

/** Wrong codes of one member over all networks together: decision 33. */
const IN_15_MINUTES = 10
const IN_A_DAY = 30

// Stored under the end of the day: a row is deleted 15 minutes after the time in window_start.
const COUNT_DAY = `
  INSERT INTO sign_in_attempt AS a (key, window_start, failures) VALUES ($1, $2, 1)
  ON CONFLICT (key, window_start) DO UPDATE SET failures = a.failures + 1 RETURNING failures`

/**
 * Counts a code before it is checked; false where it must not be checked. Known browsers of the member have a separate count, and so
 * has each kind of code: a stranger who knows the password cannot exhaust these.
 */
export async function mayGiveCode(
  kind: CodeKind,
  member: string,
  isKnownBrowser: boolean,
  at = new Date(),
): Promise<boolean> {
  const [key, dayKey] = keysOf(kind, member, isKnownBrowser)
  if (!(await countKey(key, IN_15_MINUTES, at))) return false
  const { rows } = await pool().query<{ failures: number }>(COUNT_DAY, [dayKey, endOfDay(at)])
  return (rows[0]?.failures ?? 0) <= IN_A_DAY
}

/** Resets the counts: a code was correct, the member has a new factor, or an administrator unlocked the member. */
export async function forgetCodes(member: string): Promise<void> {
  for (const kind of ['totp', 'recovery'] as const) {
    await forgetKeys([false, true].flatMap(isKnown => keysOf(kind, member, isKnown)))
  }
}

/** The members who have no attempts left for the code of their authenticator app, at least in browsers that are new to them. */
export async function lockedCodes(members: readonly string[], at = new Date()): Promise<Set<string>> {
  const counted = members.flatMap(member =>
    [false, true].map(isKnown => {
      const [key, dayKey] = keysOf('totp', member, isKnown)
      return { member, key, dayKey }
    }),
  )
  const exhausted = await exhaustedKeys(
    counted.map(({ key }) => key),
    IN_15_MINUTES,
    at,
  )
  const { rows } = await pool().query<{ key: string }>(
    'SELECT key FROM sign_in_attempt WHERE key = ANY($1) AND window_start > $2 AND failures >= $3',
    [counted.map(({ dayKey }) => dayKey), at, IN_A_DAY],
  )
  const exhaustedDays = new Set(rows.map(row => row.key))
  const locked = counted.filter(({ key, dayKey }) => exhausted.has(key) || exhaustedDays.has(dayKey))
  return new Set(locked.map(({ member }) => member))
}

function keysOf(kind: CodeKind, member: string, isKnownBrowser: boolean): [string, string] {
  const end = `${kind}:${member}${isKnownBrowser ? ':known' : ''}`
  return [`code:${end}`, `code-day:${end}`]
}

function endOfDay(at: Date): Date {
  return new Date((Math.floor(at.getTime() / DAY_MS) + 1) * DAY_MS)
}
