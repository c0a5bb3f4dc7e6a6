import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Outcome } from '../../../lib/domain/imports/outcome'
import { definitions } from '../../../lib/sources/definitions'
import { stampOf } from '../../../lib/sources/reader/moving-times'
import { outcomesOf } from '../../../lib/sources/registry'
import { fixture, now, read } from './support'

const record = {
  SchemaVersion: '2018-10-08',
  Id: 'f1',
  UpdatedAt: '2026-01-02T03:04:05.678Z',
  Note: 'seen 2026-01-02T03:04:05Z',
  Resources: [{ Id: 'r', Details: { CreatedAt: '2025-05-05T00:00:00Z' } }],
  LastObservedAt: '2026-01-02T03:04:05Z',
}
const stamp = (value: unknown, context = '') => stampOf(Buffer.from(JSON.stringify(value)), context)

describe('the stamp of a record', () => {
  test('is the same if only moving times differ, and has the time of the update', () => {
    const later = { ...record, UpdatedAt: '2026-11-12T13:14:15.161Z', LastObservedAt: '2026-11-12T13:14:15Z' }
    expect(stamp(record)).toEqual({ hash: stamp(later)?.hash, updatedAt: Date.parse(record.UpdatedAt) })
    expect(stamp(later)?.updatedAt).toBe(Date.parse(later.UpdatedAt))
  })

  test('has the update time of highest rank, wherever it is', () => {
    const { UpdatedAt, LastObservedAt: _, ...rest } = record
    expect(stamp({ LastObservedAt: '2026-03-03T00:00:00Z', ...rest, UpdatedAt })?.updatedAt).toBe(Date.parse(UpdatedAt))
    expect(stamp({ ...rest, LastObservedAt: '2026-03-03T00:00:00Z' })?.updatedAt).toBe(Date.parse('2026-03-03'))
  })

  test.each([
    ['a text that holds a time', { ...record, Note: 'seen 2026-01-02T03:04:06Z' }],
    ['another form of the time', { ...record, UpdatedAt: '2026-01-02T03:04:05.6Z' }],
    ['a key that only ends like one', { ...record, 'x"UpdatedAt': '2026-01-02T03:04:05.678Z' }],
    ['another context', null],
  ])('is another with %s', (_name, other) => {
    expect((other ? stamp(other) : stamp(record, 'other'))?.hash).not.toBe(stamp(record)?.hash)
  })

  test.each([
    ['of no known source', { UpdatedAt: '2026-01-02T03:04:05.678Z' }],
    ['without a time', { SchemaVersion: '2018-10-08', Id: 'f1' }],
    ['with a time that names no zone', { SchemaVersion: '2018-10-08', UpdatedAt: '2026-01-02T03:04:05' }],
    ['with a time that no record may have', { ...record, CreatedAt: '2026-02-30T00:00:00Z' }],
    ['with a time before 2000', { ...record, LastObservedAt: '1999-12-31T23:59:59Z' }],
    ['with a time that is none', { SchemaVersion: '2018-10-08', UpdatedAt: '2026-99-02T03:04:05Z' }],
  ])('is none for a record %s', (_name, value) => expect(stamp(value)).toBeNull())

  test('changes with every other byte', () => {
    const bytes = Buffer.from(JSON.stringify(record))
    const text = bytes.toString()
    const times = [...text.matchAll(/"(?:UpdatedAt|LastObservedAt|CreatedAt)":"([^"]+)"/g)].map(
      ({ index, 0: all }) => ({
        from: index,
        to: index + all.length,
      }),
    )
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), at => {
        fc.pre(!times.some(({ from, to }) => at >= from && at < to) && text.slice(0, at).includes('"SchemaVersion"'))
        const other = Buffer.from(bytes)
        other[at] = (bytes[at] ?? 0) ^ 1
        expect(stampOf(other, '')?.hash).not.toBe(stampOf(bytes, '')?.hash)
      }),
      { numRuns: 300 },
    )
  })
})

/** What a time that moves may decide: when the record was updated, and what is only shown. */
function withoutTimes(outcomes: Outcome[]): unknown[] {
  return outcomes.map(({ updatedAt: _u, firstObservedAt: _f, localTime: _l, eventAt: _e, ...rest }) => rest)
}

test.each([
  'asff/findings.ndjson',
  'asff/page.json',
  'asff/prowler.asff.json',
  'asff/security-hub-control.json',
  'ocsf/findings-imported-v2.json',
  'ocsf/prowler-3-security-finding.json',
  'ocsf/prowler.ocsf.json',
])('volatile times affect no other field in %s', async name => {
  const keys = definitions.flatMap(({ movingTimes }) => movingTimes?.keys ?? [])
  const values = (await read(fixture(name))).values
  expect(values.length).toBeGreaterThan(0)
  let moved = 0
  for (const value of values) {
    const other: unknown = JSON.parse(JSON.stringify(value), (key, held) => {
      if (!keys.includes(key) || (typeof held !== 'string' && typeof held !== 'number')) return held
      moved++
      return typeof held === 'number' ? held - 86_400 : '2024-02-03T04:05:06.000Z'
    })
    const [before, after] = [value, other].map(each => withoutTimes(outcomesOf(each, { now })))
    expect(after).toEqual(before)
  }
  expect(moved).toBeGreaterThan(0)
})
