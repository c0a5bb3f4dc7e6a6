import { describe, expect, test } from 'vitest'
import { Backoff, DEATHS_IN_A_ROW } from '../../scripts/launch/backoff.mjs'

const early = { ranMs: 500, healthy: false, waiting: false }
const next = (backoff: Backoff, death: typeof early, times: number) =>
  Array.from({ length: times }, () => backoff.next(death))

describe('a part of the product that ends', () => {
  test('is started again after pauses that grow', () => {
    const pauses = next(new Backoff(), early, 7).map(({ pauseMs }) => pauseMs)
    expect(pauses).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000])
  })

  test('has failed permanently after some consecutive deaths', () => {
    const verdicts = next(new Backoff(), early, DEATHS_IN_A_ROW).map(({ givesUp }) => givesUp)
    expect(verdicts).toEqual([...Array(DEATHS_IN_A_ROW - 1).fill(false), true])
  })

  test.each([
    ['was ready', { ranMs: 500, healthy: true, waiting: false }],
    ['ran for a minute', { ranMs: 60_000, healthy: false, waiting: false }],
  ])('has a new count after one that %s', (_what, good) => {
    const backoff = new Backoff()
    next(backoff, early, DEATHS_IN_A_ROW - 1)
    expect(backoff.next(good).givesUp).toBe(false)
    expect(next(backoff, early, DEATHS_IN_A_ROW - 1).at(-1)?.givesUp).toBe(false)
    expect(backoff.next(early).givesUp).toBe(true)
  })

  test.each([
    ['for a full disk or an absent database', { ranMs: 500, healthy: false, waiting: true }],
    ['though it was ready', { ranMs: 500, healthy: true, waiting: false }],
  ])('%s is retried forever, with pauses of at most 8 seconds', (_what, death) => {
    for (const { pauseMs, givesUp } of next(new Backoff(), death, 500)) {
      expect(givesUp).toBe(false)
      expect(pauseMs).toBeLessThanOrEqual(8000)
    }
  })

  test('is restarted immediately after a long run', () => {
    const backoff = new Backoff()
    next(backoff, early, 5)
    expect(backoff.next({ ...early, ranMs: 60_000 }).pauseMs).toBe(1000)
  })
})
