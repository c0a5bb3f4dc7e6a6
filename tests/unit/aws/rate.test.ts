import { expect, test } from 'vitest'
import { type BucketKey, RateLimiter } from '../../../lib/aws/call/rate'
import { CallSlots } from '../../../lib/aws/call/slots'
import { rates as published } from '../../../lib/aws/operations/rates'
import { virtualClock } from '../../support/aws/virtual-clock'

const key: BucketKey = { account: '111111111111', region: 'eu-west-1', service: 'securityhub', rateClass: 'slow' }
const rates = { slow: { perSecond: 2, burst: 4 } }
const never = () => new AbortController().signal

function setUp(slots = 100) {
  const clock = virtualClock()
  const limiter = new RateLimiter(clock, new CallSlots(slots), rates)
  const start = clock.now()
  const starts: number[] = []
  const call = async (at = key, milliseconds = 0) => {
    const leave = await limiter.enter(at, never())
    starts.push(clock.now() - start)
    if (milliseconds > 0) await clock.sleep(milliseconds, never())
    leave()
  }
  return { clock, limiter, starts, call }
}

test('a burst starts at once, and the rest at the rate of the bucket', async () => {
  const { starts, call } = setUp()
  await Promise.all(Array.from({ length: 8 }, () => call()))
  expect(starts).toEqual([0, 0, 0, 0, 500, 1000, 1500, 2000])
})

test.each<[string, Partial<BucketKey>]>([
  ['account', { account: '222222222222' }],
  ['Region', { region: 'us-east-1' }],
  ['service', { service: 'guardduty' }],
])('another %s has a bucket of its own', async (_what, other) => {
  const { starts, call } = setUp()
  await Promise.all([...Array.from({ length: 5 }, () => call()), call({ ...key, ...other })])
  expect(starts.filter(at => at === 0)).toHaveLength(5)
})

test('a throttle halves the rate, several within a second count once, and it rises slowly to the usual rate', async () => {
  const { clock, limiter, starts, call } = setUp()
  for (let n = 0; n < 3; n += 1) limiter.throttled(key)
  await call()
  await call()
  // One request a second instead of two.
  expect(starts).toEqual([1000, 2000])
  for (let n = 0; n < 20; n += 1) {
    await clock.sleep(5000, never())
    limiter.succeeded(key)
  }
  const before = starts.length
  await Promise.all(Array.from({ length: 8 }, () => call()))
  const after = starts.slice(before).map(at => at - (starts[before] ?? 0))
  expect(after).toEqual([0, 0, 0, 0, 500, 1000, 1500, 2000])
})

test('tokens that were saved up while all slots were taken do not start together', async () => {
  const { starts, call } = setUp(1)
  const other = { ...key, account: '222222222222' }
  await Promise.all([call(other, 10_000), ...Array.from({ length: 8 }, () => call())])
  const own = starts.slice(1)
  expect(own.filter(at => at === 10_000)).toHaveLength(4)
  expect(own.slice(4)).toEqual([10_500, 11_000, 11_500, 12_000])
})

test('a canceled call does not wait, and the next one has its turn', async () => {
  const { limiter, starts, call } = setUp()
  await Promise.all(Array.from({ length: 4 }, () => call()))
  const controller = new AbortController()
  const canceled = limiter.enter(key, controller.signal)
  const next = call()
  controller.abort(new Error('canceled'))
  await expect(canceled).rejects.toThrow('canceled')
  await next
  expect(starts.at(-1)).toBe(500)
})

test('never more than ten updates of findings are sent in any second', async () => {
  const clock = virtualClock()
  const limiter = new RateLimiter(clock, new CallSlots(100), published)
  const starts: number[] = []
  const call = async () => {
    const leave = await limiter.enter({ ...key, rateClass: 'security-hub-write-back' }, never())
    starts.push(clock.now())
    leave()
  }
  await Promise.all(Array.from({ length: 60 }, call))
  const most = Math.max(...starts.map(from => starts.filter(at => at >= from && at < from + 1000).length))
  expect(most).toBeLessThanOrEqual(10)
  expect(most).toBeGreaterThanOrEqual(9)
})
