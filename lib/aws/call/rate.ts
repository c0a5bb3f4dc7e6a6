import 'server-only'
import { setTimeout } from 'node:timers/promises'
import type { Rate } from '../operations/rates'
import type { CallSlots } from './slots'

/** Time, so that tests need not wait. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Rejects if the signal is aborted. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>
}

/** The account and Region whose limit a call counts against. */
export interface BucketKey {
  readonly account: string
  readonly region: string
  readonly service: string
  readonly rateClass: string
}

/** AWS counts requests for about a second; several throttles within it are one. */
const ONE_THROTTLE = 1000
/** A bucket is raised at most once in this time, by this share of its usual rate. */
const RAISE_EVERY = 5000
const RAISE_BY = 0.1
const LOWEST_SHARE = 0.05
/** Buckets that are full are forgotten when there are more than these. */
const MOST_BUCKETS = 5_000

/** A token bucket: lowered by half on a throttle and raised slowly, never above its usual rate. */
class Bucket {
  private tokens: number
  private perSecond: number
  private refilledAt: number
  private changedAt = Number.NEGATIVE_INFINITY
  /** Ends when the last of those that wait has its token. */
  turn: Promise<void> = Promise.resolve()
  waiting = 0

  constructor(
    private readonly usual: Rate,
    now: number,
  ) {
    this.tokens = usual.burst
    this.perSecond = usual.perSecond
    this.refilledAt = now
  }

  /** Milliseconds until there is a token. */
  wait(now: number): number {
    this.refill(now)
    return this.tokens >= 1 ? 0 : Math.ceil(((1 - this.tokens) / this.perSecond) * 1000)
  }

  spend(now: number): void {
    this.refill(now)
    this.tokens -= 1
  }

  lower(now: number): void {
    this.refill(now)
    this.tokens = Math.min(this.tokens, 0)
    if (now - this.changedAt < ONE_THROTTLE) return
    this.perSecond = Math.max(this.usual.perSecond * LOWEST_SHARE, this.perSecond / 2)
    this.changedAt = now
  }

  raise(now: number): void {
    if (this.perSecond === this.usual.perSecond || now - this.changedAt < RAISE_EVERY) return
    this.refill(now)
    this.perSecond = Math.min(this.usual.perSecond, this.perSecond + this.usual.perSecond * RAISE_BY)
    this.changedAt = now
  }

  isIdle(now: number): boolean {
    this.refill(now)
    return this.waiting === 0 && this.perSecond === this.usual.perSecond && this.tokens >= this.usual.burst
  }

  private refill(now: number): void {
    // A clock that is set back gives nothing.
    const seconds = Math.max(0, now - this.refilledAt) / 1000
    this.tokens = Math.min(this.usual.burst, this.tokens + seconds * this.perSecond)
    this.refilledAt = now
  }
}

/** Lets a call through when its bucket has a token and one of the slots is free. */
export class RateLimiter {
  private readonly buckets = new Map<string, Bucket>()

  constructor(
    private readonly clock: Clock,
    private readonly slots: CallSlots,
    private readonly rates: Readonly<Record<string, Rate>>,
  ) {}

  /**
   * Waits until a call may start, and returns what frees its slot. The token is spent when the call starts, and not
   * while it waits for a slot: tokens saved up in the meantime would start together and exceed the limit.
   */
  async enter(key: BucketKey, signal: AbortSignal): Promise<() => void> {
    const bucket = this.bucketOf(key)
    const before = bucket.turn
    let end = () => {}
    bucket.turn = new Promise(resolve => {
      end = resolve
    })
    bucket.waiting += 1
    try {
      await before
      for (;;) {
        signal.throwIfAborted()
        const wait = bucket.wait(this.clock.now())
        if (wait === 0) break
        await this.clock.sleep(wait, signal)
      }
      const leave = await this.slots.take(key.account, signal)
      bucket.spend(this.clock.now())
      return leave
    } finally {
      bucket.waiting -= 1
      end()
    }
  }

  throttled(key: BucketKey): void {
    this.bucketOf(key).lower(this.clock.now())
  }

  succeeded(key: BucketKey): void {
    this.bucketOf(key).raise(this.clock.now())
  }

  private bucketOf({ account, region, service, rateClass }: BucketKey): Bucket {
    const name = `${account} ${region} ${service} ${rateClass}`
    const known = this.buckets.get(name)
    if (known) return known
    const rate = this.rates[rateClass]
    if (!rate) throw new Error(`no rate ${rateClass}`)
    if (this.buckets.size >= MOST_BUCKETS) this.forgetIdle()
    const bucket = new Bucket(rate, this.clock.now())
    this.buckets.set(name, bucket)
    return bucket
  }

  private forgetIdle(): void {
    const now = this.clock.now()
    for (const [name, bucket] of this.buckets) if (bucket.isIdle(now)) this.buckets.delete(name)
  }
}

/** The clock of the process, and not that of lib/clock, which a demo stops. */
export const processClock: Clock = {
  now: Date.now,
  sleep: (milliseconds, signal) => setTimeout(milliseconds, undefined, { signal }),
}
