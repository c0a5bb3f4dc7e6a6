import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'

/** Of every table that reports and decisions write: how many rows, and a digest of them. */
export type Digests = Record<string, { rows: number; sha256: string }>

const member = '(SELECT email FROM member m WHERE m.id = %)'
const importOf = '(SELECT i.file_name FROM import i WHERE i.id = %)'
const named = (sql: string, column: string) => sql.replace('%', column)

/**
 * Hinomi's own checks run and report by the clock, whatever was disturbed. Of their rows only what the last run says is compared:
 * neither the times nor the number of earlier runs, nor what these found meanwhile.
 */
const OTHERS = `source IS DISTINCT FROM 'hinomi'`
const OWN_FINDINGS = `SELECT account_id, id FROM finding WHERE sources = ARRAY['hinomi']`
const OF_OTHERS = `(account_id, finding_id) NOT IN (${OWN_FINDINGS})`

/**
 * One query per table. Numbers of a sequence and times of the clock (of a run, a row, a person's change, a decision) are left out or
 * replaced by what they stand for: every run has others.
 */
// Snapshots are of the clock's day, and `hinomi check` recomputes them; `hinomi verify` recomputes the hashes of the chain.
// Known records only save time, and a resumed run recalls fewer of them.
const queries: Record<string, string> = {
  account: 'SELECT id, name, environment, owner_team, tags, origin, closed_at, closed_reason FROM account',
  // Attempts, waits and failures tell of the disturbance, which is to be seen.
  import: `SELECT state, source, account_id, coverage, origin, file_name, sha256, size_bytes, observed_at, observed_at_given, actor_name,
      allowed, limited, allowed_sources, may_close, withheld, accounts, sources, checkpoint, read, accepted, rejected, created, updated,
      unchanged, reopened, resolved, passed, resolved_seen, bytes_read, error, held_back, region, not_available, older, repeated, clock_ahead
    FROM import WHERE state <> 'receiving' AND ${OTHERS}`,
  import_reject: `SELECT ${named(importOf, 'import_id')}, index, code, params FROM import_reject`,
  // A payload is cut where the network cut it. What is left of an upload that broke off is removed after three minutes.
  import_chunk: `SELECT ${named(importOf, 'import_id')}, sum(length), max(start + length) FROM import_chunk
    WHERE import_id IN (SELECT id FROM import WHERE state <> 'receiving' AND ${OTHERS}) GROUP BY 1`,
  finding: `SELECT account_id, id, class, control, region, resource_id, resource_name, resource_type, package_name, title, severity, status,
      team, team_by, ${named(member, 'owner_id')}, due_at, due_by, overdue, sources, first_seen_at, opened_at, resolved_at,
      resolved_reason, reopened_count, ${named(importOf, 'first_import_id')}, ${named(importOf, 'changed_import_id')},
      before_exception, owner_by, unowned_at IS NULL
    FROM finding WHERE sources <> ARRAY['hinomi']`,
  own_finding: `SELECT account_id, id, class, control, region, resource_id, resource_name, resource_type, title, severity, status, team, team_by
    FROM finding WHERE sources = ARRAY['hinomi'] AND status <> 'resolved'`,
  own_sighting: `SELECT account_id, id, control, region, resource_id, result, present, severity, title FROM sighting
    WHERE source = 'hinomi' AND present`,
  check_state: 'SELECT account_id, "check", regions, whole, unexamined, passed, failed, unknown FROM check_state',
  finding_period: `SELECT account_id, finding_id, opened_at, closed_at FROM finding_period WHERE ${OF_OTHERS}`,
  sighting: `SELECT account_id, id, finding_id, class, source, product, control, native_id, result, present, severity, title, description,
      remediation_text, remediation_url, resource_type, other_resources, content_hash, first_observed_at, record_updated_at, observed_at,
      ${named(importOf, 'import_id')}, raw_offset, raw_length, own_control, region, resource_id, tags, package_name, facts, by_record, pair,
      local_time, gone_at, unproven, absent_since, ${named(importOf, 'absent_import_id')}, absent_reason
    FROM sighting WHERE ${OTHERS}`,
  machine_image: 'SELECT * FROM machine_image',
  exception: `SELECT kind, state, account_id, finding_id, match, condition, reason, expires_at, requested_name, decided_name, note,
      covers_up_to, ended_reason, pending FROM exception`,
  finding_merge: 'SELECT account_id, id, into_id, names, sightings, undone_at IS NULL FROM finding_merge',
  finding_split: 'SELECT account_id, own_id, finding_id FROM finding_split',
  // recent_closings names imports by number.
  feed: `SELECT account_id, source, product, first_at, last_at, last_complete_at, ${named(importOf, 'last_import_id')}, heard_at, complete_at,
      silent_after, sends_passes, reference, looked FROM feed WHERE ${OTHERS}`,
  feed_control: `SELECT * FROM feed_control WHERE ${OTHERS}`,
  control_result: `SELECT * FROM control_result WHERE passed + failed + not_available <> 0`,
  finding_count: 'SELECT * FROM finding_count WHERE n <> 0',
  source_count: `SELECT * FROM source_count WHERE n <> 0`,
  control_delta: 'SELECT control, team, severity, sum(n) FROM control_delta GROUP BY 1, 2, 3 HAVING sum(n) <> 0',
  control_title: 'SELECT * FROM control_title',
  finding_event: `SELECT account_id, finding_id, row_number() OVER (PARTITION BY account_id, finding_id ORDER BY id) AS place, actor_kind,
      actor_name, kind, before, after, text, former FROM finding_event WHERE ${OF_OTHERS}`,
  // The id of a set of changes and the beginning of a token are random. The use of a token is recorded again by the minute and the network:
  // once is enough.
  audit_entry: `SELECT actor_kind, actor_name, action, account_id, detail - 'changeset' - 'prefix' FROM audit_entry
    WHERE action NOT IN ('token.create', 'token.use') AND actor_name <> 'checks'
    UNION ALL SELECT DISTINCT actor_kind, actor_name, action, account_id, detail - 'prefix' - 'repeats' FROM audit_entry
    WHERE action = 'token.use'`,
}

