import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Access } from '../../lib/access/proof'
import { setClock } from '../../lib/clock'
import { closeDatabase, prisma } from '../../lib/db'
import { AccountFilter } from '../../lib/domain/accounts/filter'
import { FindingFilter, toFindingId } from '../../lib/domain/findings/filter'
import type { Permission } from '../../lib/domain/people/role'
import { runImport } from '../../lib/ingest/run/run'
import { getAccount } from '../../lib/queries/accounts/account'
import { listAccounts } from '../../lib/queries/accounts/list'
import { getFinding } from '../../lib/queries/findings/finding'
import { listFindings } from '../../lib/queries/findings/list'
import { takeSnapshots } from '../../lib/store/counts/snapshots'
import { accessOf, addMember } from '../support/people'
import {
  asff,
  at,
  complete,
  findingOf,
  job,
  newAccount,
  partial,
  prowler,
  type RecordParts,
  receive,
} from './support-ingest'

let member: Access<Permission>
let lead: Access<Permission>
let account = ''

beforeAll(async () => {
  member = accessOf(await addMember('member'), 'member')
  lead = accessOf(await addMember('lead'), 'lead')
})
beforeEach(() => {
  account = newAccount()
})
afterAll(closeDatabase)

const one = (parts: Partial<RecordParts> = {}) => asff({ account, ...parts })
const problem = () => one({ severity: 'CRITICAL' })
const list = async (filter: Partial<FindingFilter> = {}) =>
  (await listFindings(job, FindingFilter.parse({ account: [account], ...filter }), { cursor: null, limit: 50 })).rows
const feedOf = (product = 'Security Hub') => prisma().feed.findFirst({ where: { accountId: account, product } })

/** An answer of AWS Config about one rule. */
function answer(...resources: string[]): string {
  const evaluations = resources.map(resource => ({
    EvaluationResultIdentifier: {
      EvaluationResultQualifier: {
        ConfigRuleName: 'our-rule',
        ResourceType: 'AWS::EC2::Instance',
        ResourceId: resource,
      },
    },
    ComplianceType: 'NON_COMPLIANT',
  }))
  return JSON.stringify({ EvaluationResults: evaluations })
}

async function unconfirmedSince() {
  const found = (await list()).find(row => row.control === 'S3.2' && row.resourceId === 'arn:aws:s3:::bucket')
  const filtered = (await list({ unconfirmed: true })).some(row => row.id === found?.id)
  expect(filtered).toBe(found?.unconfirmedSince != null)
  return found?.unconfirmedSince
}

describe.each<{ what: string; record: () => Record<string, unknown> }>([
  { what: 'the same finding', record: problem },
  { what: 'the finding with a lower severity', record: () => one({ severity: 'LOW' }) },
  { what: 'the finding with a new time', record: () => one({ severity: 'CRITICAL', updatedAt: at(8) }) },
  { what: 'another resource', record: () => one({ resource: 'other', severity: 'INFORMATIONAL' }) },
  { what: 'a passed check', record: () => one({ resource: 'other', status: 'PASSED' }) },
  { what: 'another product of the source', record: () => one({ resource: 'other', product: 'Inspector' }) },
  { what: 'the finding by another product', record: () => one({ product: 'Inspector' }) },
  { what: 'the finding by another source', record: () => prowler({ account, severity: 'Low' }) },
  {
    what: 'a pass of the check by another source',
    record: () => prowler({ account, resource: 'b', status: 'PASSED' }),
  },
])('daily partial reports of a member with $what', ({ record }) => {
  test('do not hide that the collector is silent', async () => {
    for (const day of [1, 2, 3, 4]) await complete([problem()], at(day), { access: lead })
    const before = await feedOf()
    for (const day of [5, 6, 7, 8]) await partial([record()], at(day), { access: member })
    expect(await feedOf()).toEqual(before)
    setClock(() => at(8, 12))
    expect(await unconfirmedSince()).toEqual(at(4))
    const { feeds, silent, blind, lastHeardAt } = await getAccount(job, account)
    expect(feeds.find(feed => feed.product === 'Security Hub')).toMatchObject({ silent: true, lastAt: at(4) })
    expect({ silent, blind, lastHeardAt }).toEqual({ silent: true, blind: 1, lastHeardAt: at(4) })
    const { rows } = await listAccounts(job, AccountFilter.parse({ text: account }), { cursor: null, limit: 1 })
    expect(rows).toMatchObject([{ silent: true, blind: 1 }])
    await takeSnapshots(job, [account], at(8, 12), 'Asia/Tokyo')
    const snapshot = await prisma().snapshot.findFirst({ where: { accountId: account }, orderBy: { day: 'desc' } })
    expect(snapshot).toMatchObject({ blind: 1 })
  })

  test('do not hide it in days that are filled in later', async () => {
    for (const day of [1, 2, 3, 4]) await complete([problem()], at(day), { access: lead })
    for (const day of [5, 6, 7]) await partial([record()], at(day), { access: member })
    // Worked off days after it was observed, so that the days up to then are filled in.
    const { id } = await receive([record()], { access: member, observedAt: at(8) })
    await prisma().snapshot.deleteMany({ where: { accountId: account } })
    setClock(() => at(10))
    await runImport(job, id)
    const snapshot = await prisma().snapshot.findFirst({ where: { accountId: account, day: new Date('2026-06-08') } })
    expect(snapshot).toMatchObject({ blind: 1 })
  })
})

