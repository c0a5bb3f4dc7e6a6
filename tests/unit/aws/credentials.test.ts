import { expect, test } from 'vitest'
import { type Assume, RoleCredentials, type RoleTarget } from '../../../lib/aws/call/credentials'
import { virtualClock } from '../../support/aws/virtual-clock'

const HOUR = 3_600_000
const never = () => new AbortController().signal
const target: RoleTarget = {
  account: '111111111111',
  partition: 'aws',
  roleName: 'HinomiReadOnly',
  externalId: '0'.repeat(32),
  sessionName: 'hinomi-1',
}

function setUp(assume?: Assume) {
  const clock = virtualClock()
  let count = 0
  const roles = new RoleCredentials(async (which, signal) => {
    count += 1
    await clock.sleep(100, signal)
    if (assume) return assume(which, signal)
    return { accessKeyId: `key ${count}`, secretAccessKey: 'x', expiration: new Date(clock.now() + HOUR) }
  }, clock)
  return { clock, roles, assumed: () => count }
}

test('many callers share one call, and each role has its own', async () => {
  const { roles, assumed } = setUp()
  const found = await Promise.all(Array.from({ length: 20 }, () => roles.of(target).get(never())))
  expect(new Set(found.map(({ accessKeyId }) => accessKeyId))).toEqual(new Set(['key 1']))
  await roles.of({ ...target, account: '222222222222' }).get(never())
  await roles.of({ ...target, externalId: '1'.repeat(32) }).get(never())
  expect(assumed()).toBe(3)
})

test('credentials are replaced five minutes before they end, and when AWS refuses them', async () => {
  const { clock, roles, assumed } = setUp()
  const source = roles.of(target)
  await source.get(never())
  await clock.sleep(HOUR - 5 * 60_000 - 1000, never())
  await source.get(never())
  expect(assumed()).toBe(1)
  await clock.sleep(1000, never())
  await source.get(never())
  expect(assumed()).toBe(2)
  source.expired()
  await source.get(never())
  expect(assumed()).toBe(3)
})

test('a failure is not kept', async () => {
  let fails = true
  const { roles } = setUp(async () => {
    if (fails) throw new Error('no')
    return { accessKeyId: 'later', secretAccessKey: 'x' }
  })
  await expect(roles.of(target).get(never())).rejects.toThrow('no')
  fails = false
  expect((await roles.of(target).get(never())).accessKeyId).toBe('later')
})

test('one caller that is canceled does not take the credentials from the others', async () => {
  const { roles } = setUp()
  const controller = new AbortController()
  const canceled = roles.of(target).get(controller.signal)
  const other = roles.of(target).get(never())
  controller.abort(new Error('canceled'))
  await expect(canceled).rejects.toThrow('canceled')
  expect((await other).accessKeyId).toBe('key 1')
})
