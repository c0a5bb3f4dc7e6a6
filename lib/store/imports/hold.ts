import 'server-only'
import type { PoolClient } from 'pg'
import type { JobAccess } from '../../access/proof'

/**
 * SQL: the backend that has the lock of holdImports, null where none has. With its start, since a process id may come back, on this
 * server or on the one that took its place.
 */
export const HOLDER = `SELECT l.pid || ' ' || extract(epoch FROM a.backend_start) AS backend
  FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
  WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND a.datname = current_database() AND l.database = a.datid
    AND (l.classid::bigint << 32) | l.objid::bigint = hashtextextended('imports', 0)`

/**
 * Thrown where the lock that a run began under is gone: the server crashed or another took its place, and steps that were not waited for
 * may be missing there. Has the code of a connection failure, since the import is taken up again for the same reason.
 */
class HoldLost extends Error {
  override readonly name = 'HoldLost'
  readonly code = '08006'
}

/** Throws unless imports are held as they were when the run began; a run that began without does not care. */
export async function requireSameHolder(_job: JobAccess, client: PoolClient, holder: string | null): Promise<void> {
  if (holder === null) return
  const { rows } = await client.query<{ backend: string }>({ name: 'imports-holder', text: HOLDER })
  if (rows[0]?.backend !== holder) throw new HoldLost('the hold of imports was lost')
}
