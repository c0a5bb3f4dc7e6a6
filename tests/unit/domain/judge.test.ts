import { describe, expect, test } from 'vitest'
import { type IncomingSighting, judge, type StoredSighting } from '../../../lib/domain/findings/judge'

const day = (n: number) => new Date(Date.UTC(2026, 0, n))
const run = { observedAt: day(10), confirmedAt: null as Date | null }

function stored(change: Partial<StoredSighting> = {}): StoredSighting {
  return {
    contentHash: 1n,
    result: 'failed',
    present: true,
    observedAt: day(5),
    recordUpdatedAt: day(4),
    goneAt: null,
    unproven: false,
    ...change,
  }
}

function incoming(change: Partial<IncomingSighting> = {}): IncomingSighting {
  return { contentHash: 2n, result: 'failed', recordUpdatedAt: day(9), eventAt: null, again: false, ...change }
}

describe('between imports', () => {
  test('other content is written', () => {
    expect(judge(stored(), incoming(), run)).toBe('write')
    expect(judge(stored(), incoming({ result: 'passed' }), run)).toBe('write')
  })

  test('the same content is not', () => {
    expect(judge(stored(), incoming({ contentHash: 1n }), run)).toBe('unchanged')
  })

  test('a record that returns is written although its content is the same', () => {
    expect(judge(stored({ present: false }), incoming({ contentHash: 1n }), run)).toBe('write')
  })

  test('a report from before the stored one is older', () => {
    expect(judge(stored({ observedAt: day(11) }), incoming(), run)).toBe('older')
    expect(judge(stored({ observedAt: day(10) }), incoming(), run)).toBe('write')
  })

  test('a report from before the one that proved the absence is older', () => {
    const gone = stored({ present: false, goneAt: day(11) })
    expect(judge(gone, incoming(), run)).toBe('older')
    expect(judge(gone, incoming(), { ...run, observedAt: day(11) })).toBe('write')
  })

  test('a report from before the last complete one is older', () => {
    expect(judge(stored(), incoming(), { ...run, confirmedAt: day(11) })).toBe('older')
    expect(judge(stored(), incoming(), { ...run, confirmedAt: day(10) })).toBe('write')
  })

  test('a record updated before the stored one is older, whatever the time of its report', () => {
    expect(judge(stored({ recordUpdatedAt: day(9) }), incoming({ recordUpdatedAt: day(8) }), run)).toBe('older')
    expect(judge(stored({ recordUpdatedAt: day(9) }), incoming({ recordUpdatedAt: day(9) }), run)).toBe('write')
  })

  test('a record without an update time counts by its report', () => {
    expect(judge(stored(), incoming({ recordUpdatedAt: null }), run)).toBe('write')
    expect(judge(stored({ recordUpdatedAt: null }), incoming(), run)).toBe('write')
  })

  test('a check without a result does not change a reported problem', () => {
    expect(judge(stored(), incoming({ result: 'not_available' }), run)).toBe('unchanged')
  })

  test.each([
    ['passed', { result: 'passed' as const }],
    ['gone', { present: false }],
  ])('a check without a result replaces a record that is %s', (_what, change) => {
    expect(judge(stored(change), incoming({ result: 'not_available' }), run)).toBe('write')
  })

  test('the rule of twins is not for records of two imports', () => {
    const passed = incoming({ result: 'passed', recordUpdatedAt: day(4) })
    expect(judge(stored(), passed, run)).toBe('write')
  })
})

describe('twins within one import', () => {
  const twin = (change: Partial<IncomingSighting> = {}) => incoming({ again: true, ...change })

  test('the later updated wins', () => {
    expect(judge(stored(), twin({ recordUpdatedAt: day(3) }), run)).toBe('older')
    expect(judge(stored({ result: 'passed' }), twin({ recordUpdatedAt: day(3) }), run)).toBe('older')
    expect(judge(stored(), twin({ recordUpdatedAt: day(5), result: 'passed' }), run)).toBe('write')
  })

  test('a millisecond later is later', () => {
    const later = new Date(day(4).getTime() + 1)
    expect(judge(stored(), twin({ recordUpdatedAt: later, result: 'passed' }), run)).toBe('write')
  })

  test('of the same time the problem counts, in either order', () => {
    expect(judge(stored(), twin({ recordUpdatedAt: day(4), result: 'passed' }), run)).toBe('older')
    expect(judge(stored({ result: 'passed' }), twin({ recordUpdatedAt: day(4) }), run)).toBe('write')
  })

  test('without update times the problem counts, in either order', () => {
    expect(judge(stored(), twin({ result: 'passed', recordUpdatedAt: null }), run)).toBe('older')
    expect(judge(stored({ recordUpdatedAt: null }), twin({ result: 'archived' }), run)).toBe('older')
    expect(judge(stored({ result: 'passed' }), twin({ recordUpdatedAt: null }), run)).toBe('write')
  })

  test('of the same time and result the first counts', () => {
    expect(judge(stored(), twin({ recordUpdatedAt: day(4) }), run)).toBe('older')
    expect(judge(stored({ result: 'archived' }), twin({ recordUpdatedAt: null, result: 'passed' }), run)).toBe('older')
  })
})
