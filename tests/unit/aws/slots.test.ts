import { expect, test } from 'vitest'
import { CallSlots } from '../../../lib/aws/call/slots'

const never = () => new AbortController().signal

test('accounts take turns, however many calls one of them has', async () => {
  const slots = new CallSlots(1)
  const order: string[] = []
  const hold = await slots.take('first', never())
  const call = async (account: string) => {
    const leave = await slots.take(account, never())
    order.push(account)
    leave()
  }
  const calls = ['a', 'a', 'a', 'a', 'b', 'c', 'c'].map(call)
  hold()
  await Promise.all(calls)
  expect(order).toEqual(['a', 'b', 'c', 'a', 'c', 'a', 'a'])
})

test('never() more calls at once than slots, and a slot that is freed twice counts once', async () => {
  const slots = new CallSlots(3)
  let open = 0
  let most = 0
  const call = async (account: string) => {
    const leave = await slots.take(account, never())
    open += 1
    most = Math.max(most, open)
    await new Promise(resolve => setImmediate(resolve))
    open -= 1
    leave()
    leave()
  }
  await Promise.all(Array.from({ length: 50 }, (_, n) => call(`account ${n % 7}`)))
  expect(most).toBe(3)
})

test('a canceled call leaves the queue', async () => {
  const slots = new CallSlots(1)
  const hold = await slots.take('a', never())
  const controller = new AbortController()
  const canceled = slots.take('a', controller.signal)
  const next = slots.take('a', never())
  controller.abort(new Error('canceled'))
  await expect(canceled).rejects.toThrow('canceled')
  hold()
  await next
})
