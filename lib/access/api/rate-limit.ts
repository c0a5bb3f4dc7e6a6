import 'server-only'
import { AppError } from '../../errors'
import type { Access } from '../proof'

/** The sustained rate of requests, and the burst above it. */
export interface Rate {
  perSecond: number
  burst: number
}

/** Rates that normal use never reaches. */
export const rates = {
  /** All requests of one member or one token. */
  requests: { perSecond: 50, burst: 200 },
  /** Pages of one session, including those that the browser prefetches. */
  pages: { perSecond: 50, burst: 600 },
  /** Uploads of one member or one token. */
  uploads: { perSecond: 20, burst: 100 },
  /** Events of one sender. EventBridge sends 300 a second unless somebody sets another rate. */
  events: { perSecond: 300, burst: 3000 },
  /** Requests of one network without valid credentials or without the permission. */
  refused: { perSecond: 1, burst: 60 },
  /** Requests of one network that start or complete a sign-in with a passkey. */
  passkeys: { perSecond: 5, burst: 200 },
  /** Pages of one network, whoever is signed in: an office may have a single address. */
  network: { perSecond: 200, burst: 1000 },
} as const satisfies Record<string, Rate>

const MOST_KEYS = 10_000

/**
 * Token buckets, one for each key, in the memory of this process: https://en.wikipedia.org/wiki/Token_bucket. Above 10,000 keys the
 * least recently used ones are evicted.
 */
export class RateLimiter {
  readonly #buckets = new Map<string, { left: number; at: number }>()

  constructor(readonly rate: Rate) {}

  /** Counts one request. Null where it is allowed, else the seconds to wait. `at` is in milliseconds. */
  take(key: string, at = performance.now()): number | null {
    const left = this.#leftOf(key, at)
    this.#buckets.delete(key)
    this.#buckets.set(key, { left: left >= 1 ? left - 1 : left, at })
    if (this.#buckets.size > MOST_KEYS) {
      const [oldest] = this.#buckets.keys()
      if (oldest !== undefined) this.#buckets.delete(oldest)
    }
    return this.#waitOf(left)
  }

  /** What `take` would return, without counting. */
  wait(key: string, at = performance.now()): number | null {
    return this.#waitOf(this.#leftOf(key, at))
  }

  #leftOf(key: string, at: number): number {
    const { perSecond, burst } = this.rate
    const bucket = this.#buckets.get(key)
    return bucket ? Math.min(burst, bucket.left + ((at - bucket.at) / 1000) * perSecond) : burst
  }

  #waitOf(left: number): number | null {
    return left >= 1 ? null : Math.max(1, Math.ceil((1 - left) / this.rate.perSecond))
  }
}

const limiters = {
  requests: new RateLimiter(rates.requests),
  pages: new RateLimiter(rates.pages),
  uploads: new RateLimiter(rates.uploads),
  events: new RateLimiter(rates.events),
  refused: new RateLimiter(rates.refused),
  passkeys: new RateLimiter(rates.passkeys),
  network: new RateLimiter(rates.network),
} satisfies Record<keyof typeof rates, RateLimiter>

/** The key of a member or a token. */
export function actorKey({ actor }: Pick<Access, 'actor'>): string {
  return `${actor.kind}/${actor.id}`
}

/** Counts a request of `key`. Throws too_many_requests, with the seconds to wait, where it exceeds the rate. */
export function limitRate(name: keyof typeof rates, key: string): void {
  const seconds = limiters[name].take(key)
  if (seconds !== null) throw tooMany(seconds)
}

/** Throws too_many_requests as limitRate does, and counts nothing. */
export function requireRate(name: keyof typeof rates, key: string): void {
  const seconds = limiters[name].wait(key)
  if (seconds !== null) throw tooMany(seconds)
}

function tooMany(seconds: number): AppError {
  return new AppError('too_many_requests', { params: { seconds } })
}
