import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { setClock } from '../../lib/clock'
import { closeDatabase, prisma } from '../../lib/db'
import { toFindingId } from '../../lib/domain/findings/filter'
import { setStatus } from '../../lib/store/findings/triage'
import {
  asff,
  at,
  complete,
  everything,
  everythingButTimes,
  expectTrueCounts,
  findingOf,
  historyOf,
  job,
  newAccount,
  partial,
  prowler,
  type RecordParts,
} from './support-ingest'

let account = ''
beforeEach(() => {
  account = newAccount()
})
afterAll(closeDatabase)

const one = (parts: Partial<RecordParts> = {}) => asff({ account, ...parts })
const two = (parts: Partial<RecordParts> = {}) => prowler({ account, ...parts })

/** As a person does it, at that time. */
async function closeByHand(record: Record<string, unknown>, when: Date) {
  setClock(() => when)
  const finding = await findingOf(record)
  const id = toFindingId(account, finding?.id ?? '')
  await setStatus(job, { selection: { ids: [id] }, status: 'resolved' })
}

describe('a first report', () => {
  test('makes findings with a team by routing and a due date by policy', async () => {
    await prisma().account.create({ data: { id: account, ownerTeam: 'cit' } })
    const bucket = one({ severity: 'CRITICAL' })
    const firewall = one({ control: 'ELB.16', severity: 'INFORMATIONAL' })
    const { counts } = await counted([bucket, firewall])
    expect(counts).toMatchObject({ read: 2, accepted: 2, created: 2, updated: 0, unchanged: 0 })
    expect(await findingOf(bucket)).toMatchObject({
      status: 'new',
      severity: 5,
      team: 'cit',
      teamBy: 'routing',
      ownerId: null,
      dueAt: new Date('2026-06-05T14:59:59.999Z'),
      dueBy: 'policy',
      firstSeenAt: at(2),
      openedAt: at(2),
      sources: ['security-hub'],
      reopenedCount: 0,
    })
    expect(await findingOf(firewall)).toMatchObject({ team: 'csirt', dueAt: null })
    expect(await historyOf(bucket)).toEqual([])
  })

  async function counted(records: unknown[]) {
    return { counts: await complete(records, at(2)) }
  }

  test('creates no finding for passed checks and checks without a result, but counts them', async () => {
    const passed = one({ status: 'PASSED' })
    const unknown = one({ control: 'S3.3', status: 'NOT_AVAILABLE' })
    const run = await complete([passed, unknown], at(2))
    expect(run).toMatchObject({ accepted: 2, created: 0, passed: 1, unchanged: 0 })
    expect(await findingOf(passed)).toBeNull()
    expect(await findingOf(unknown)).toBeNull()
    const results = await prisma().controlResult.findMany({
      where: { accountId: account },
      orderBy: { control: 'asc' },
    })
    expect(results.map(({ control, passed, notAvailable }) => [control, passed, notAvailable])).toEqual([
      ['S3.2', 1, 0],
      ['S3.3', 0, 1],
    ])
  })

  test('with a problem closed by its source creates a resolved finding, with that reason; one that it suppresses is suppressed', async () => {
    const archived = one({ archived: true })
    const suppressed = one({ control: 'S3.3', suppressed: true })
    expect(await partial([archived, suppressed], at(2))).toMatchObject({ created: 2, resolved: 0 })
    expect(await findingOf(archived)).toMatchObject({ status: 'resolved', resolvedReason: 'archived' })
    expect(await findingOf(suppressed)).toMatchObject({ status: 'suppressed', resolvedReason: null, resolvedAt: null })
  })

  test('adds unregistered accounts', async () => {
    await partial([one()], at(2))
    expect(await prisma().account.findUnique({ where: { id: account } })).toMatchObject({
      origin: 'discovered',
      name: '',
      ownerTeam: 'sre',
    })
  })
})

describe('the same report again', () => {
  test.each(['complete', 'partial'] as const)('%s: changes nothing and writes no history', async coverage => {
    const report = [
      one(),
      one({ control: 'S3.3', status: 'PASSED' }),
      one({ control: 'S3.4', archived: true }),
      one({ control: 'S3.5', status: 'NOT_AVAILABLE' }),
      two(),
      one({ control: 'S3.6', updatedAt: at(1, 1), severity: 'HIGH' }),
      one({ control: 'S3.6', updatedAt: at(1, 2), severity: 'LOW' }),
    ]
    const again = coverage === 'complete' ? complete : partial
    const state = coverage === 'complete' ? everything : everythingButTimes
    await again(report, at(2))
    const before = await state()
    expect(await again(report, at(3))).toMatchObject({ created: 0, updated: 0, reopened: 0, resolved: 0, unchanged: 3 })
    expect(await state()).toEqual(before)
  })
})

