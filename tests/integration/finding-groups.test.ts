import { afterAll, beforeEach, expect, test } from 'vitest'
import { closeDatabase, pool } from '../../lib/db'
import { FindingFilter, toFindingId } from '../../lib/domain/findings/filter'
import { severityRank } from '../../lib/domain/findings/severity'
import { groupFindings } from '../../lib/queries/findings/groups/groups'
import { sumControlCounts } from '../../lib/store/counts/control-counts'
import { assignFindings, setStatus, setTeam } from '../../lib/store/findings/triage'
import { firstGroups } from '../support/groups'
import { accessFor, clear, ours, theirs } from '../support/organisation'
import { addFinding, addMember } from '../support/people'
import { expectTrueCounts, job } from './support-ingest'

beforeEach(clear)
afterAll(closeDatabase)

const filter = (given: Partial<FindingFilter> = {}) => FindingFilter.parse(given)
const everything = accessFor('admin')
const limited = accessFor('admin', { accounts: [ours] })

/** Four findings of two controls in two accounts, the second of them given to somebody. */
async function four() {
  await pool().query('INSERT INTO account (id, name) VALUES ($1, $2), ($3, $4)', [ours, 'Shop', theirs, 'Bank'])
  const owner = await addMember('member', { name: 'Hanako' })
  const rows = [
    await addFinding(ours, { control: 'S3.1', severity: 4 }),
    await addFinding(ours, { control: 'S3.1', severity: 2 }),
    await addFinding(theirs, { control: 'S3.1', severity: 3 }),
    await addFinding(theirs, { control: 'EC2.1', severity: 5 }),
  ]
  const ids = rows.map(row => toFindingId(row.accountId, row.id))
  await assignFindings(job, { selection: { ids: ids.slice(0, 1) }, owner: owner.id })
  return { ids, owner }
}

/** Every grouping by control agrees with the findings themselves. */
async function expectTrueGroups() {
  const { rows } = await pool().query(
    `SELECT control AS key, max(severity) AS severity, count(*)::int AS n FROM finding
     WHERE status IN ('new', 'acknowledged', 'in_progress') GROUP BY 1 ORDER BY 1`,
  )
  const groups = await firstGroups(everything, filter(), 'control')
  expect(groups.map(({ key, count }) => [key, count]).sort()).toEqual(rows.map(row => [row.key, row.n]))
}

test('by control: how many and the worst of each, worst first', async () => {
  await four()
  expect(await firstGroups(everything, filter(), 'control')).toMatchObject([
    { key: 'EC2.1', severity: 'critical', count: 1 },
    { key: 'S3.1', severity: 'high', count: 3 },
  ])
  expect(await firstGroups(limited, filter(), 'control')).toMatchObject([{ key: 'S3.1', severity: 'high', count: 2 }])
  expect(await firstGroups(everything, filter({ severity: ['low', 'medium'] }), 'control')).toMatchObject([
    { key: 'S3.1', severity: 'medium', count: 2 },
  ])
  expect(await firstGroups(everything, filter({ account: [theirs] }), 'control')).toMatchObject([
    { key: 'EC2.1', count: 1 },
    { key: 'S3.1', severity: 'medium', count: 1 },
  ])
})

test('by account and by owner, within the scope', async () => {
  const { owner } = await four()
  expect(await firstGroups(everything, filter(), 'account')).toMatchObject([
    { key: theirs, label: 'Bank', severity: 'critical', count: 2 },
    { key: ours, label: 'Shop', severity: 'high', count: 2 },
  ])
  expect(await firstGroups(limited, filter(), 'account')).toMatchObject([{ key: ours, count: 2 }])
  const byOwner = await firstGroups(limited, filter(), 'owner')
  expect(byOwner.map(({ key, label, count }) => [key, label, count])).toEqual([
    [owner.id, 'Hanako', 1],
    ['00000000-0000-0000-0000-000000000000', '', 1],
  ])
  // A filter that the kept counts do not know.
  expect(await firstGroups(everything, filter({ control: ['EC2.1'] }), 'account')).toMatchObject([
    { key: theirs, count: 1 },
  ])
})

test('how many accounts, overdue and unassigned findings each group has, and of which severities', async () => {
  const { ids } = await four()
  await pool().query('UPDATE finding SET overdue = true WHERE account_id = $1', [ours])
  const none = { critical: 0, high: 0, medium: 0, low: 0, informational: 0 }
  const s3 = {
    key: 'S3.1',
    count: 3,
    numbers: { bySeverity: { ...none, high: 1, medium: 1, low: 1 }, accounts: 2, overdue: 2, unowned: 2 },
  }
  const ec2 = {
    key: 'EC2.1',
    count: 1,
    numbers: { bySeverity: { ...none, critical: 1 }, accounts: 1, overdue: 0, unowned: 1 },
  }
  expect(await firstGroups(everything, filter(), 'control', 'accounts')).toMatchObject([s3, ec2])
  expect(await firstGroups(everything, filter(), 'control', 'overdue')).toMatchObject([s3, ec2])
  expect(await firstGroups(everything, filter(), 'control', 'count')).toMatchObject([s3, ec2])
  expect(await firstGroups(everything, filter(), 'control')).toMatchObject([ec2, s3])
  // Counted: no stored number knows both.
  expect(await firstGroups(everything, filter({ control: ['S3.1', 'EC2.1'] }), 'control', 'accounts')).toMatchObject([
    s3,
    ec2,
  ])
  expect(await firstGroups(everything, filter(), 'account', 'overdue')).toMatchObject([
    { key: ours, numbers: { bySeverity: { ...none, high: 1, low: 1 }, accounts: 1, overdue: 2, unowned: 1 } },
    { key: theirs, numbers: { accounts: 1, overdue: 0, unowned: 2 } },
  ])
  expect(await firstGroups(everything, filter(), 'owner', 'accounts')).toMatchObject([
    { count: 3, numbers: { accounts: 2, unowned: 3 } },
    { count: 1, numbers: { accounts: 1, unowned: 0 } },
  ])
  expect(await firstGroups(limited, filter(), 'control', 'accounts')).toMatchObject([
    { key: 'S3.1', numbers: { accounts: 1 } },
  ])
  expect(ids).toHaveLength(4)
})