/** The digest of every table above, whatever the order in which rows were written. The rows go to files in `folder`. */
export async function digestsOf(url: string, folder: string): Promise<Digests> {
  mkdirSync(folder, { recursive: true })
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const members = await client.query<{ id: string; email: string }>('SELECT id, email FROM member')
    const digests: Digests = {}
    for (const [table, query] of Object.entries(queries)) {
      const { rows } = await client.query<{ line: string }>(`SELECT r::text AS line FROM (${query}) AS r`)
      // A member's id is random.
      const lines = rows
        .map(({ line }) => members.rows.reduce((text, { id, email }) => text.replaceAll(id, email), line))
        .sort()
      const text = lines.join('\n')
      writeFileSync(fileOf(folder, table), text)
      digests[table] = { rows: lines.length, sha256: createHash('sha256').update(text).digest('hex') }
    }
    return digests
  } finally {
    await client.end()
  }
}

/** What differs between the tables of two folders: the first rows that only one of them has. Empty where nothing does. */
export function differencesBetween(disturbed: string, undisturbed: string): string[] {
  return Object.keys(queries).flatMap(table => {
    const [left, right] = [disturbed, undisturbed].map(folder =>
      readFileSync(fileOf(folder, table), 'utf8').split('\n'),
    )
    return [
      ...only(left, right).map(line => `${table}, only disturbed: ${line}`),
      ...only(right, left).map(line => `${table}, only undisturbed: ${line}`),
    ]
  })
}

const fileOf = (folder: string, table: string) => join(folder, `${table}.txt`)

function only(these: readonly string[] = [], those: readonly string[] = []): string[] {
  const left = new Map<string, number>()
  for (const line of those) left.set(line, (left.get(line) ?? 0) + 1)
  const extra = these.filter(line => {
    const n = left.get(line) ?? 0
    left.set(line, n - 1)
    return n <= 0
  })
  return extra.slice(0, 5).map(line => line.slice(0, 600))
}
