import { afterAll, expect, test } from 'vitest'
import { closeDatabase } from '../../lib/db'
import { categories } from '../../lib/domain/controls/categories'
import { frameworkIds } from '../../lib/domain/controls/frameworks'
import { FindingSelection } from '../../lib/domain/findings/change'
import { FindingFilter, findingSorts, maxFilterValues } from '../../lib/domain/findings/filter'
import { statuses } from '../../lib/domain/findings/status'
import { listFindings } from '../../lib/queries/findings/list'
import { searchEverywhere } from '../../lib/queries/search'
import { accessFor } from '../support/organisation'
import { asff, at, complete, newAccount } from './support-ingest'

afterAll(closeDatabase)

const viewer = accessFor('viewer')
const list = (filter: FindingFilter) => listFindings(viewer, filter, { cursor: null, limit: 5 })
const resources = (count: number) => Array.from({ length: count }, (_, n) => `arn:aws:s3:::r${n}`)

test('a filter has at most a thousand values of one kind, and finds by the last of them', async () => {
  const account = newAccount()
  await complete([asff({ account, resource: `r${maxFilterValues - 1}` })], at(2))
  for (const count of [1, 10, 11, maxFilterValues]) {
    const filter = FindingFilter.parse({ account: [account], resource: resources(maxFilterValues).slice(-count) })
    expect(await list(filter)).toMatchObject({ total: 1 })
  }
  for (const [name, values] of Object.entries({ resource: resources(1_001), control: resources(1_001) }))
    expect(FindingSelection.safeParse({ filter: { [name]: values } }).success).toBe(false)
})

test('a filter of every kind at once is one statement', async () => {
  const account = newAccount()
  const controls = ['S3.1', 'S3.2', 'EC2.1', 'IAM.1', 'KMS.1', 'RDS.1', 'SNS.1', 'SQS.1']
  await complete(
    controls.map(control => asff({ account, control, severity: control < 'N' ? 'LOW' : 'CRITICAL' })),
    at(2),
  )
  const all = { category: categories, framework: frameworkIds, status: statuses, resource: resources(maxFilterValues) }
  for (const sort of findingSorts) {
    const filter = FindingFilter.parse({ ...all, text: 'should hold', tag: ['a'], package: ['x'], kev: true, sort })
    expect(await list(filter)).toMatchObject({ total: 0 })
  }
}, 60_000)

test.each([
  '%',
  '_',
  '\\',
  "'; DROP TABLE finding; --",
  '(a+)+$',
  'x'.repeat(200),
  '_'.repeat(200),
  'a '.repeat(100),
  '\u202e\u2066',
  '\ud800',
  'a\u0000b',
  '𠮷𠮷',
  '😀😀',
])('the search for %j is a search for these characters', async text => {
  const account = newAccount()
  await complete([asff({ account, resource: 'plain' })], at(2))
  const kept = FindingFilter.parse({ text, account: [account] })
  expect((await list(kept)).total).toBe(kept.text === '' ? 1 : 0)
  await searchEverywhere(viewer, text)
})
