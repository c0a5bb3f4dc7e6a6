import { existsSync, readdirSync } from 'node:fs'
import { basename } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { feedNames } from '../../../lib/domain/feeds/feed-definitions'
import { CsvMapping } from '../../../lib/domain/imports/csv-mapping'
import { sourceIds } from '../../../lib/domain/imports/outcome'
import { RejectedRecord } from '../../../lib/domain/imports/reject'
import { outcomesOf, sources } from '../../../lib/sources/registry'
import type { OutcomeOptions } from '../../../lib/sources/source'
import { fromRoot } from '../../../scripts/launch/paths.mjs'
import { verdictOf } from './contract'
import { eachReplaced, mutated, runs } from './mutation'
import { example, fixture, now, outcomeOf } from './support'

// More runs than usual, or a busy machine, take their time.
vi.setConfig({ testTimeout: runs(60_000) })

const account = '012345678901'
const json = (name: string): unknown => JSON.parse(fixture(`seeds/${name}.json`).toString('utf8'))
const Records = z.array(z.record(z.string(), z.unknown())).min(1)

const files = readdirSync(fromRoot('tests/fixtures/seeds')).map(file => basename(file, '.json'))

/** Records of every source that has readers, several of each form that they read, in one file or in several. */
const seeds = sources
  .filter(({ readers }) => readers.length > 0)
  .map(({ definition, readers }) => {
    const { folder: id } = definition
    const own = files.filter(file => file === id || file.startsWith(`${id}-`))
    return { id, definition, readers, records: own.flatMap(file => Records.parse(json(file))) }
  })
const tables = z.array(z.object({ mapping: CsvMapping, records: Records })).parse(json('csv'))

/** The options for reading a record: with and without the values that the importer gives. */
const context = fc.constantFrom<OutcomeOptions>(
  { now, account },
  { now },
  { now, account, source: 'prowler', observedAt: new Date('2025-12-01T00:00:00Z') },
)

test('every feed has a unique id and names in both languages', () => {
  expect(new Set(sourceIds).size).toBe(sourceIds.length)
  for (const id of sourceIds) expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/)
  for (const locale of ['ja', 'en'] as const) {
    const { short, ...names } = feedNames(locale)
    expect(Object.keys(names).sort()).toEqual([...sourceIds].sort())
    for (const text of [...Object.values(names), ...Object.values(short ?? {})]) expect(text).toMatch(/\S/)
  }
})

test('every folder with a definition is listed under its name', () => {
  const folders = readdirSync(fromRoot('lib/sources')).filter(name =>
    existsSync(fromRoot(`lib/sources/${name}/definition.ts`)),
  )
  expect(sources.map(({ definition }) => definition.folder as string).sort()).toEqual(folders.sort())
})

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

test('a tag can have any name', () => {
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
  test.each(seeds)('reads the examples of $id by its readers, each at least one', ({ readers, records }) => {
    const used = records.map(record => {
      expect(verdictOf(record, { now, account })).toBe('accepted')
      return sources.flatMap(source => source.readers).find(({ read }) => read(record, { now, account }) !== null)
    })
    expect(new Set(used)).toEqual(new Set(readers))
  })

  test.each(seeds)(
    'gives archived findings in the examples of $id where its definition says so, and only there',
    ({ definition, records }) => {
      const told = records.flatMap(record => outcomesOf(record, { now, account }).map(({ result }) => result))
      expect(told.includes('archived')).toBe(definition.archives)
    },
  )

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
