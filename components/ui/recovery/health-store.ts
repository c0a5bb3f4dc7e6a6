import { type HealthAnswer, toHealthAnswer } from '@/lib/domain/health/answer'
import type { HealthCode } from '@/lib/domain/health/health'

/** The state of Hinomi, seen from this browser. Unreachable: there was no answer of Hinomi. */
export interface Connection {
  status: HealthAnswer['status'] | 'unreachable'
  reasons: readonly { code: HealthCode; since: Date | null }[]
}

const TIMEOUT_MS = 10_000
const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 8_000

let current: Connection = { status: 'ok', reasons: [] }
let isAsked = false
let pending: Promise<Connection> | null = null
const listeners = new Set<() => void>()

export function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function getConnection(): Connection {
  return current
}

/** The state when the server rendered the page, until this browser asks. */
export function seedConnection(known: Connection): void {
  if (!isAsked) current = known
}

/** Whether pages can be loaded. */
export function isUp({ status }: Connection): boolean {
  return status === 'ok' || status === 'degraded'
}

/** Asks Hinomi for its state. Never rejects; simultaneous calls share the answer. */
export function checkHealth(): Promise<Connection> {
  pending ??= ask().then(found => {
    pending = null
    show(found)
    return found
  })
  return pending
}

/** Resolves once pages can be loaded again: asks with growing pauses, and at once when the browser is online again. */
export async function waitUntilUp(): Promise<void> {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    if (isUp(await checkHealth())) return
    // So that not all browsers ask at the same moment.
    await sleepOrOnline(pause * (1 + Math.random() / 4))
  }
}

function show(found: Connection): void {
  isAsked = true
  if (JSON.stringify(current) === JSON.stringify(found)) return
  current = found
  for (const listener of listeners) listener()
}

async function ask(): Promise<Connection> {
  try {
    const response = await fetch('/api/health', { cache: 'no-store', signal: AbortSignal.timeout(TIMEOUT_MS) })
    const answer = toHealthAnswer(await response.json())
    if (answer) return answer
  } catch {
    // No answer, or not one of Hinomi: a proxy in front of it.
  }
  return { status: 'unreachable', reasons: [] }
}

function sleepOrOnline(milliseconds: number): Promise<void> {
  return new Promise(resolve => {
    const done = () => {
      clearTimeout(timer)
      window.removeEventListener('online', done)
      resolve()
    }
    const timer = setTimeout(done, milliseconds)
    window.addEventListener('online', done)
  })
}