describe('beside another source that a collector reports every day', () => {
  const live = () => prowler({ account, control: 's3_bucket_object_versioning', resource: 'a', severity: 'Low' })

  beforeEach(async () => {
    for (const day of [1, 2, 3, 4]) await complete([problem()], at(day), { access: lead })
    for (const day of [1, 2, 3, 4, 5, 6, 7, 8]) await complete([live()], at(day), { access: lead })
  })

  test.each([
    { what: 'the finding', record: () => prowler({ account, severity: 'Low' }) },
    { what: 'the finding with a higher severity', record: () => prowler({ account, severity: 'Critical' }) },
  ])('a member who sends $what as of that source does not confirm it', async ({ record }) => {
    await partial([record()], at(8, 6), { access: member })
    setClock(() => at(8, 12))
    expect(await unconfirmedSince()).toEqual(at(4))
    expect((await list()).map(row => [row.control, row.sources])).toContainEqual(['S3.2', ['security-hub']])
  })

  test('its own report of the finding confirms it', async () => {
    await complete([live(), prowler({ account })], at(9), { access: lead })
    setClock(() => at(9, 12))
    expect(await unconfirmedSince()).toBeNull()
    expect((await list()).map(row => [row.control, row.sources])).toContainEqual(['S3.2', ['prowler', 'security-hub']])
  })
})

test.each([
  { what: 'source', record: () => prowler({ account }) },
  { what: 'product', record: () => one({ product: 'Inspector' }) },
])('a member does not make a blind check one that is not with another $what', async ({ record }) => {
  for (const day of [1, 2, 3, 4]) await complete([problem()], at(day), { access: lead })
  for (const day of [1, 4, 8]) await complete(answer('i-1'), at(day), { access: lead, account })
  const read = async () => (await getAccount(job, account)).blind
  setClock(() => at(8, 12))
  const before = await read()
  expect(before).toBeGreaterThan(0)
  expect(before).toBeLessThan(1)
  await partial([record()], at(8, 6), { access: member })
  setClock(() => at(8, 12))
  expect(await read()).toBe(before)
  expect(await unconfirmedSince()).toEqual(at(4))
})