describe('changes by a report', () => {
  test('severity, title and resource are refreshed; decisions of people are not', async () => {
    await partial([one()], at(2))
    const owner = await prisma().member.create({ data: { email: `${account}@example.com`, name: 'A', role: 'member' } })
    const human = {
      ownerId: owner.id,
      status: 'in_progress',
      team: 'cit',
      teamBy: 'hand',
      dueAt: new Date('2027-01-01'),
      dueBy: 'hand',
    }
    await prisma().finding.updateMany({ where: { accountId: account }, data: human })
    const change = { severity: 'CRITICAL', title: 'Another title', type: 'Other', updatedAt: at(2) }
    expect(await partial([one(change)], at(3))).toMatchObject({ updated: 1, unchanged: 0 })
    expect(await findingOf(one())).toMatchObject({
      ...human,
      severity: 5,
      title: 'Another title',
      resourceType: 'Other',
      firstSeenAt: at(2),
    })
    expect(await historyOf(one())).toEqual([
      ['severity', 'medium', 'critical'],
      ['title', 'S3.2 should hold', 'Another title'],
      ['resource', 'AwsS3Bucket', 'Other'],
    ])
  })

  test('a due date by policy follows the severity', async () => {
    await partial([one()], at(2))
    await partial([one({ severity: 'CRITICAL', updatedAt: at(2) })], at(3))
    expect(await findingOf(one())).toMatchObject({ dueAt: new Date('2026-06-05T14:59:59.999Z'), openedAt: at(2) })
  })

  test.each(['accepted', 'false_positive'])('an exception outlives it: %s', async status => {
    await partial([one()], at(2))
    await prisma().finding.updateMany({ where: { accountId: account }, data: { status } })
    await complete([one({ severity: 'HIGH', updatedAt: at(2) })], at(3))
    expect(await findingOf(one())).toMatchObject({ status, severity: 4, overdue: false })
    await complete([one({ status: 'PASSED', updatedAt: at(3) })], at(4))
    expect(await findingOf(one())).toMatchObject({ status: 'resolved', resolvedReason: 'passed' })
  })

  test('keeps the details of the problem readable after the check passes', async () => {
    await complete([one()], at(2))
    const before = await prisma().sighting.findFirstOrThrow({ where: { accountId: account } })
    await complete([one({ status: 'PASSED' })], at(3))
    const { result, description, remediationText, remediationUrl } = before
    expect({ result, told: description !== '' }).toEqual({ result: 'failed', told: true })
    const after = await prisma().sighting.findFirstOrThrow({ where: { accountId: account } })
    expect(after).toMatchObject({ result: 'passed', description, remediationText, remediationUrl })
  })
})

