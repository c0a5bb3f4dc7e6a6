import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { closeDatabase, pool } from '../../lib/db'
import { FindingFilter, findingSorts } from '../../lib/domain/findings/filter'
import { severityRank } from '../../lib/domain/findings/severity'
import { statuses } from '../../lib/domain/findings/status'
import type { FindingRow } from '../../lib/domain/views'
import { AppError } from '../../lib/errors'
import { listAudit } from '../../lib/queries/audit/audit'
import { listExceptions } from '../../lib/queries/exceptions/exceptions'
import { groupFindings } from '../../lib/queries/findings/groups/groups'
import { listFindings } from '../../lib/queries/findings/list'
import { accessFor, clear, manyFindings, ours, theirs } from '../support/organisation'

const access = accessFor('admin')
const everyone = [...statuses]
const filter = (given: Partial<FindingFilter> = {}) => FindingFilter.parse(given)

beforeAll(async () => {
  await clear()
  await manyFindings(96, n => ({
    title: n % 8 === 0 ? 'Buckets 100%_sure \\ private' : 'Instances use IMDSv2',
    resourceId: `arn:aws:s3:::logs-${n}`,
    resourceName: `logs-${n}`,
    resourceType: n % 10 === 0 ? 'AwsIamUser' : 'AwsS3Bucket',
    firstImportId: 1 + (n % 3),
    overdue: n % 8 === 0,
    ownerId: n % 6 === 0 ? access.actor.id : null,
  }))
  await pool().query('INSERT INTO control_title SELECT DISTINCT control, title FROM finding')
  await pool().query(
    `INSERT INTO finding_event (account_id, finding_id, at, actor_kind, actor_id, actor_name, kind)
     SELECT account_id, id, now(), 'import', '2', 'x', 'reopened' FROM finding WHERE severity = 5`,
  )
})
afterAll(closeDatabase)

async function walkThrough(given: FindingFilter, limit: number): Promise<{ rows: FindingRow[]; totals: Set<number> }> {
  const rows: FindingRow[] = []
  const totals = new Set<number>()
  let cursor: string | null = null
  do {
    const page = await listFindings(access, given, { cursor, limit })
    expect(page.rows.length).toBeLessThanOrEqual(limit)
    rows.push(...page.rows)
    totals.add(page.total)
    cursor = page.next
  } while (cursor)
  return { rows, totals }
}

/** Ascending keys of a row in each order, worst or first first. */
const keys: Record<FindingFilter['sort'], (row: FindingRow) => number[]> = {
  severity: row => [-severityRank(row.severity), -row.firstSeenAt.getTime()],
  due: row => [row.dueAt?.getTime() ?? Number.POSITIVE_INFINITY],
  newest: row => [-row.firstObservedAt.getTime()],
  oldest: row => [row.firstObservedAt.getTime()],
  // Rows do not say when a report last contained them: tests/integration/last-observed.test.ts.
  recent: () => [0],
  stale: () => [0],
}

const AnyFilter = fc.record({
  sort: fc.constantFrom(...findingSorts),
  status: fc.subarray(everyone),
  team: fc.subarray(['sre', 'csirt', 'cit'] as const),
  severity: fc.subarray(['critical', 'low', 'medium'] as const),
  account: fc.subarray([ours, theirs]),
  environment: fc.subarray(['production', 'sandbox', 'shared'] as const),
  owner: fc.subarray(['none', 'me'] as const),
  source: fc.subarray(['prowler', 'security-hub', 'asff'] as const),
  text: fc.constantFrom('', '', 'logs', 'lo', 'private', '100%', 'nothing says this'),
})

test('paging returns each row exactly once, in order, and as many as the total, for every filter and order', async () => {
  await fc.assert(
    fc.asyncProperty(AnyFilter, fc.integer({ min: 1, max: 40 }), async (given, limit) => {
      const asked = filter(given as Partial<FindingFilter>)
      const { rows, totals } = await walkThrough(asked, limit)
      expect(new Set(rows.map(row => row.id)).size).toBe(rows.length)
      expect([...totals]).toEqual([rows.length])
      const sorted = rows.map(keys[asked.sort])
      for (const [n, key] of sorted.entries()) {
        const before = sorted[n - 1]
        const moved = before?.map((part, at) => Math.sign((key[at] ?? 0) - part) || 0).find(sign => sign !== 0) ?? 0
        expect(moved).toBeGreaterThanOrEqual(0)
      }
    }),
    { numRuns: 60 },
  )
}, 60_000)

test('every status is listed if all are selected', async () => {
  const { rows } = await walkThrough(filter({ status: everyone }), 7)
  expect(rows).toHaveLength(96)
})

const cases: [string, Partial<FindingFilter>, (row: FindingRow) => boolean][] = [
  ['status, by default open', {}, row => ['new', 'acknowledged', 'in_progress'].includes(row.status)],
  ['team', { team: ['cit'] }, row => row.team === 'cit'],
  ['account', { account: [ours] }, row => row.accountId === ours],
  ['environment', { environment: ['sandbox'] }, row => row.accountId === theirs],
  ['severity', { severity: ['critical', 'low'] }, row => ['critical', 'low'].includes(row.severity)],
  ['nobody', { owner: ['none'] }, row => row.owner === null],
  ['source', { source: ['security-hub'] }, row => row.sources.includes('security-hub')],
  ['control', { control: ['C.3', 'C.4'] }, row => ['C.3', 'C.4'].includes(row.control)],
  ['resource type', { resourceType: ['AwsIamUser'] }, row => row.resourceType === 'AwsIamUser'],
  ['overdue', { overdue: true }, row => row.overdue],
  ['text of a title', { text: 'PRIVATE' }, row => row.title.includes('private')],
  ['text with wildcards', { text: '100%_sure \\' }, row => row.title.includes('100%_sure')],
  ['part of a name', { text: 'ogs-4' }, row => row.resourceId.includes('ogs-4')],
  ['two letters that begin a name', { text: 'lo' }, row => row.resourceId.includes(':::lo')],
  ['a whole ARN', { text: 'arn:aws:s3:::logs-14' }, row => row.resourceId === 'arn:aws:s3:::logs-14'],
  ['an account id as text', { text: ours }, row => row.accountId === ours],
]
test.each(cases)('filters by %s', async (_name, given, keep) => {
  const { rows } = await walkThrough(filter({ status: everyone }), 50)
  const open = given.status ? rows : rows.filter(row => ['new', 'acknowledged', 'in_progress'].includes(row.status))
  const expected = open.filter(keep).map(row => row.id)
  expect(expected.length).toBeGreaterThan(0)
  const found = await walkThrough(filter(given), 50)
  expect(found.rows.map(row => row.id).sort()).toEqual(expected.sort())
})

