import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { setClock } from '../../lib/clock'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { BATCH } from '../../lib/ingest/read/parsed-batch'
import { runImport } from '../../lib/ingest/run/run'
import {
  asff,
  at,
  complete,
  findingOf,
  ingest,
  job,
  newAccount,
  ordersOfThree,
  partial,
  prowler,
  type RecordParts,
  receive,
} from './support-ingest'

let account = ''
beforeEach(() => {
  account = newAccount()
})
afterAll(closeDatabase)

const one = (parts: Partial<RecordParts> = {}) => asff({ account, ...parts })
const rest = (parts: Partial<RecordParts> = {}) => one({ control: 'S3.9', ...parts })
const feeds = () =>
  prisma().feed.findMany({ where: { accountId: account }, orderBy: [{ source: 'asc' }, { product: 'asc' }] })

describe('the state of a feed', () => {
  test('is moved back by no older report, which may be its first', async () => {
    const newest = await complete([one()], at(5))
    expect(await feeds()).toMatchObject([{ firstAt: at(5), lastAt: at(5), lastCompleteAt: at(5) }])
    await complete([one()], at(3))
    expect(await feeds()).toMatchObject([
      { firstAt: at(3), lastAt: at(5), lastCompleteAt: at(5), lastImportId: newest.id },
    ])
    await complete([one()], at(4))
    expect(await feeds()).toMatchObject([{ firstAt: at(3), lastAt: at(5), lastImportId: newest.id }])
  })

  test('is moved on by the next, and by the later of two of one instant', async () => {
    await complete([one()], at(3))
    const next = await complete([one()], at(5))
    expect(await feeds()).toMatchObject([{ lastAt: at(5), lastCompleteAt: at(5), lastImportId: next.id }])
    const same = await complete([one(), rest()], at(5))
    expect(await feeds()).toMatchObject([{ lastAt: at(5), lastImportId: same.id }])
  })

  test('distinguishes the last complete report from the last report', async () => {
    await partial([one()], at(1))
    expect(await feeds()).toMatchObject([{ lastAt: at(1), lastCompleteAt: null }])
    await complete([one()], at(2))
    await partial([one()], at(3))
    expect(await feeds()).toMatchObject([{ lastAt: at(3), lastCompleteAt: at(2) }])
    await complete([one()], at(4))
    expect(await feeds()).toMatchObject([{ lastAt: at(4), lastCompleteAt: at(4) }])
  })

  test('is updated with every report: when it reported last, and when it becomes silent', async () => {
    await complete([one()], at(1))
    expect(await feeds()).toMatchObject([{ heardAt: [at(1)], silentAfter: at(9) }])
    // A second file of the same report: patience begins with it.
    await partial([one()], at(1, 0, 20))
    expect(await feeds()).toMatchObject([{ heardAt: [at(1)], silentAfter: at(9, 0, 20) }])
    await partial([one()], at(1, 0, 10))
    expect(await feeds()).toMatchObject([{ heardAt: [at(1)], silentAfter: at(9, 0, 20) }])
    for (const day of [2, 3, 4]) await complete([one()], at(day))
    expect(await feeds()).toMatchObject([{ heardAt: [at(1), at(2), at(3), at(4)], silentAfter: at(6) }])
  })

  test('is that of one product of one source', async () => {
    await complete([one(), one({ product: 'Other' })], at(1))
    await complete([one()], at(2))
    await complete([prowler({ account })], at(3))
    expect((await feeds()).map(feed => [feed.source, feed.product, feed.lastCompleteAt])).toEqual([
      ['prowler', 'Prowler', at(3)],
      ['security-hub', 'Other', at(1)],
      ['security-hub', 'Security Hub', at(2)],
    ])
  })
})

