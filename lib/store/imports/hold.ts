import 'server-only'
import type { PoolClient } from 'pg'
import type { JobAccess } from '../../access/proof'

/** The first key of the advisory lock that a worker has of the import it runs; the second is the import's number. */
export const IMPORT_LOCK = 1_213_812_041

/** SQL: advisory locks of this database under the first key `lock`; `objid` is the second. */
export const lockedSql = (lock: number) => `SELECT l.pid, l.objid::bigint AS id FROM pg_locks l
  WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2 AND l.classid::bigint = ${lock}
    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`

/**
 * SQL: the backend that holds an import, null where none does. With its start, since a process id may come back, on this server or on
 * the one that took its place.
 */
export const holderSql = (id: string) => `SELECT h.pid || ' ' || extract(epoch FROM a.backend_start) AS backend
  FROM (${lockedSql(IMPORT_LOCK)}) AS h CROSS JOIN LATERAL pg_stat_get_activity(h.pid) AS a WHERE h.id = ${id}`

/**
 * SQL: the accounts that an import may write; null where they are not known yet. Its report was scanned, or its sender may write one
 * account only or has named it.
 */
export const laneSql = (
  i: string,
) => `coalesce((SELECT lane.accounts FROM import_lane lane WHERE lane.import_id = ${i}.id),
  CASE WHEN ${i}.limited AND cardinality(${i}.allowed) = 1 THEN ${i}.allowed WHEN ${i}.account_id IS NOT NULL THEN ARRAY[${i}.account_id] END)`

/**
 * Thrown where the lock that a run began under is gone: the server crashed or another took its place, and steps that were not waited for
 * may be missing there. Has the code of a connection failure, since the import is taken up again for the same reason.
 */
class HoldLost extends Error {
  override readonly name = 'HoldLost'
  readonly code = '08006'
}

/** Thrown where a report speaks of an account that its import does not hold: nothing of that account was written. */
export class OutsideLane extends Error {
  override readonly name = 'OutsideLane'
  constructor(readonly accounts: readonly string[]) {
    super(`the report speaks of ${accounts.length} accounts that its import does not hold`)
  }
}

/**
 * Throws unless the import is held as it was when the run began, with the accounts that are about to be written. A run that began
 * without a hold does not care.
 */
export async function requireHold(
  _job: JobAccess,
  client: PoolClient,
  { importId, holder }: { importId: number; holder: string | null },
  accounts: readonly string[] = [],
): Promise<void> {
  if (holder === null) return
  const { rows } = await client.query<{ backend: string | null; outside: string[] | null }>({
    name: 'import-hold',
    text: `SELECT (${holderSql('i.id')}) AS backend,
             (SELECT array_agg(a) FROM unnest($2::text[]) AS a, (SELECT ${laneSql('i')} AS ids) AS lane
              WHERE lane.ids IS NOT NULL AND a <> ALL (lane.ids)) AS outside
           FROM import i WHERE i.id = $1`,
    values: [importId, accounts],
  })
  const [found] = rows
  if (found?.backend !== holder) throw new HoldLost(`the hold of import ${importId} was lost`)
  if (found.outside) throw new OutsideLane(found.outside)
}
