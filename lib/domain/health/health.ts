/** Problems of a running Hinomi; each ends without a restart by a person. */
export const healthCodes = [
  'database_away',
  'disk_full',
  'read_only',
  'worker_away',
  'imports_waiting',
  'disk_low',
  'replica_away',
] as const
export type HealthCode = (typeof healthCodes)[number]

export type HealthStatus = 'ok' | 'degraded' | 'down'

export interface HealthReason {
  code: HealthCode
  /** When this server first noticed it. */
  since: Date
}

/** `down` only if no page can be shown. */
export function statusOf(reasons: readonly { code: string }[]): HealthStatus {
  if (reasons.some(({ code }) => code === 'database_away')) return 'down'
  return reasons.length > 0 ? 'degraded' : 'ok'
}

/** Application name of the workers' connections; a colon and the outage that stops their imports may follow. */
export const WORKER_NAME = 'hinomi-worker'

/** The codes in the names of the workers' connections. */
export function codesOfWorkers(names: readonly string[]): HealthCode[] {
  const outages = names.map(name => name.slice(WORKER_NAME.length + 1))
  return (['disk_full', 'read_only'] as const).filter(code => outages.includes(code))
}

/** One WAL segment of PostgreSQL has 16 MiB; PostgreSQL stops without room for one and its overhead. */
const FULL_BYTES = 24 * 1024 ** 2
/** WAL may grow to 4 GiB (max_wal_size of the embedded database), and a report to 1 GiB. */
const LOW_BYTES = 5 * 1024 ** 3
const LOW_SHARE = 0.1

/** Low is less than 5 GiB and less than 10 %; full is less than 24 MiB. Null if there is enough. */
export function codeOfDisk({ free, size }: { free: number; size: number }): 'disk_full' | 'disk_low' | null {
  if (size <= 0) return null
  if (free < FULL_BYTES) return 'disk_full'
  return free < LOW_BYTES && free < size * LOW_SHARE ? 'disk_low' : null
}