describe('a change by an import', () => {
  test('is listed whatever became of it', async () => {
    const { rows } = await walkThrough(filter({ import: 2, change: 'created' }), 50)
    expect(rows).toHaveLength(32)
    expect(new Set(rows.map(row => row.status)).size).toBeGreaterThan(3)
    const reopened = await walkThrough(filter({ import: 2, change: 'reopened' }), 50)
    expect(reopened.rows.every(row => row.severity === 'critical')).toBe(true)
    expect(reopened.rows).toHaveLength(18)
    expect((await walkThrough(filter({ import: 2, change: 'resolved' }), 50)).rows).toEqual([])
  })
})

test.each(['', '!', 'e30', 'bnVsbA', Buffer.from('{"sort":"severity","id":1}').toString('base64url'), 'x'.repeat(900)])(
  'a cursor that is none is refused: %s',
  async cursor => {
    await expect(listFindings(access, filter(), { cursor, limit: 10 })).rejects.toMatchObject({
      code: 'conflict',
      field: 'cursor',
    })
  },
)

test.each([
  { sort: 'severity', severity: 5, seen: '0000-01-01T00:00:00Z', sequence: '1' },
  { sort: 'due', due: '0000-12-31T23:59:59.999Z', sequence: '1' },
  { sort: 'newest', seen: '0000-01-01T00:00:00Z', sequence: '1' },
  { sort: 'oldest', seen: '0000-01-01T00:00:00Z', sequence: '1' },
  { sort: 'oldest', seen: '-000001-01-01T00:00:00Z', sequence: '1' },
  { sort: 'oldest', seen: '+010000-01-01T00:00:00Z', sequence: '1' },
])('a cursor with a time that the database does not know is refused: %j', async place => {
  const cursor = Buffer.from(JSON.stringify(place)).toString('base64url')
  const sort = z.enum(['severity', 'due', 'newest', 'oldest']).parse(place.sort)
  await expect(listFindings(access, filter({ sort }), { cursor, limit: 10 })).rejects.toMatchObject({ field: 'cursor' })
})

test.each([
  { sort: 'severity', severity: 5, seen: '0001-01-01T00:00:00Z', sequence: '9'.repeat(18) },
  { sort: 'due', due: '9999-12-31T23:59:59.999Z', sequence: '0' },
])('a cursor at the limit of the database is accepted: %j', async place => {
  const cursor = Buffer.from(JSON.stringify(place)).toString('base64url')
  const sort = z.enum(['severity', 'due']).parse(place.sort)
  await expect(listFindings(access, filter({ sort }), { cursor, limit: 10 })).resolves.toBeDefined()
})

test('cursors of the other lists contain no value that the database cannot read', async () => {
  const at = (place: unknown) => Buffer.from(JSON.stringify(place)).toString('base64url')
  const wrong = { code: 'conflict', field: 'cursor' }
  const groups = [
    { sort: 'severity', first: 2 ** 31, second: 1, key: 'x' },
    { sort: 'severity', first: 1, second: -(2 ** 40), key: 'x' },
    { sort: 'severity', first: 1, second: 1, key: 'a\0b' },
    { sort: 'count', first: 1, second: 1, key: 'x' },
  ]
  for (const place of groups) {
    for (const by of ['control', 'account'] as const) {
      await expect(groupFindings(access, filter(), by, at(place))).rejects.toMatchObject(wrong)
    }
  }
  const expired = { id: 1, expiresAt: '0000-01-01T00:00:00Z', list: 'active' }
  await expect(listExceptions(access, 'active', { cursor: at(expired), limit: 5 })).rejects.toMatchObject(wrong)
  const audit = { actor: null, action: null }
  await expect(listAudit(access, audit, at('9'.repeat(19)))).rejects.toMatchObject(wrong)
})

test('a cursor of another order is refused', async () => {
  const { next } = await listFindings(access, filter({ sort: 'newest' }), { cursor: null, limit: 3 })
  await expect(listFindings(access, filter({ sort: 'oldest' }), { cursor: next, limit: 3 })).rejects.toThrow(AppError)
})

test.each(['a\u0000b', '\ud800', "'; DROP TABLE finding; --", '%', '\\', '_'.repeat(200), '暗号'])(
  'hostile text is only text: %j',
  async text => {
    await expect(
      listFindings(access, filter({ text, control: [text] }), { cursor: null, limit: 5 }),
    ).resolves.toMatchObject({ rows: [] })
  },
)

test('"me" matches nothing for a token without an owner', async () => {
  const token = { ...access, actor: { kind: 'token' as const, id: 't', name: 't' } }
  await expect(listFindings(token, filter({ owner: ['me'] }), { cursor: null, limit: 5 })).resolves.toMatchObject({
    rows: [],
  })
})
