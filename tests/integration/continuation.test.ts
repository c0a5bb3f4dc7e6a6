import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { closeDatabase, prisma } from '../../lib/db'
import { toFindingId } from '../../lib/domain/findings/filter'
import { BATCH } from '../../lib/ingest/read/parsed-batch'
import { assignFindings, setStatus } from '../../lib/store/findings/triage'
import { addMember } from '../support/people'
import {
  allowClosings,
  asff,
  at,
  complete,
  expectTrueCounts,
  newAccount,
  ordersOfThree,
  partial,
} from './support-ingest'
import { analytic, custom, type ToolRecord } from './support-records'

let account = ''
let owner = ''
beforeAll(async () => {
  owner = (await addMember('member')).id
  await allowClosings()
})
beforeEach(() => {
  account = newAccount()
})
afterAll(closeDatabase)

const findings = (accountId = account) =>
  prisma().finding.findMany({ where: { accountId }, orderBy: [{ firstSeenAt: 'asc' }, { id: 'asc' }] })
const job = async () => (await import('./support-ingest')).job
const filler = () =>
  Array.from({ length: BATCH + 10 }, (_, n) => asff({ account, control: `EC2.${n}`, status: 'PASSED' }))

describe.each([
  ['ASFF', custom],
  ['OCSF', analytic],
] as const)('a tool with new record ids in each run, in %s', (format, record) => {
  const one = (id: string, parts: Partial<ToolRecord> = {}) =>
    record({ account, id, title: 'The bucket is public', ...parts })

  /** A finding with an owner, first reported under the id "a". */
  async function owned(...records: unknown[]) {
    await complete(records.length > 0 ? records : [one('a')], at(1))
    for (const finding of await findings())
      await assignFindings(await job(), { selection: { ids: [toFindingId(account, finding.id)] }, owner })
    return (await findings()).map(({ id }) => id)
  }

  test.each([
    ['partial', partial],
    ['complete', complete],
  ] as const)('keeps one finding and its owner over many runs of %s reports', async (_how, report) => {
    const [id] = await owned()
    for (const [n, name] of ['b', 'c', 'd'].entries()) await report([one(name, { updatedAt: at(2 + n) })], at(2 + n, 1))
    expect(await findings()).toMatchObject([{ id, ownerId: owner, status: 'new' }])
    await expectTrueCounts()
  })

  test('keeps as many findings as it has records of one title, each with its owner', async () => {
    await owned(one('a1'), one('a2'), one('a3'))
    await complete([one('b1'), one('b2'), one('b3')], at(3))
    const after = await findings()
    expect(after.map(({ ownerId, status }) => [ownerId, status])).toEqual(Array(3).fill([owner, 'new']))
    await expectTrueCounts()
  })

  test('has a second finding if the report still contains the first record, before or after it', async () => {
    for (const order of [
      [one('a'), one('b')],
      [one('b'), one('a')],
      format === 'ASFF' ? [one('b'), ...filler(), one('a')] : [one('a'), ...filler(), one('b')],
    ]) {
      account = newAccount()
      const rename = (each: Record<string, unknown>) =>
        JSON.parse(JSON.stringify(each).replaceAll(/1000000\d{5}/g, account))
      const [id] = await owned()
      await partial(order.map(rename), at(3))
      const after = await findings()
      expect(after).toHaveLength(2)
      expect(after.find(finding => finding.ownerId === owner)?.id).toBe(id)
    }
  })

  test.each([
    ['title', { title: 'Another' }],
    ['generator', { generator: 'another' }],
    ['resource', { resource: 'another' }],
    ['product', { product: 'Another' }],
    ['Region', { region: 'eu-west-1' }],
  ])('does not go on with a finding of another %s', async (_what, change) => {
    await owned()
    await partial([one('b', change)], at(3))
    expect((await findings()).map(({ ownerId }) => ownerId).sort()).toEqual([owner, null].sort())
  })

  test('does not go on with a finding of another account', async () => {
    await owned()
    const other = newAccount()
    await partial([one('b', { account: other })], at(3))
    expect(await findings(other)).toMatchObject([{ ownerId: null, status: 'new' }])
  })

  test('starts a new finding if a person resolved the old one', async () => {
    const [id = ''] = await owned()
    await setStatus(await job(), { selection: { ids: [toFindingId(account, id)] }, status: 'resolved' })
    await partial([one('b', { severity: 'Critical' })], at(29))
    const after = await findings()
    expect(after).toHaveLength(2)
    expect(after.find(finding => finding.id !== id)).toMatchObject({ status: 'new', severity: 5, ownerId: null })
  })

  test('keeps work in progress', async () => {
    const [id = ''] = await owned()
    await setStatus(await job(), { selection: { ids: [toFindingId(account, id)] }, status: 'in_progress' })
    await partial([one('b', { severity: 'Critical' })], at(29))
    expect(await findings()).toMatchObject([{ id, status: 'in_progress', severity: 5, ownerId: owner }])
  })

  test('resolves by a pass under a new id, and not by one of another title, resource or Region', async () => {
    const [id] = await owned()
    const pass = (name: string, parts: Partial<ToolRecord>) =>
      one(name, { status: 'PASSED', updatedAt: at(3), ...parts })
    await partial(
      [pass('x', { title: 'Another' }), pass('y', { resource: 'z' }), pass('z', { region: 'eu-west-1' })],
      at(4),
    )
    expect(await findings()).toMatchObject([{ id, status: 'new' }])
    await partial([one('b', { updatedAt: at(5) })], at(5))
    await partial([pass('c', { updatedAt: at(6) })], at(6))
    expect(await findings()).toMatchObject([{ id, status: 'resolved', resolvedReason: 'passed', ownerId: owner }])
    await expectTrueCounts()
  })

  test('is not resolved by an older pass under a new id', async () => {
    await partial([one('a', { updatedAt: at(5) })], at(5))
    await partial([one('b', { status: 'PASSED', updatedAt: at(3) })], at(3))
    expect(await findings()).toMatchObject([{ status: 'new' }])
    await partial([one('c', { status: 'PASSED', updatedAt: at(4) })], at(6))
    expect(await findings()).toMatchObject([{ status: 'new' }])
  })

  test('is not resolved by a pass under a new id if the report still contains the failed record', async () => {
    await owned()
    for (const order of [
      [one('a'), one('b', { status: 'PASSED' })],
      [one('b', { status: 'PASSED' }), ...filler(), one('a')],
    ]) {
      await partial(order, at(3))
      expect((await findings()).filter(({ status }) => status === 'new')).toHaveLength(1)
    }
  })

  test('ends the same in whatever order the runs arrive after the first failed one', async () => {
    const runs = [
      [[one('a', { updatedAt: at(1) })], at(1)],
      [[one('b', { updatedAt: at(2) })], at(2)],
      [[one('c', { updatedAt: at(3), status: 'PASSED' })], at(3)],
    ] as const
    for (const order of ordersOfThree.filter(([first]) => first !== 2)) {
      const fresh = newAccount()
      for (const n of order) {
        const [records, time] = runs[n] ?? runs[0]
        await partial(JSON.parse(JSON.stringify(records).replaceAll(account, fresh)), time)
      }
      expect(
        (await findings(fresh)).filter(({ status }) => status !== 'resolved'),
        order.join(),
      ).toEqual([])
    }
  })
})

