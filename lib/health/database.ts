import 'server-only'
import pg from 'pg'
import { codesOfWorkers, type HealthCode, WORKER_NAME } from '../domain/health/health'
import { env } from '../env'
import { log } from '../log'
import { outageOf } from '../outage'

const TIMEOUT_MS = 900
/** A report that waits longer needs attention, whatever the reason. */
const WAITING_MINUTES = 30
/** A worker reports every ten seconds. One that hangs, or whose host has failed, can keep its connection for hours. */
const WORKER_SILENT_SECONDS = 45

const shared = globalThis as typeof globalThis & { hinomiHealthPool?: pg.Pool }

export interface DatabaseHealth {
  codes: HealthCode[]
  /** Null if the database did not report it. */
  hasWorker: boolean | null
}

// A separate connection: a pool with no free connection does not mean that the database does not answer.
function pool(): pg.Pool {
  if (shared.hinomiHealthPool) return shared.hinomiHealthPool
  const made = new pg.Pool({
    connectionString: env().DATABASE_URL,
    max: 1,
    connectionTimeoutMillis: TIMEOUT_MS,
    query_timeout: TIMEOUT_MS,
    idleTimeoutMillis: 60_000,
  })
  made.on('error', error => log.warn({ err: error.message }, 'the database connection of the health check broke'))
  shared.hinomiHealthPool = made
  return made
}

export async function closeHealthPool(): Promise<void> {
  const { hinomiHealthPool } = shared
  delete shared.hinomiHealthPool
  await hinomiHealthPool?.end()
}

interface Row {
  standby: boolean
  read_only: boolean
  workers: string[]
  unfinished: boolean
  overdue: boolean
}

const ASK = `
  SELECT pg_is_in_recovery() AS standby, current_setting('transaction_read_only')::boolean AS read_only,
    ARRAY(SELECT application_name FROM pg_stat_activity
      WHERE datname = current_database() AND application_name ~ $1
        AND coalesce(state_change > clock_timestamp() - make_interval(secs => $3), TRUE)) AS workers,
    EXISTS (SELECT FROM import WHERE state IN ('queued', 'running')) AS unfinished,
    EXISTS (SELECT FROM import WHERE state = 'queued' AND created_at < now() - make_interval(mins => $2)) AS overdue`

/** Checks the database once; resolves within two seconds. */
export async function askDatabase(workerSilentSeconds = WORKER_SILENT_SECONDS): Promise<DatabaseHealth> {
  try {
    const { rows } = await pool().query<Row>(ASK, [`^${WORKER_NAME}(:|$)`, WAITING_MINUTES, workerSilentSeconds])
    const [row] = rows
    if (!row) throw new Error('no row')
    // The connection pool of the pages refuses such a server, see lib/db/pool.ts.
    if (row.standby) return { codes: ['database_away'], hasWorker: null }
    const codes = new Set(codesOfWorkers(row.workers))
    if (row.read_only) codes.add('read_only')
    const isHeldUp = row.workers.some(name => name.includes(':')) && row.unfinished
    if (isHeldUp || row.overdue) codes.add('imports_waiting')
    return { codes: [...codes], hasWorker: row.workers.length > 0 }
  } catch (error) {
    const outage = outageOf(error) ?? 'database_away'
    log.debug({ err: error }, 'the health check failed')
    return { codes: [outage], hasWorker: null }
  }
}
