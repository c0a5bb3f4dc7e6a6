import 'server-only'
import { type HealthCode, type HealthReason, type HealthStatus, healthCodes, statusOf } from '../domain/health/health'
import { log } from '../log'
import { askDatabase } from './database'
import { lookAtDisk } from './disk'

export interface Health {
  status: HealthStatus
  reasons: HealthReason[]
}

/** A restarted worker connects again within this time. */
const WORKER_MS = 30_000
const FRESH_MS = 1_500
const INTERVAL_MS = 10_000
const TIMEOUT_MS = 1_900

interface State {
  last: { at: number; health: Health } | null
  pending: Promise<Health> | null
  since: Map<HealthCode, Date>
  /** The time since which a reachable database has shown no worker. */
  workerMissing: number | null
  timer: NodeJS.Timeout | null
  replicaState: () => string | null
}

// Next.js can load several bundled copies of this module into one process.
const shared = globalThis as typeof globalThis & { hinomiHealth?: State }

function state(): State {
  shared.hinomiHealth ??= {
    last: null,
    pending: null,
    since: new Map(),
    workerMissing: null,
    timer: null,
    replicaState: () => null,
  }
  return shared.hinomiHealth
}

/** The health of Hinomi, at most `age` milliseconds old. Resolves within two seconds and never rejects. */
export async function currentHealth(age = FRESH_MS): Promise<Health> {
  const { last, pending } = state()
  // Not by the system clock, which may be adjusted.
  const passed = last ? performance.now() - last.at : -1
  if (last && passed >= 0 && passed < age) return last.health
  if (pending) return pending
  const measuring = measure().finally(() => {
    state().pending = null
  })
  state().pending = measuring
  return measuring
}

/**
 * Measures every ten seconds, so that the start of each problem is known and every change is logged. Call it once per
 * process. `replicaState` returns the state of the standby that pages read from, null if there is none.
 */
export function watchHealth(replicaState: () => string | null): void {
  state().replicaState = replicaState
  state().timer ??= setInterval(() => void currentHealth(), INTERVAL_MS).unref()
}

async function measure(): Promise<Health> {
  const timeout = new Promise<null>(resolve => setTimeout(resolve, TIMEOUT_MS, null).unref())
  const [database, disk] = await Promise.all([
    Promise.race([askDatabase(), timeout]),
    Promise.race([lookAtDisk(), timeout]).catch(() => null),
  ])
  const codes = new Set<HealthCode>(database?.codes ?? ['database_away'])
  if (disk && !(disk === 'disk_low' && codes.has('disk_full'))) codes.add(disk)
  if (!['in_use', null].includes(state().replicaState())) codes.add('replica_away')
  if (isWorkerAway(database?.hasWorker ?? null)) codes.add('worker_away')
  const health = { status: statusOf([...codes].map(code => ({ code }))), reasons: reasonsOf(codes) }
  state().last = { at: performance.now(), health }
  return health
}

function isWorkerAway(hasWorker: boolean | null): boolean {
  const now = performance.now()
  // Unknown while the database is unavailable. Afterwards the workers get time to connect again.
  if (hasWorker !== false) state().workerMissing = null
  else state().workerMissing ??= now
  const { workerMissing } = state()
  return workerMissing !== null && now - workerMissing >= WORKER_MS
}

/** The reasons, most severe first; logs new ones and those that have ended. */
function reasonsOf(codes: ReadonlySet<HealthCode>): HealthReason[] {
  const { since } = state()
  for (const code of [...since.keys()]) {
    if (codes.has(code)) continue
    since.delete(code)
    log.info({ code }, 'health: over')
  }
  return healthCodes
    .filter(code => codes.has(code))
    .map(code => {
      const known = since.get(code)
      if (known) return { code, since: known }
      const fresh = new Date()
      since.set(code, fresh)
      log.warn({ code }, 'health: degraded')
      return { code, since: fresh }
    })
}