describe('a newer pass of a check', () => {
  const record = (id: string, parts: Parameters<typeof asff>[0] extends infer P ? Partial<P> : never = {}) =>
    asff({ account, control: 'S3.9', id, ...parts })

  test('resolves a record with another id from a former version of the tool', async () => {
    await partial([record('old')], at(1))
    await partial([record('new', { status: 'PASSED', updatedAt: at(2) })], at(2))
    expect(await findings()).toMatchObject([{ status: 'resolved', resolvedReason: 'passed' }])
  })

  test('resolves it even if that record arrives late', async () => {
    await partial([record('new', { status: 'PASSED', updatedAt: at(2) })], at(2))
    await partial([record('old')], at(1))
    expect((await findings()).filter(({ status }) => status !== 'resolved')).toEqual([])
  })

  test('resolves nothing of another resource, control, product, Region or account, and nothing newer', async () => {
    await partial([record('old', { updatedAt: at(5) })], at(5))
    const passes = [
      { resource: 'other' },
      { control: 'S3.10' },
      { product: 'Other' },
      { region: 'eu-west-1' },
      { updatedAt: at(4) },
      { account: newAccount() },
    ]
    for (const [n, parts] of passes.entries())
      await partial([record(`p${n}`, { status: 'PASSED', updatedAt: at(6), ...parts })], at(7, n))
    expect(await findings()).toMatchObject([{ status: 'new' }])
  })
})

describe('of two events of one finding in one stream', () => {
  const event = (time: Date, id: string, status: 'FAILED' | 'PASSED', updatedAt: Date | null = at(1)) => ({
    version: '0',
    id,
    'detail-type': 'Security Hub Findings - Imported',
    source: 'aws.securityhub',
    account,
    time: time.toISOString(),
    region: 'us-east-1',
    resources: [],
    detail: { findings: [asff({ account, status, updatedAt })] },
  })
  const lines = (...events: unknown[]) => events.map(each => JSON.stringify(each)).join('\n')

  test.each([
    ['of one time of the record', at(1)],
    ['without a time of the record', null],
  ])('the later counts, %s', async (_what, updatedAt) => {
    await partial([event(at(2), '1', 'FAILED', updatedAt), event(at(3), '2', 'PASSED', updatedAt)], at(4))
    expect((await findings()).filter(({ status }) => status !== 'resolved')).toEqual([])
    account = newAccount()
    const passedFirst = [event(at(2), '1', 'PASSED', updatedAt), event(at(3), '2', 'FAILED', updatedAt)]
    await partial(lines(...passedFirst), at(4))
    expect(await findings()).toMatchObject([{ status: 'new' }])
  })

  test('the later one counts if they are far from each other', async () => {
    await partial([event(at(2), '1', 'FAILED'), ...filler(), event(at(3), '2', 'PASSED')], at(4))
    expect((await findings()).filter(({ status }) => status !== 'resolved')).toEqual([])
  })
})