describe('resolving', () => {
  test('a partial report resolves no missing findings', async () => {
    await complete([one(), one({ control: 'S3.3' })], at(2))
    expect(await partial([one()], at(3))).toMatchObject({ resolved: 0, heldBack: [] })
    expect(await findingOf(one({ control: 'S3.3' }))).toMatchObject({ status: 'new' })
  })

  test('a complete report resolves missing findings', async () => {
    const gone = one({ control: 'S3.3' })
    await complete([one(), gone], at(2))
    expect(await complete([one()], at(3))).toMatchObject({ resolved: 1, unchanged: 1, heldBack: [] })
    expect(await findingOf(gone)).toMatchObject({ status: 'resolved', resolvedReason: 'absent', resolvedAt: at(3) })
    expect(await historyOf(gone)).toEqual([['resolved', 'new', 'absent']])
    expect(await findingOf(one())).toMatchObject({ status: 'new' })
    await expectTrueCounts()
  })

  test('a complete report resolves only in accounts and feeds that it contains', async () => {
    const other = newAccount()
    const kept = [
      asff({ account: other, control: 'S3.3' }),
      two({ control: 'S3.3', resource: 'b' }),
      one({ control: 'S3.3', resource: 'c', product: 'Inspector' }),
    ]
    const gone = one({ control: 'S3.3' })
    await complete([one(), gone, ...kept], at(2))
    expect(await complete([one()], at(3))).toMatchObject({ resolved: 1 })
    for (const record of kept) expect(await findingOf(record)).toMatchObject({ status: 'new' })
    expect(await findingOf(gone)).toMatchObject({ status: 'resolved' })
  })

  test('a missing finding is resolved even if another account has one with the same ids', async () => {
    const other = newAccount()
    const here = one({ id: 'same', control: 'S3.3' })
    const there = asff({ account: other, id: 'same', control: 'S3.3' })
    await complete([one(), here, there], at(2))
    expect(await complete([one(), there], at(3))).toMatchObject({ resolved: 1, unchanged: 2 })
    expect(await findingOf(here)).toMatchObject({ status: 'resolved' })
    expect(await findingOf(there)).toMatchObject({ status: 'new' })
  })

  test.each([
    ['passed', { status: 'PASSED' }],
    ['archived', { archived: true }],
  ] as const)(
    'a record that is %s closes its finding for that reason, in a partial report too',
    async (reason, change) => {
      await partial([one()], at(2))
      expect(await partial([one({ ...change, updatedAt: at(2) })], at(3))).toMatchObject({ resolved: 1, unchanged: 0 })
      expect(await findingOf(one())).toMatchObject({ status: 'resolved', resolvedReason: reason, resolvedAt: at(3) })
      expect(await historyOf(one())).toEqual([['resolved', 'new', reason]])
    },
  )

  test('a pass of one of two sources resolves nothing; of both it does', async () => {
    await partial([one(), two()], at(2))
    expect(await findingOf(one())).toMatchObject({ sources: ['prowler', 'security-hub'] })
    await partial([one({ status: 'PASSED', updatedAt: at(2) })], at(3))
    expect(await findingOf(one())).toMatchObject({ status: 'new', sources: ['prowler'] })
    await partial([two({ status: 'PASSED', updatedAt: at(3) })], at(4))
    expect(await findingOf(one())).toMatchObject({ status: 'resolved', resolvedReason: 'passed' })
  })

  test('a check without a result leaves the problem open', async () => {
    await complete([one()], at(2))
    const run = await complete([one({ status: 'NOT_AVAILABLE', updatedAt: at(2) })], at(3))
    expect(run).toMatchObject({ resolved: 0, updated: 0 })
    expect(await findingOf(one())).toMatchObject({ status: 'new' })
  })
})

describe('reopening', () => {
  test('a finding that returns is new again, counted, with a new due date and its history', async () => {
    await complete([one(), one({ control: 'S3.3' })], at(2))
    await complete([one()], at(3))
    expect(await complete([one(), one({ control: 'S3.3' })], at(10))).toMatchObject({ reopened: 1, unchanged: 1 })
    expect(await findingOf(one({ control: 'S3.3' }))).toMatchObject({
      status: 'new',
      reopenedCount: 1,
      resolvedAt: null,
      resolvedReason: null,
      firstSeenAt: at(2),
      openedAt: at(10),
      dueAt: new Date('2026-08-09T14:59:59.999Z'),
    })
    expect(await historyOf(one({ control: 'S3.3' }))).toEqual([
      ['resolved', 'new', 'absent'],
      ['reopened', 'absent', 'new'],
    ])
  })

  test('a manually resolved finding is reopened by the next report that contains it, even unchanged', async () => {
    await partial([one()], at(2))
    await closeByHand(one(), at(3))
    expect(await partial([one()], at(4))).toMatchObject({ reopened: 1, unchanged: 0 })
    expect(await findingOf(one())).toMatchObject({ status: 'new', reopenedCount: 1, openedAt: at(4) })
    expect((await historyOf(one())).at(-1)).toEqual(['reopened', 'hand', 'new'])
  })

  test('a report from before the resolution does not reopen it, changed or not', async () => {
    await partial([one()], at(2))
    await closeByHand(one(), at(5))
    await partial([one()], at(4))
    await partial([one({ severity: 'HIGH', updatedAt: at(3) })], at(4))
    expect(await findingOf(one())).toMatchObject({ status: 'resolved', resolvedReason: 'hand', reopenedCount: 0 })
  })

  test('a manually resolved finding stays resolved when another source passes or stops reporting', async () => {
    await partial([one(), two(), two({ control: 'S3.9' })], at(2))
    await closeByHand(one(), at(3))
    await partial([two({ status: 'PASSED', updatedAt: at(3) })], at(4))
    expect(await findingOf(one())).toMatchObject({ status: 'resolved', resolvedReason: 'hand' })
    await partial([two({ updatedAt: at(4) })], at(5))
    await closeByHand(one(), at(6))
    await complete([two({ control: 'S3.9' }), two({ resource: 'other' })], at(7))
    expect(await findingOf(one())).toMatchObject({ status: 'resolved', resolvedReason: 'hand' })
    await partial([one()], at(8))
    expect(await findingOf(one())).toMatchObject({ status: 'new', sources: ['security-hub'] })
  })
})
