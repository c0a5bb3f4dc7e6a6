import 'server-only'
import { AppError } from '../../errors'
import type { Access } from '../proof'

/** How many requests a second are answered over time, and how many at once. */
export interface Rate {
  perSecond: number
  burst: number
}

/** Rates that honest use never meets. */
export const rates = {
  /** Everything that one member or one token asks for. */
  requests: { perSecond: 50, burst: 200 },
  /** Pages of one session, with those that the browser asks for in advance. */
  pages: { perSecond: 50, burst: 600 },
  /** Uploads of one member or one token. */
  uploads: { perSecond: 20, burst: 100 },
  /** Requests of one network that carry no valid credentials, or may not do what they ask for. */
  refused: { perSecond: 1, burst: 60 },
  /** Sign-ins with a passkey that one network begins or ends. */
  passkeys: { perSecond: 5, burst: 200 },
  /** Pages that one network asks for, whoever is signed in there: an office may have one address. */
  network: { perSecond: 200, burst: 1000 },
} as const satisfies Record<string, Rate>

const MOST_KEYS = 10_000

/**
 * Token buckets, one for each key, in the memory of this process: https://en.wikipedia.org/wiki/Token_bucket. Of more than 10,000 keys
 * those are forgotten that were used least recently.
 */
export class RateLimiter {
  readonly #buckets = new Map<string, { left: number; at: number }>()

  constructor(readonly rate: Rate) {}

  /** Takes one request; null, or after how many seconds the next one is answered. `at` is in milliseconds. */
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
  refused: new RateLimiter(rates.refused),
  passkeys: new RateLimiter(rates.passkeys),
  network: new RateLimiter(rates.network),
} satisfies Record<keyof typeof rates, RateLimiter>

/** The key of a member or a token. */
export function actorKey({ actor }: Pick<Access, 'actor'>): string {
  return `${actor.kind}/${actor.id}`
}

/** Counts a request of `key`. Throws too_many_requests, with the seconds to wait, where it is one too many. */
export function limitRate(name: keyof typeof rates, key: string): void {
  const seconds = limiters[name].take(key)
  if (seconds !== null) throw tooMany(seconds)
}

function tooMany(seconds: number): AppError {
  return new AppError('too_many_requests', { params: { seconds } })
}
