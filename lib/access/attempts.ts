import 'server-only'
import { createHmac } from 'node:crypto'
import { pool } from '../db'
import { env } from '../env'
import { networkOf } from './peer'

const WINDOW_MS = 15 * 60 * 1000
const LIMITS = { address: 10, source: 50 } as const

/** Where an attempt comes from and whom it is about. */
export interface Attempt {
  email: string
  ip: string | null
}

// One statement: the count is raised and read at once, so that attempts at the same time on many servers are all counted. The
// window before counts by the share of it that still lies within the last 15 minutes: no burst at the border of two windows.
const COUNT = `
  WITH counted AS (
    INSERT INTO sign_in_attempt AS a (key, window_start, failures) VALUES ($1, $2, 1)
    ON CONFLICT (key, window_start) DO UPDATE SET failures = a.failures + 1
    RETURNING failures
  )
  SELECT counted.failures + coalesce(before.failures, 0) * $4::float8 AS weight, counted.failures
  FROM counted LEFT JOIN sign_in_attempt AS before ON before.key = $1 AND before.window_start = $3`

/**
 * Counts an attempt before it is tried. False where the source or the address has used up its attempts: 50 and 10 in 15 minutes.
 * A refused source is not counted against addresses, so that it can neither fill the table nor lock others out.
 */
export async function mayAttempt(attempt: Attempt, at = new Date()): Promise<boolean> {
  const source = sourceKey(attempt.ip)
  if (source && !(await count(source, LIMITS.source, at))) return false
  return count(addressKey(attempt.email), LIMITS.address, at)
}

/** The attempt was right: it is no failure, and the address starts anew. */
export async function forgetAttempts(attempt: Attempt, at = new Date()): Promise<void> {
  await pool().query('DELETE FROM sign_in_attempt WHERE key = $1', [addressKey(attempt.email)])
  const source = sourceKey(attempt.ip)
  if (!source) return
  await pool().query(
    'UPDATE sign_in_attempt SET failures = greatest(failures - 1, 0) WHERE key = $1 AND window_start = $2',
    [source, windowOf(at)],
  )
}

async function count(key: string, limit: number, at: Date): Promise<boolean> {
  const start = windowOf(at)
  const before = new Date(start.getTime() - WINDOW_MS)
  const share = 1 - (at.getTime() - start.getTime()) / WINDOW_MS
  const { rows } = await pool().query<{ weight: number; failures: number }>(COUNT, [key, start, before, share])
  const [row] = rows
  if (row?.failures === 1) await pool().query('DELETE FROM sign_in_attempt WHERE window_start < $1', [before])
  return row !== undefined && row.weight <= limit
}

function windowOf(at: Date): Date {
  return new Date(Math.floor(at.getTime() / WINDOW_MS) * WINDOW_MS)
}

// Sealed, because people type passwords into the wrong field.
function addressKey(email: string): string {
  return `address:${createHmac('sha256', env().HINOMI_SECRET).update(email.trim().toLowerCase()).digest('base64url')}`
}

function sourceKey(ip: string | null): string | null {
  return ip ? `source:${networkOf(ip)}` : null
}
