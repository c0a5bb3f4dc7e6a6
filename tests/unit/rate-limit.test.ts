import { expect, test } from 'vitest'
import { RateLimiter } from '../../lib/access/api/rate-limit'

test('a bucket allows its burst immediately, then a number per second', () => {
  const limiter = new RateLimiter({ perSecond: 2, burst: 3 })
  expect([0, 0, 0].map(at => limiter.take('a', at))).toEqual([null, null, null])
  expect(limiter.take('a', 0)).toBe(1)
  expect(limiter.take('a', 499)).toBe(1)
  expect(limiter.take('a', 500)).toBeNull()
  expect(limiter.take('a', 999)).toBe(1)
  expect([100_000, 100_000, 100_000, 100_000].map(at => limiter.take('a', at))).toEqual([null, null, null, 1])
})

test('refused requests do not delay the next allowed one', () => {
  const limiter = new RateLimiter({ perSecond: 1, burst: 1 })
  limiter.take('a', 0)
  for (let at = 0; at < 1000; at += 10) expect(limiter.take('a', at)).toBe(1)
  expect(limiter.take('a', 1000)).toBeNull()
})

test('a slow rate returns the time to wait', () => {
  const limiter = new RateLimiter({ perSecond: 0.1, burst: 1 })
  limiter.take('a', 0)
  expect(limiter.take('a', 0)).toBe(10)
  expect(limiter.take('a', 4000)).toBe(6)
})

test('keys have buckets of their own, and a flood of keys does not forget one that is in use', () => {
  const limiter = new RateLimiter({ perSecond: 0.001, burst: 1 })
  limiter.take('mine', 0)
  expect(limiter.take('yours', 0)).toBeNull()
  for (let n = 0; n < 50_000; n++) {
    limiter.take(`flood ${n}`, n)
    if (n % 5000 === 0) expect(limiter.take('mine', n)).not.toBeNull()
  }
  expect(limiter.take('mine', 50_000)).not.toBeNull()
})
