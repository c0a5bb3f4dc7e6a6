import { describe, expect, test } from 'vitest'
import { evaluate } from '@/lib/domain/checks/evaluate'
import type { Attention, CountedSignal, SourceAttention } from '@/lib/domain/checks/neglect/attention'
import { neglectChecks } from '@/lib/domain/checks/neglect/checks'
import { signals } from '@/lib/domain/checks/neglect/signals'
import { inventoryWith } from '../../support/inventory'

const now = new Date('2026-03-02T00:00:00Z')
const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000)

function run(attention: Partial<Attention>) {
  const known = { sources: [], unopenedDays: 30, signals: {}, ...attention }
  return evaluate(inventoryWith({ now, attention: known }), neglectChecks)
}

const advisor: SourceAttention = {
  source: 'trusted-advisor',
  accounts: 12,
  unread: 18,
  urgent: 18,
  firstAt: daysAgo(200),
  openedAt: daysAgo(61),
}

describe('a source', () => {
  test('that nobody opens is a finding with its numbers', () => {
    const [record] = run({ sources: [advisor] }).records
    expect(record).toMatchObject({
      control: 'hinomi/source-unopened',
      resource: { id: 'trusted-advisor', type: 'Source' },
      result: 'failed',
      evidence: [
        { name: 'neglectAccounts', value: 12 },
        { name: 'neglectUnread', value: 18 },
        { name: 'neglectUrgent', value: 18 },
        { name: 'neglectOpened', value: daysAgo(61).toISOString(), as: 'time' },
      ],
    })
  })

  test.each([
    ['was opened lately', { openedAt: daysAgo(29) }],
    ['has nothing unread', { unread: 0 }],
    ['began to report lately', { openedAt: null, firstAt: daysAgo(29) }],
  ])('passes where it %s', (_what, change) => {
    expect(run({ sources: [{ ...advisor, ...change }] }).records).toMatchObject([{ result: 'passed', evidence: [] }])
  })
})

describe('a counted signal', () => {
  const result = (id: CountedSignal, count: number, of = count) =>
    run({ signals: { [id]: { count, of, oldest: daysAgo(40) } } }).records.map(record => record.result)

  test('fails with the first finding', () => {
    expect(result('advice-unchanged', 1)).toEqual(['failed'])
    expect(result('advice-unchanged', 0)).toEqual(['passed'])
  })

  test('of a share fails above it, and not for a few', () => {
    expect(result('criticals-unworked', 9, 10)).toEqual(['failed'])
    expect(result('criticals-unworked', 8, 10)).toEqual(['passed'])
    expect(result('criticals-unworked', 9, 9)).toEqual(['passed'])
    expect(result('controls-unavailable', 4, 10)).toEqual(['failed'])
    expect(result('controls-unavailable', 3, 10)).toEqual(['passed'])
  })

  test('gives no result where its source never reported', () => {
    const { records, examined } = run({})
    expect(records).toEqual([])
    expect(examined.map(line => [line.check, line.unexamined])).toEqual(neglectChecks.map(({ id }) => [id, []]))
  })
})

test('every sign has a check or a reason why it is not examined', () => {
  expect(signals).toHaveLength(18)
  const checked = signals.flatMap(({ check }) => check ?? [])
  expect(checked.toSorted()).toEqual(neglectChecks.map(({ id }) => id).toSorted())
  for (const signal of signals) expect(signal.check === null).toBe('unexamined' in signal)
})
