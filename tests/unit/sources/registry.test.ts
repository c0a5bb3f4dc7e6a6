import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RejectedRecord } from '../../../lib/domain/reject'
import { outcomesOf } from '../../../lib/sources/registry'
import { example, now } from './support'

const page = example('asff/page.json').Findings
const { findings } = example('ocsf/findings-imported-v2.json').detail as { findings: unknown }
const records: unknown[] = [
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

const hostile = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(
    '',
    ' ',
    'x'.repeat(3000),
    '\0',
    '\ud800',
    '__proto__',
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
          const outcomes = outcomesOf(changed, { now })
          expect(outcomes.length).toBeGreaterThan(0)
          for (const outcome of outcomes) {
            expect(outcome.accountId).toMatch(/^\d{12}$/)
            for (const text of [outcome.control, outcome.resource.id, outcome.nativeId]) expect(text).not.toBe('')
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
