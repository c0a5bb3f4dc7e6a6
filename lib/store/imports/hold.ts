import 'server-only'
import type { JobAccess } from '../../access/proof'
import { Prisma } from '../../generated/prisma/client'
import { runIn, type Tx } from '../../sql/transaction'

const { raw, sql } = Prisma

/** The first key of the advisory lock that a worker holds on its import; the second key is the import's id. */
export const IMPORT_LOCK = 1_213_812_041

/** SQL: advisory locks of this database with the first key `lock`; `id` is the second key. */
export const lockedSql = (lock: number) => `SELECT l.pid, l.objid::bigint AS id FROM pg_locks l
  WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2 AND l.classid::bigint = ${lock}
    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`

/**
 * SQL: the backend that holds an import, null if none does. Includes the start of the backend, since process ids are
 * used again, on this server or on one that replaces it.
 */
export const holderSql = (id: string) => `SELECT h.pid || ' ' || extract(epoch FROM a.backend_start) AS backend
  FROM (${lockedSql(IMPORT_LOCK)}) AS h CROSS JOIN LATERAL pg_stat_get_activity(h.pid) AS a WHERE h.id = ${id}`

/**
 * SQL: the accounts that an import may write; null if they are not known yet. They are known once its report was
 * scanned, or if its sender named one account or may write only one.
 */
export const laneSql = (
  i: string,
) => `coalesce((SELECT lane.accounts FROM import_lane lane WHERE lane.import_id = ${i}.id),
  CASE WHEN ${i}.limited AND cardinality(${i}.allowed) = 1 THEN ${i}.allowed WHEN ${i}.account_id IS NOT NULL THEN ARRAY[${i}.account_id] END)`

/**
 * Thrown if the lock of a run is gone: the server crashed or was replaced, and may have lost commits that did not wait
 * for the disk. Has the code of a connection failure, since the import has to start again as after one.
 */
class HoldLost extends Error {
  override readonly name = 'HoldLost'
  readonly code = '08006'
}

/** Thrown if a report names an account that its import does not hold. Nothing of that account was written. */
export class OutsideLane extends Error {
  override readonly name = 'OutsideLane'
  constructor(readonly accounts: readonly string[]) {
    super(`the report names ${accounts.length} accounts that its import does not hold`)
  }
}

/**
 * Throws unless the import is still held by the backend of its run, including `accounts`. A run without a holder is not
 * checked.
 */
export async function requireHold(
  _job: JobAccess,
  tx: Tx,
  { importId, holder }: { importId: number; holder: string | null },
  accounts: readonly string[] = [],
): Promise<void> {
  if (holder === null) return
  const rows = await runIn<{ backend: string | null; outside: string[] | null }>(
    tx,
    sql`SELECT (${raw(holderSql('i.id'))}) AS backend,
        (SELECT array_agg(a) FROM unnest(${accounts}::text[]) AS a, (SELECT ${raw(laneSql('i'))} AS ids) AS lane
         WHERE lane.ids IS NOT NULL AND a <> ALL (lane.ids)) AS outside
      FROM import i WHERE i.id = ${importId}`,
    'import-hold',
  )
  const [found] = rows
  if (found?.backend !== holder) throw new HoldLost(`the hold of import ${importId} was lost`)
  if (found.outside) throw new OutsideLane(found.outside)
}
