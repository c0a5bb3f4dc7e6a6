import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RejectedRecord } from '../../../lib/domain/reject'
import { outcomesOf } from '../../../lib/sources/registry'
import { example, fixture, now, outcomeOf } from './support'

const page = example('asff/page.json').Findings
const { findings } = example('ocsf/findings-imported-v2.json').detail as { findings: unknown }
const native: unknown[] = JSON.parse(fixture('native.json').toString('utf8'))
const records: unknown[] = [
  native,
  page,
  findings,
  example('ocsf/prowler.ocsf.json'),
  example('ocsf/prowler-3-security-finding.json'),
].flat()

/** All places in a value, as paths of keys. */
function pathsOf(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [path]
  return [path, ...Object.entries(value).flatMap(([key, item]) => pathsOf(item, [...path, key]))]
}

function replaced(value: unknown, [key, ...rest]: string[], by: unknown): unknown {
  if (key === undefined) return by
  if (Array.isArray(value)) return value.map((item, at) => (String(at) === key ? replaced(item, rest, by) : item))
  return { ...Object(value), [key]: replaced(Object(value)[key], rest, by) }
}

test.each(native.map((record, at) => [at, record]))('example %i of a native format is read', (_at, record) => {
  expect(outcomesOf(record, { now, account: '012345678901' }).length).toBeGreaterThan(0)
})

test.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])(
  'a kind of resource called %s is only an unknown kind',
  kind => {
    const record = JSON.parse(JSON.stringify(native[0]).replace('"AccessKey"', JSON.stringify(kind)))
    expect(outcomeOf(record).resource).toEqual({ id: record.arn, type: kind })
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

const hostile = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(
    '',
    ' ',
    'x'.repeat(3000),
    '\0',
    '\ud800',
    '__proto__',
    'constructor',
    'toString',
    'arn:',
    'arn:aws:::::',
    1e308,
    -1,
    [],
    {},
    [null],
    [[]],
  ),
  fc.constantFrom(
    { toString: 1 },
    { valueOf: null, toString: null },
    { length: -1 },
    { toJSON: 1 },
    { constructor: 1 },
  ),
)

describe('outcomesOf', () => {
  test('a record with anything in any place is read or refused, and never anything else', () => {
    fc.assert(
      fc.property(fc.nat(records.length - 1), fc.nat(), hostile, (at, place, by) => {
        const record = records[at]
        const paths = pathsOf(record)
        const changed = replaced(record, paths[place % paths.length] ?? [], by)
        try {
          const outcomes = outcomesOf(changed, { now, account: '012345678901' })
          expect(outcomes.length).toBeGreaterThan(0)
          for (const outcome of outcomes) {
            expect(outcome.accountId).toMatch(/^\d{12}$/)
            for (const text of [outcome.control, outcome.resource.id, outcome.nativeId]) expect(text).not.toBe('')
            for (const each of [outcome.resource, ...outcome.otherResources]) expect(typeof each.type).toBe('string')
            expect(JSON.stringify(outcome)).not.toMatch(/\\u0000|\\ud[89a-f]/)
          }
        } catch (error) {
          if (!(error instanceof RejectedRecord)) throw error
        }
      }),
      { numRuns: 3000 },
    )
  })

  test('any JSON value is read or refused', () => {
    fc.assert(
      fc.property(fc.jsonValue(), value => {
        expect(() => outcomesOf(value, { now })).toThrow(RejectedRecord)
      }),
    )
  })
})