describe('a complete report closes', () => {
  const evaluation = (resource: string, rule: string, type = 'NON_COMPLIANT') => ({
    EvaluationResultIdentifier: {
      EvaluationResultQualifier: { ConfigRuleName: rule, ResourceType: 'AWS::EC2::Instance', ResourceId: resource },
    },
    ComplianceType: type,
  })
  const report = (...results: unknown[]) => JSON.stringify({ EvaluationResults: results })
  const open = async () => {
    const rows = await prisma().finding.findMany({
      where: { accountId: account, status: 'new' },
      orderBy: [{ control: 'asc' }, { resourceId: 'asc' }],
    })
    return rows.map(row => `${row.control} ${row.resourceId}`)
  }

  test('of a rule with another common name only its own missing findings', async () => {
    const [shared, own] = ['ec2-imdsv2-check', 'our-own-rule']
    const all = [evaluation('i-1', shared), evaluation('i-2', shared), evaluation('i-1', own)]
    await complete(report(...all), at(2), { account })
    expect(await open()).toEqual(['EC2.8 i-1', 'EC2.8 i-2', 'our-own-rule i-1'])
    await complete(report(evaluation('i-1', shared)), at(3), { account })
    expect(await open()).toEqual(['EC2.8 i-1', 'our-own-rule i-1'])
  })

  test('nothing that a late report in between contains as fixed since its last confirmation', async () => {
    const [rule] = ['ec2-imdsv2-check']
    await complete(report(evaluation('i-1', rule)), at(2), { account })
    await complete(report(evaluation('i-1', rule)), at(4), { account })
    await complete(report(evaluation('i-1', rule, 'COMPLIANT')), at(3), { account })
    expect(await open()).toEqual(['EC2.8 i-1'])
  })

  test('permanently, of a rule, a finding that a late report in between still contains', async () => {
    const [rule] = ['ec2-imdsv2-check']
    const both = report(evaluation('i-1', rule), evaluation('i-2', rule))
    await complete(both, at(2), { account })
    await complete(report(evaluation('i-1', rule)), at(5), { account })
    await complete(both, at(4), { account })
    expect(await open()).toEqual(['EC2.8 i-1'])
    await complete(both, at(6), { account })
    expect(await open()).toEqual(['EC2.8 i-1', 'EC2.8 i-2'])
  })

  test('nothing that another source reports through a product of the same name', async () => {
    // Without an ARN of the product it is a file of the format, and not a delivery of Security Hub.
    const { ProductArn: _, ...file } = one({ resource: 'other' })
    await complete([one(), rest()], at(2))
    await complete([file], at(3))
    expect((await feeds()).map(feed => [feed.source, feed.product])).toEqual([
      ['asff', 'Security Hub'],
      ['security-hub', 'Security Hub'],
    ])
    expect(await findingOf(one())).toMatchObject({ status: 'new' })
  })
})

test.each(ordersOfThree)(
  'what a report that need not be complete still names is not closed by an older one that lacks it: %i %i %i',
  async (...order) => {
    // The source says of each report that it last looked before all of them.
    const reports = [
      () => complete([one(), rest()], at(10)),
      () => complete([rest()], at(12)),
      () => partial([one(), rest()], at(14)),
    ]
    for (const n of order) await reports[n]?.()
    expect(await findingOf(one())).toMatchObject({ status: 'new' })
    expect(await findingOf(rest())).toMatchObject({ status: 'new' })
  },
)

test.each(ordersOfThree)(
  'what a report that was held back still names is neither closed nor fixed by an older one: %i %i %i',
  async (...order) => {
    const bad = one({ control: 'S3.8', severity: 'TERRIBLE' })
    const reports = [
      () => complete([one(), rest()], at(10)),
      () => complete([rest(), one({ control: 'S3.7', status: 'PASSED' })], at(12)),
      () => complete([one(), rest(), bad], at(14)),
    ]
    for (const n of order) await reports[n]?.()
    expect(await findingOf(one())).toMatchObject({ status: 'new' })
    await partial([one({ status: 'PASSED' })], at(13))
    expect(await findingOf(one())).toMatchObject({ status: 'new' })
  },
)

test('an empty complete report resolves the findings of its source in the account and Region once a second one confirms it', async () => {
  const other = newAccount()
  await complete([one(), rest(), asff({ account: other })], at(2))
  await complete([prowler({ account, resource: 'mine' })], at(2))
  await complete('{"Findings":[]}', at(3))
  const named = { source: 'security-hub', account } as const
  expect(await complete('{"Findings":[]}', at(3), named)).toMatchObject({ resolved: 0 })
  const nothing = () => ({ ...named, region: 'us-east-1' })
  const waiting = [{ accountId: account, source: 'security-hub', reason: 'waiting', findings: 2 }]
  expect(await complete('{"Findings":[]}', at(4), nothing())).toMatchObject({ resolved: 0, heldBack: waiting })
  expect(await complete('{"Findings":[]}', at(4, 11), nothing())).toMatchObject({ resolved: 0, heldBack: waiting })
  expect(await findingOf(one())).toMatchObject({ status: 'new' })
  expect(await complete('{"Findings":[]}', at(4, 12), nothing())).toMatchObject({ state: 'done', resolved: 2 })
  expect(await findingOf(one())).toMatchObject({ status: 'resolved', resolvedReason: 'absent' })
  expect(await findingOf(asff({ account: other }))).toMatchObject({ status: 'new' })
  expect(await findingOf(prowler({ account, resource: 'mine' }))).toMatchObject({ status: 'new' })
})