describe('a feed that only members report', () => {
  test('has the times of their imports', async () => {
    for (const day of [1, 2, 3]) await partial([problem()], at(day), { access: member })
    expect(await feedOf()).toMatchObject({ firstAt: at(1), lastAt: at(3), heardAt: [at(1), at(2), at(3)] })
    setClock(() => at(4))
    expect(await unconfirmedSince()).toBeNull()
    setClock(() => at(6))
    expect(await unconfirmedSince()).toEqual(at(3))
    expect(await getAccount(job, account)).toMatchObject({ silent: true, lastHeardAt: at(3) })
  })

  test.each([
    { coverage: 'complete', day: 9 },
    { coverage: 'partial', day: 9 },
    { coverage: 'partial', day: 4 },
  ] as const)('starts anew with the first report of a lead: $coverage of day $day', async ({ coverage, day }) => {
    for (const sent of [1, 3, 5])
      await partial([problem(), one({ status: 'PASSED', resource: 'b' })], at(sent), { access: member })
    expect(await feedOf()).toMatchObject({ sendsPasses: false })
    const run = { complete, partial }[coverage]
    const { id } = await run([problem()], at(day), { access: lead })
    const begun = { firstAt: at(day), lastAt: at(day), heardAt: [at(day)], lastImportId: id, silentAfter: at(day + 8) }
    expect(await feedOf()).toMatchObject({ ...begun, sendsPasses: false })
    for (const sent of [10, 11]) await partial([problem()], at(sent), { access: member })
    expect(await feedOf()).toMatchObject(begun)
  })

  test('counts as before together with a feed of another account', async () => {
    const other = newAccount()
    await complete([asff({ account: other })], at(1), { access: lead })
    await partial([problem()], at(2), { access: member })
    setClock(() => at(4))
    expect(await unconfirmedSince()).toBeNull()
  })
})

describe('passed checks of a member', () => {
  const kept = () => one({ resource: 'a' })
  const gone = () => one({ resource: 'b', control: 'EC2.9' })
  const pass = () => one({ resource: 'other', status: 'PASSED' })

  test.each(['before', 'after'] as const)(
    'leave a feed of failures one of failures, %s its first report',
    async when => {
      if (when === 'before') await partial([pass()], at(1), { access: member })
      await complete([kept(), gone()], at(2), { access: lead })
      if (when === 'after') await partial([pass()], at(3), { access: member })
      expect(await feedOf()).toMatchObject({ sendsPasses: false })
      for (const day of [4, 5]) await complete([kept()], at(day), { access: lead })
      expect(await findingOf(gone())).toMatchObject({ status: 'resolved', resolvedReason: 'absent' })
      expect(await findingOf(kept())).toMatchObject({ status: 'new' })
    },
  )

  test('count once a lead reports one', async () => {
    await partial([pass()], at(1), { access: member })
    await partial([pass()], at(2), { access: lead })
    expect(await feedOf()).toMatchObject({ sendsPasses: true })
  })
})

test('a member who repeats a finding does not undo its absence from a complete report', async () => {
  const many = Array.from({ length: 30 }, (_, n) => one({ resource: `b${n}` }))
  const fine = one({ status: 'PASSED', resource: 'fine' })
  await complete([...many, fine], at(2), { access: lead })
  const sent = await complete([...many.slice(25), fine], at(3), { access: lead })
  await partial(many.slice(0, 5), at(4), { access: member })
  const finding = await findingOf(one({ resource: 'b0' }))
  const read = async () => (await getFinding(job, toFindingId(account, finding?.id ?? ''))).sightings[0]
  expect(await read()).toMatchObject({ absent: { reason: 'waiting', importId: sent.id }, confirmedAt: at(2) })
  await partial(many.slice(0, 1), at(5), { access: lead })
  await complete([...many, fine], at(6), { access: lead })
  expect(await read()).toMatchObject({ absent: null, confirmedAt: at(6) })
})

test('a member cannot make the reports of an AWS Config rule look like those of several Regions', async () => {
  await partial(answer('i-9'), at(1), { access: member, account })
  await complete(answer('i-1', 'i-2'), at(2), { access: lead, account })
  expect(await prisma().feedControl.findMany({ where: { accountId: account } })).toMatchObject([{ mixed: false }])
  await complete(answer('i-1'), at(3), { access: lead, account })
  const open = await prisma().finding.findMany({ where: { accountId: account, status: 'new' } })
  expect(open.map(row => row.resourceId)).toEqual(['i-1'])
})
