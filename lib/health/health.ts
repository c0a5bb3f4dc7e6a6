import 'server-only'
import { type HealthCode, type HealthReason, type HealthStatus, healthCodes, statusOf } from '../domain/health/health'
import { log } from '../log'
import { askDatabase } from './database'
import { lookAtDisk } from './disk'

export interface Health {
  status: HealthStatus
  reasons: HealthReason[]
}

/** A worker that restarts is back within this time. */
const WORKER_MS = 30_000
const FRESH_MS = 1_500
const INTERVAL_MS = 10_000
const TIMEOUT_MS = 1_900

interface State {
  last: { at: number; health: Health } | null
  pending: Promise<Health> | null
  since: Map<HealthCode, Date>
  /** Since when the database, which answers, has shown no worker. */
  workerMissing: number | null
  timer: NodeJS.Timeout | null
  replicaState: () => string | null
}

// Next.js bundles this module more than once into one process.
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

/** How Hinomi is, at most `age` milliseconds old. Resolves within two seconds and never rejects. */
export async function currentHealth(age = FRESH_MS): Promise<Health> {
  const { last, pending } = state()
  // Not by the clock of the day, which may be set.
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
 * Measures every ten seconds, so that times are known and the log tells every change. Once per process. `replicaState` tells how the
 * standby is that pages are read from; null where there is none.
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
  // Where the database is away nobody knows, and afterwards workers have their time to connect again.
  if (hasWorker !== false) state().workerMissing = null
  else state().workerMissing ??= now
  const { workerMissing } = state()
  return workerMissing !== null && now - workerMissing >= WORKER_MS
}

/** The reasons in the order of their weight; notes which are new and which have passed. */
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
