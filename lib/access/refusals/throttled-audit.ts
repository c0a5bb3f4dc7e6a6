import 'server-only'
import { now } from '../../clock'
import { pool } from '../../db'
import { log } from '../../log'
import { networkOf } from '../network/peer'
import type { Actor, JobAccess } from '../proof'

/** The actor of requests without a session. */
export const ANONYMOUS = { kind: 'anonymous', id: '', name: '' } as const

export interface ThrottledEntry {
  /** Named in messages under audit.actions. */
  action: string
  actor: Actor | typeof ANONYMOUS
  ip: string | null
  /** As in AuditRecord; empty for none. */
  target: string
  /** Details for the reader; never a secret or text that somebody typed. */
  detail: Record<string, unknown>
  /** How long similar entries are only counted. */
  minutes?: number
  /** Whether it is no refusal: every actor has entries of its own, and the process log has it as information. */
  routine?: boolean
}

const MINUTE_MS = 60_000
/** New entries of one action in a minute. More are counted together, so that many networks cannot fill the audit log. */
const MAX_ENTRIES = 60
const MAX_ROUTINE = 5000

const KNOWN = `
  SELECT count(*)::int AS entries, coalesce(bool_or(key = $2), false) AS known
  FROM audit_throttle WHERE action = $1 AND until > $3`

const INSERT_ENTRY = `
  INSERT INTO audit_entry (at, actor_kind, actor_id, actor_name, ip, action, target, detail)
  SELECT $1::timestamptz, entry->>'actorKind', entry->>'actorId', entry->>'actorName', entry->>'ip', action, entry->>'target',
    (entry->'detail') || CASE WHEN repeats > 0 THEN jsonb_build_object('repeats', repeats) ELSE '{}' END
  FROM counted`

// One statement, so that exactly one of several concurrent ones writes the entry, together with its count.
const RECORD = `
  WITH counted AS (
    INSERT INTO audit_throttle AS t (key, action, until, entry) VALUES ($2, $3, $4, $5)
    ON CONFLICT (key) DO UPDATE SET
      until = CASE WHEN t.until <= $6 THEN excluded.until ELSE t.until END,
      repeats = CASE WHEN t.until <= $6 THEN t.waiting ELSE 0 END,
      waiting = CASE WHEN t.until <= $6 THEN 0 ELSE t.waiting + 1 END,
      entry = excluded.entry
    RETURNING action, waiting, repeats, entry)
  ${INSERT_ENTRY} WHERE waiting = 0`

const FLUSH = `
  WITH counted AS (DELETE FROM audit_throttle WHERE until <= $2 RETURNING action, waiting, waiting - 1 AS repeats, entry)
  ${INSERT_ENTRY} WHERE waiting > 0`

/**
 * Writes an entry of the audit log, at most one in a minute for each action, actor and network. `repeats` of an entry is the number of
 * similar ones that were only counted before it. Anonymous actors are distinguished by the target. Never throws: a refusal takes effect
 * even where the audit log cannot be written, which the process log reports.
 */
export async function recordThrottled(given: ThrottledEntry, at = new Date()): Promise<void> {
  try {
    const entry = await withinLimit(given, at)
    const { action, actor, ip, target, detail } = entry
    const until = new Date(at.getTime() + (entry.minutes ?? 1) * MINUTE_MS)
    const stored = { actorKind: actor.kind, actorId: actor.id, actorName: actor.name, ip, target, detail }
    const values = [now(), keyOf(entry), action, until, JSON.stringify(stored), at]
    const { rowCount } = await pool().query(RECORD, values)
    if (rowCount)
      log[entry.routine ? 'info' : 'warn']({ action, actor: actor.id, ip, target }, 'recorded in the audit log')
  } catch (error) {
    log.error({ err: error, action: given.action }, 'an entry of the audit log could not be written')
  }
}

/** Writes entries for refusals that were only counted and did not occur again since, and clears the counts. */
export async function flushThrottled(_access: JobAccess, at = new Date()): Promise<void> {
  await pool().query(FLUSH, [now(), at])
}

async function withinLimit(entry: ThrottledEntry, at: Date): Promise<ThrottledEntry> {
  const { rows } = await pool().query<{ entries: number; known: boolean }>(KNOWN, [entry.action, keyOf(entry), at])
  if (rows[0]?.known || (rows[0]?.entries ?? 0) < (entry.routine ? MAX_ROUTINE : MAX_ENTRIES)) return entry
  return { action: entry.action, actor: ANONYMOUS, ip: null, target: '', detail: { manyNetworks: true } }
}

function keyOf({ action, actor, ip, target }: ThrottledEntry): string {
  const who = actor.kind === 'anonymous' ? target : actor.id
  return JSON.stringify([action, actor.kind, who, networkOf(ip)])
}