describe('a record', () => {
  test('that is reported at the instant of the last complete report is present', async () => {
    await complete([rest()], at(5))
    await partial([one()], at(5))
    expect(await findingOf(one())).toMatchObject({ status: 'new' })
  })

  test('in an older report, absent since, is open as soon as the same bytes arrive again', async () => {
    const many = Array.from({ length: 40 }, (_, n) => one({ resource: `r${n}` }))
    await complete(many.slice(0, 39), at(5))
    await complete(many, at(4))
    expect(await findingOf(many[39] ?? {})).toMatchObject({ status: 'resolved' })
    await complete(many, at(6))
    expect(await findingOf(many[39] ?? {})).toMatchObject({ status: 'new' })
  })

  test('without a result does not confirm the problem: a late report in between still counts', async () => {
    await partial([one({ updatedAt: null })], at(2))
    await partial([one({ updatedAt: null, status: 'NOT_AVAILABLE' })], at(6))
    expect(await findingOf(one())).toMatchObject({ status: 'new' })
    await partial([one({ updatedAt: null, status: 'PASSED' })], at(4))
    expect(await findingOf(one())).toMatchObject({ status: 'resolved' })
  })

  test('without a result leaves a problem unchanged, even after it moved to another finding', async () => {
    await partial([one()], at(2))
    const { id } = (await findingOf(one())) ?? {}
    const earlier = '00000000-0000-4000-8000-000000000001'
    await pool().query('UPDATE finding SET id = $2 WHERE account_id = $1 AND id = $3', [account, earlier, id])
    await pool().query('UPDATE sighting SET finding_id = $2 WHERE account_id = $1', [account, earlier])
    await partial([one({ status: 'NOT_AVAILABLE', updatedAt: at(3) })], at(3))
    expect(await prisma().sighting.findMany({ where: { accountId: account } })).toMatchObject([
      { result: 'failed', findingId: earlier },
    ])
    expect(await prisma().finding.findMany({ where: { accountId: account } })).toMatchObject([
      { id: earlier, status: 'new' },
    ])
  })
})

/** More records than one batch holds. */
const between = () => Array.from({ length: BATCH + 100 }, (_, n) => one({ resource: `b${n}` }))

test('of millions of records that are none the first reasons are kept, and all are counted', async () => {
  const run = await partial(`{"Findings":[${'1,'.repeat(11_999)}1]}`, at(2))
  expect(run).toMatchObject({ state: 'done', read: 12_000, rejected: 12_000 })
  expect(
    await prisma().importReject.aggregate({ where: { importId: run.id }, _count: true, _max: { index: true } }),
  ).toEqual({
    _count: 10_000,
    _max: { index: 9999 },
  })
})

test('a passed check that a report contains twice, at a distance, is counted once', async () => {
  const passed = one({ status: 'PASSED' })
  expect(await partial([passed, ...between(), passed], at(2))).toMatchObject({ read: BATCH + 102, passed: 1 })
})

test('a finding created late is overdue, and one created as resolved is resolved since then and not overdue', async () => {
  const { id } = await receive([one(), rest({ archived: true })], { observedAt: at(1) })
  // Long behind the date by which both would be due.
  setClock(() => new Date('2027-06-01'))
  await runImport(job, id)
  expect(await findingOf(one())).toMatchObject({ status: 'new', overdue: true, resolvedAt: null })
  expect(await findingOf(rest())).toMatchObject({ status: 'resolved', overdue: false, resolvedAt: at(1) })
})

test('a finding that a report changes twice, at a distance, is counted once', async () => {
  const twice = (severity: string, day: number) => [
    one({ id: 'first', severity, updatedAt: at(day) }),
    ...between(),
    one({ id: 'second', severity, title: `Severity ${severity}`, updatedAt: at(day) }),
  ]
  await ingest(twice('MEDIUM', 1), { observedAt: at(2) })
  expect(await ingest(twice('HIGH', 3), { observedAt: at(4) })).toMatchObject({ updated: 1, created: 0 })
})