test('by account, for some accounts and without those outside the organization', async () => {
  await four()
  await pool().query(`UPDATE account SET environment = 'production' WHERE id = $1`, [ours])
  const keys = async (given: Partial<FindingFilter>, access = everything) =>
    (await firstGroups(access, filter(given), 'account')).map(({ key, count }) => [key, count])
  expect(await keys({ account: [theirs] })).toEqual([[theirs, 2]])
  expect(await keys({ account: [theirs] }, limited)).toEqual([])
  expect(await keys({ environment: ['production'] })).toEqual([[ours, 2]])
  expect(await keys({ status: ['resolved'] })).toEqual([])
  expect(await keys({ severity: ['critical'] })).toEqual([[theirs, 1]])
  expect(await keys({ owner: ['none'] })).toEqual([
    [theirs, 2],
    [ours, 1],
  ])
  await pool().query('UPDATE account SET closed_at = now() WHERE id = $1', [theirs])
  expect(await keys({})).toEqual([[ours, 2]])
})

test('counts by control follow every change, before and after they are summed up', async () => {
  const { ids } = await four()
  const steps = [
    () => setStatus(job, { selection: { ids: ids.slice(0, 2) }, status: 'resolved' }),
    () => sumControlCounts(job),
    () => setTeam(job, { selection: { ids: ids.slice(2) }, team: 'cit' }),
    () => setStatus(job, { selection: { ids: ids.slice(0, 1) }, status: 'new' }),
    () => sumControlCounts(job),
    () => pool().query('DELETE FROM finding WHERE account_id = $1', [theirs]),
  ]
  for (const step of steps) {
    await step()
    await expectTrueGroups()
    await expectTrueCounts()
  }
  expect(await firstGroups(everything, filter({ team: ['cit'] }), 'control')).toEqual([])
})

test('summing up twice in parallel counts nothing twice', async () => {
  await four()
  await Promise.all([sumControlCounts(job), sumControlCounts(job), sumControlCounts(job)])
  await expectTrueGroups()
  const { rows } = await pool().query('SELECT count(*)::int AS n FROM control_delta')
  expect(rows[0].n).toBe(4)
})

test.each(['control', 'account'] as const)('by %s: pages contain each group once, in a fixed order', async by => {
  for (let n = 0; n < 230; n++) {
    const account = String(700_000_000_000 + n)
    await pool().query('INSERT INTO account (id, name) VALUES ($1, $2)', [account, `Account ${n}`])
    const control = `EC2.${n}`
    await addFinding(account, { control, severity: 1 + (n % 5) })
    if (n % 3 === 0) await addFinding(account, { control, severity: 1 })
  }
  const pages: string[][] = []
  const seen: { severity: number; count: number }[] = []
  for (let cursor: string | null = null; ; ) {
    const page: Awaited<ReturnType<typeof groupFindings>> = await groupFindings(everything, filter(), by, cursor)
    pages.push(page.rows.map(row => row.key))
    seen.push(...page.rows.map(row => ({ severity: severityRank(row.severity), count: row.count })))
    cursor = page.next
    if (cursor === null) break
  }
  expect(pages.map(page => page.length)).toEqual([100, 100, 30])
  expect(new Set(pages.flat()).size).toBe(230)
  expect(seen.reduce((sum, { count }) => sum + count, 0)).toBe(230 + 77)
  expect(seen).toEqual(seen.toSorted((a, b) => b.severity - a.severity || b.count - a.count))
  for (const sort of ['count', 'overdue'] as const) {
    const one = await groupFindings(everything, filter(), by, null, sort)
    const two = await groupFindings(everything, filter(), by, one.next, sort)
    const three = await groupFindings(everything, filter(), by, two.next, sort)
    expect(new Set([one, two, three].flatMap(page => page.rows.map(row => row.key))).size).toBe(230)
  }
  // A filter that the kept counts do not know goes the other way.
  const first = await groupFindings(everything, filter({ text: 'e' }), by, null)
  const second = await groupFindings(everything, filter({ text: 'e' }), by, first.next)
  expect([first.rows.length, second.rows.length]).toEqual([100, 100])
  expect(second.rows.map(row => row.key).filter(key => first.rows.some(row => row.key === key))).toEqual([])
})

test('a cursor of another list is refused', async () => {
  await expect(groupFindings(everything, filter(), 'account', 'bm90IG91cnM')).rejects.toMatchObject({
    code: 'conflict',
  })
})
