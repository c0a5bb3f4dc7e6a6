import { readdirSync } from 'node:fs'
import { posix } from 'node:path'
import { expect, test } from 'vitest'
import { collectors } from '../../../lib/domain/collection/collectors'
import { writersOf, writesType, writtenTypes } from '../../../lib/domain/collection/resources/written-types'
import { collectedReports } from '../../../scripts/demo/collected/reports'
import { iamReport } from '../../../scripts/demo/iam'
import { accounts } from '../../../scripts/demo/organisation'
import { fromRoot } from '../../../scripts/launch/paths.mjs'
import { readSource } from '../../support/syntax'

const FOLDER = 'lib/aws/collect'
/** Types that stand in the code under a name, and what is no type of a resource that is written. */
const NAMED = { ACCOUNT_TYPE: 'AWS::Organizations::Account', ORGANIZATION_TYPE: 'AWS::Organizations::Organization' }
const DATA_EVENTS = { cloudtrail: 'AWS::S3::Object' }
/** Web ACLs of AWS WAF Classic are read with those for CloudFront alone. */
const LEFT_OUT: Record<string, string> = { waf: `${FOLDER}/waf/classic.ts` }

const files = readdirSync(fromRoot(FOLDER), { recursive: true, encoding: 'utf8' })
  .filter(path => path.endsWith('.ts'))
  .map(path => `${FOLDER}/${path}`)

/** A file and what it imports from its own folder, which only collectors of one part of AWS share. */
function reached(path: string, leftOut: string | undefined, seen = new Set<string>()): Set<string> {
  if (seen.has(path) || path === leftOut) return seen
  seen.add(path)
  for (const [, name = ''] of readSource(path).matchAll(/ from '\.\/([a-z0-9-]+)'/g))
    reached(`${posix.dirname(path)}/${name}.ts`, leftOut, seen)
  return seen
}

function typesIn(path: string): string[] {
  const text = readSource(path)
  const named = Object.entries(NAMED).flatMap(([name, type]) => (text.includes(`type: ${name}`) ? [type] : []))
  return [...named, ...[...text.matchAll(/'(AWS::[A-Za-z0-9:]+)'/g)].map(([, type = '']) => type)]
}

test.each(collectors)('$id writes the types of its row in the table, and no others', ({ id }) => {
  const [entry, ...others] = files.filter(path => new RegExp(`: Collector = \\{\\s*id: '${id}'`).test(readSource(path)))
  expect([entry, others]).toEqual([expect.any(String), []])
  const found = [...reached(entry ?? '', LEFT_OUT[id])].flatMap(typesIn)
  const written = new Set(found.filter(type => type !== DATA_EVENTS[id as 'cloudtrail']))
  expect([...written].sort()).toEqual([...writtenTypes[id]].sort())
})

test('a collector with a feed writes no resources', () => {
  expect(collectors.filter(({ id, feed }) => feed !== null && writtenTypes[id].length > 0)).toEqual([])
})

test('a type is written by its collectors alone', () => {
  expect(writersOf('AWS::WAFv2::WebACL')).toEqual(['waf', 'waf-global'])
  expect(writersOf('AWS::EC2::Nothing')).toEqual([])
  expect(writesType('iam', 'AWS::IAM::RootUser')).toBe(true)
  expect(writesType('guardduty', 'AWS::IAM::RootUser')).toBe(false)
  expect(writesType('checks', 'AWS::IAM::RootUser')).toBe(false)
})

test('the demo writes what collectors write', () => {
  const at = new Date()
  const reports: [collector: string, text: string][] = accounts.flatMap((account, place) =>
    collectedReports(account, place, at),
  )
  reports.push(['iam', iamReport({ day: 1, days: 2, at }).toString()])
  const lines = reports.flatMap(([collector, text]) =>
    text
      .split('\n')
      .flatMap(line => (line.includes('"inventory":1') ? [{ collector, type: JSON.parse(line).type }] : [])),
  )
  expect(lines.length).toBeGreaterThan(100)
  expect(lines.filter(({ collector, type }) => !writesType(collector, type))).toEqual([])
})
