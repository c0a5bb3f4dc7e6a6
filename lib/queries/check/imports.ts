import 'server-only'
import type { Access } from '../../access/proof'
import { type ImportRow, maxKeptRejects } from '../../domain/imports/views'
import type { Permission } from '../../domain/people/role'
import { Prisma } from '../../generated/prisma/client'
import { read } from '../../sql/read'
import { listImports } from '../imports/imports'
import type { Differences } from './differences'

const { sql } = Prisma

interface Traces {
  created: ReadonlyMap<number, number>
  /** Imports with a finding that was unmerged since: there are more findings than the import created. */
  split: ReadonlySet<number>
  resolved: ReadonlyMap<number, number>
  reopened: ReadonlyMap<number, number>
  refreshed: ReadonlyMap<number, number>
  rejected: ReadonlyMap<number, number>
  waiting: ReadonlyMap<number, number>
}

/** Compares the counts of each import with the findings, events and rejected records of it. */
export async function checkImports(access: Access<Permission>, differences: Differences): Promise<void> {
  const traces = await tracesOfImports()
  let cursor: string | null = null
  do {
    const page: Awaited<ReturnType<typeof listImports>> = await listImports(access, cursor)
    for (const row of page.rows) compareImport(differences, row, traces)
    cursor = page.next
  } while (cursor !== null)
  await differences.run([
    {
      check: 'importState',
      sql: sql`SELECT id::text AS of, state AS shown, NULL::text AS recomputed FROM import
        WHERE (state IN ('done', 'failed')) <> (finished_at IS NOT NULL) OR (state = 'failed') <> (error IS NOT NULL)`,
    },
    {
      check: 'importCheckpoint',
      sql: sql`SELECT id::text AS of, checkpoint::text AS shown, read::text AS recomputed FROM import WHERE checkpoint <> read`,
    },
  ])
}

function compareImport(differences: Differences, { id, state, counts, ...row }: ImportRow, traces: Traces): void {
  const of = String(id)
  const n = (from: ReadonlyMap<number, number>) => from.get(id) ?? 0
  differences.compare('importRead', of, counts.read, counts.accepted + counts.rejected)
  differences.compare('importRejected', of, Math.min(counts.rejected, maxKeptRejects), n(traces.rejected))
  const created = n(traces.created)
  differences.compare(
    'importCreated',
    of,
    counts.created,
    traces.split.has(id) ? Math.min(counts.created, created) : created,
  )
  differences.compare('importResolved', of, counts.resolved, n(traces.resolved))
  differences.compare('importReopened', of, counts.reopened, n(traces.reopened))
  // Sightings of other sources may change a finding as well; that does not count as an update by this report.
  differences.compare('importUpdated', of, counts.updated, Math.min(counts.updated, n(traces.refreshed)))
  // Some of the waiting ones were resolved since.
  differences.compare('importWaiting', of, row.waiting, Math.min(row.waiting, n(traces.waiting)))
  if (state === 'done') differences.compare('importBytes', of, row.bytesRead, row.sizeBytes)
}

/** The findings, events and rejected records of imports, by the import's id. */
async function tracesOfImports(): Promise<Traces> {
  const [created, split, resolved, first, rejected, waiting] = [
    await counted(sql`SELECT id, sum(n)::int AS n FROM (
        SELECT first_import_id AS id, count(*) AS n FROM finding GROUP BY 1
        UNION ALL SELECT (finding ->> 'first_import_id')::int, count(*) FROM finding_merge WHERE undone_at IS NULL AND target IS NOT NULL GROUP BY 1
      ) AS c GROUP BY 1`),
    await counted(sql`SELECT f.first_import_id AS id, 1 AS n FROM finding f WHERE EXISTS (
        SELECT FROM finding_event e WHERE e.account_id = f.account_id AND e.finding_id = f.id AND e.kind = 'unmerged') GROUP BY 1`),
    await counted(
      sql`SELECT actor_id::int AS id, count(*)::int AS n FROM finding_event WHERE actor_kind = 'import' AND kind = 'resolved' GROUP BY 1`,
    ),
    // One import counts a finding once, by its first event.
    await read<{ id: number; kind: string; n: number }>(sql`SELECT e.id, e.kind, count(*)::int AS n FROM (
        SELECT DISTINCT ON (actor_id, account_id, finding_id) actor_id::int AS id, account_id, finding_id, kind FROM finding_event
        WHERE actor_kind = 'import' AND kind IN ('reopened', 'resolved', 'severity', 'title', 'resource', 'excepted', 'returned', 'suppressed', 'unsuppressed')
        ORDER BY actor_id, account_id, finding_id, finding_event.id) AS e
      WHERE NOT EXISTS (SELECT FROM finding f WHERE f.account_id = e.account_id AND f.id = e.finding_id AND f.first_import_id = e.id)
      GROUP BY 1, 2`),
    await counted(sql`SELECT import_id AS id, count(*)::int AS n FROM import_reject GROUP BY 1`),
    await counted(sql`SELECT i.id, sum((h ->> 'findings')::int)::int AS n FROM import i, jsonb_array_elements(i.held_back) AS h
      WHERE h ->> 'reason' = 'waiting' GROUP BY 1`),
  ]
  const ofKinds = (kinds: readonly string[]) => {
    const sums = new Map<number, number>()
    for (const { id, kind, n } of first) if (kinds.includes(kind)) sums.set(id, (sums.get(id) ?? 0) + n)
    return sums
  }
  return {
    created,
    split: new Set(split.keys()),
    resolved,
    reopened: ofKinds(['reopened']),
    refreshed: ofKinds(['severity', 'title', 'resource', 'suppressed', 'unsuppressed']),
    rejected,
    waiting,
  }
}

async function counted(query: Prisma.Sql): Promise<Map<number, number>> {
  const rows = await read<{ id: number; n: number }>(sql`SELECT id, n FROM (${query}) AS counted`)
  return new Map(rows.map(({ id, n }) => [id, n]))
}
