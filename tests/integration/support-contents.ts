import { expect } from 'vitest'
import { pool } from '../../lib/db'

/** The contents in which two databases must be equal: without ids of sequences and times of the system clock. */
export async function contents(): Promise<Record<string, unknown[]>> {
  const queries = {
    accounts: `SELECT id, owner_team, origin FROM account`,
    findings: `SELECT to_jsonb(f) - '{first_import_id,changed_import_id,sequence}'::text[] AS row FROM finding f`,
    sightings: `SELECT to_jsonb(s) - 'import_id' AS row FROM sighting s`,
    events: `SELECT account_id, finding_id, at, kind, before, after, actor_name FROM finding_event`,
    controls: `SELECT * FROM control_result`,
    titles: `SELECT * FROM control_title`,
    feeds: `SELECT to_jsonb(f) - 'last_import_id' AS row FROM feed f`,
    snapshots: `SELECT to_jsonb(s) AS row FROM snapshot s`,
    rejects: `SELECT index, code, params FROM import_reject`,
    counts: `SELECT * FROM finding_count WHERE n <> 0`,
    sourceCounts: `SELECT * FROM source_count WHERE n <> 0`,
    imports: `SELECT state, accounts, sources, checkpoint, read, accepted, rejected, created, updated, unchanged, reopened,
      resolved, resolved_seen, passed, bytes_read, error, held_back FROM import`,
  }
  const found: Record<string, unknown[]> = {}
  for (const [name, query] of Object.entries(queries)) {
    const { rows } = await pool().query(
      `SELECT to_jsonb(q) AS row FROM (${query}) q ORDER BY to_jsonb(q)::text COLLATE "C"`,
    )
    found[name] = rows.map(({ row }) => row)
  }
  return found
}

/** Compares row by row: a difference of two whole databases would be too long to print. */
export function expectSame(found: Record<string, unknown[]>, wanted: Record<string, unknown[]>): void {
  for (const [name, rows] of Object.entries(wanted)) {
    const [ours, theirs] = [found[name] ?? [], rows].map(list => list.map(row => JSON.stringify(row)))
    const [ourSet, theirSet] = [new Set(ours), new Set(theirs)]
    expect(ours?.filter(row => !theirSet.has(row)).slice(0, 3), `${name}: too much`).toEqual([])
    expect(theirs?.filter(row => !ourSet.has(row)).slice(0, 3), `${name}: too little`).toEqual([])
    expect(ours?.length, name).toBe(theirs?.length)
  }
}
