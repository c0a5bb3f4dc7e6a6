import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { CsvMapping } from '../../../lib/domain/imports/csv-mapping'
import { RejectedRecord } from '../../../lib/domain/imports/reject'
import { outcomesOf, readers } from '../../../lib/sources/registry'
import type { OutcomeOptions } from '../../../lib/sources/source'
import { verdictOf } from './contract'
import { eachReplaced, mutated, runs } from './mutation'
import { example, fixture, now, outcomeOf } from './support'

// More runs than usual, or a busy machine, take their time.
vi.setConfig({ testTimeout: runs(60_000) })

const account = '012345678901'
const json = (name: string): unknown => JSON.parse(fixture(`seeds/${name}.json`).toString('utf8'))
const Records = z.array(z.record(z.string(), z.unknown())).min(1)

/** Records of every reader, several of each form that it reads. A reader without a file of them fails here. */
const seeds = readers.map(({ id }) => ({ id, records: Records.parse(json(id)) }))
const tables = z.array(z.object({ mapping: CsvMapping, records: Records })).parse(json('csv'))

/** What a record is read with: with and without what the importer says beside it. */
const context = fc.constantFrom<OutcomeOptions>(
  { now, account },
  { now },
  { now, account, source: 'prowler', observedAt: new Date('2025-12-01T00:00:00Z') },
)

test.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])(
  'a kind of resource called %s is only an unknown kind',
  kind => {
    const [seed] = Records.parse(json('guardduty'))
    const record = JSON.parse(
      JSON.stringify(seed).replace(/"(r|R)esourceType":"[^"]*"/, `"$1esourceType":${JSON.stringify(kind)}`),
    )
    expect(outcomeOf(record).resource.type).toBe(kind)
  },
)

test('a tag may have any name', () => {
  const finding = JSON.parse(
    JSON.stringify(example('asff/page.json')).replace('"Type"', '"Tags":{"__proto__":"a","team":"b"},"Type"'),
  )
  const { tags } = outcomeOf(finding.Findings[0])
  expect(Object.entries(tags ?? {})).toEqual([
    ['__proto__', 'a'],
    ['team', 'b'],
  ])
})

describe('outcomesOf', () => {
  test.each(seeds)('reads the examples of $id by this reader and no other', ({ id, records }) => {
    for (const record of records) {
      expect(verdictOf(record, { now, account })).toBe('accepted')
      const first = readers.find(({ read }) => read(record, { now, account }) !== null)
      expect(first?.id).toBe(id)
    }
  })

  test.each(tables)('reads the rows of $mapping.product by their mapping', ({ mapping, records }) => {
    for (const record of records) expect(verdictOf(record, { now, account, mapping })).toBe('accepted')
  })

  test.each(seeds)('reads or refuses the examples of $id with any one value broken', ({ records }) => {
    for (const record of records) for (const broken of eachReplaced(record)) verdictOf(broken, { now, account })
  })

  test.each(seeds)('reads or refuses any changed record of $id', ({ records }) => {
    const property = fc.property(mutated(records), context, (record, options) => {
      verdictOf(record, options)
    })
    fc.assert(property, { numRuns: runs(100) })
  })

  test.each(tables)('reads or refuses any changed row of $mapping.product', ({ mapping, records }) => {
    const property = fc.property(mutated(records), context, (record, options) => {
      verdictOf(record, { ...options, mapping })
    })
    fc.assert(property, { numRuns: runs(100) })
  })

  test('refuses any JSON value that is no report', () => {
    const property = fc.property(fc.jsonValue(), value => {
      expect(() => outcomesOf(value, { now })).toThrow(RejectedRecord)
    })
    fc.assert(property, { numRuns: runs(100) })
  })
})
