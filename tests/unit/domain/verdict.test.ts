import { expect, test } from 'vitest'
import { type Activity, hasMoved } from '../../../lib/domain/threats/verdict'

const at = (hour: number) => new Date(Date.UTC(2026, 5, 1, hour))
const none: Activity = { count: null, lastSeen: null, updatedAt: null }
const seen: Activity = { count: 42, lastSeen: at(3), updatedAt: at(4) }

test.each<[string, Activity, Partial<Activity>, boolean]>([
  ['the same', seen, seen, false],
  ['a later update alone', seen, { ...seen, updatedAt: at(9) }, false],
  ['one event more', seen, { ...seen, count: 43 }, true],
  ['fewer events, from a source that lags', seen, { ...seen, count: 40, lastSeen: at(2) }, false],
  ['a later event', seen, { ...seen, lastSeen: at(5) }, true],
  ['a later event from a source that counts none', seen, { lastSeen: at(5) }, true],
  ['a later update of a source that tells neither', { ...none, updatedAt: at(4) }, { updatedAt: at(5) }, true],
  ['the same update of such a source', { ...none, updatedAt: at(4) }, { updatedAt: at(4) }, false],
  ['nothing', none, none, false],
])('after a verdict %s reopens: %4$s', (_name, before, now, expected) => {
  expect(hasMoved(before, [{ ...none, ...now }])).toBe(expected)
})

test('any of several sources reopens', () => {
  expect(hasMoved(seen, [seen, { ...seen, count: 50 }])).toBe(true)
  expect(hasMoved(seen, [])).toBe(false)
})
