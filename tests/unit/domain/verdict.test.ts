import { expect, test } from 'vitest'
import { type Activity, hasMoved } from '../../../lib/domain/threats/verdict'

const at = (hour: number) => new Date(Date.UTC(2026, 5, 1, hour))
const none: Activity = { count: null, lastSeen: null, updatedAt: null }
const seen: Activity = { count: 42, lastSeen: at(3), updatedAt: at(4) }

test.each<[string, boolean, Activity, Partial<Activity>]>([
  ['the same', false, seen, seen],
  ['a later update alone', false, seen, { ...seen, updatedAt: at(9) }],
  ['one event more', true, seen, { ...seen, count: 43 }],
  ['fewer events, from a source that lags', false, seen, { ...seen, count: 40, lastSeen: at(2) }],
  ['a later event', true, seen, { ...seen, lastSeen: at(5) }],
  ['a later event from a source that counts none', true, seen, { lastSeen: at(5) }],
  ['a later update of a source that tells neither', true, { ...none, updatedAt: at(4) }, { updatedAt: at(5) }],
  ['the same update of such a source', false, { ...none, updatedAt: at(4) }, { updatedAt: at(4) }],
  ['nothing', false, none, none],
])('after a verdict %s reopens: %s', (_name, expected, before, now) => {
  expect(hasMoved(before, [{ ...none, ...now }])).toBe(expected)
})

test('any of several sources reopens', () => {
  expect(hasMoved(seen, [seen, { ...seen, count: 50 }])).toBe(true)
  expect(hasMoved(seen, [])).toBe(false)
})
