import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { closeDatabase } from '../../lib/db'
import { toFindingId } from '../../lib/domain/findings/filter'
import { getFinding } from '../../lib/queries/findings/finding'
import {
  allowClosings,
  asff,
  at,
  complete,
  expectTrueCounts,
  findingOf,
  job,
  newAccount,
  ordersOfThree,
  partial,
  prowler,
  type RecordParts,
} from './support-ingest'

let account = ''
beforeAll(allowClosings)
beforeEach(() => {
  account = newAccount()
})
afterAll(closeDatabase)

const fails = (control: string, parts: Partial<RecordParts> = {}) => prowler({ account, control, ...parts })
const passes = (control: string, parts: Partial<RecordParts> = {}) =>
  prowler({ account, control, resource: 'fine', status: 'PASSED', ...parts })
/** Passes of so many checks of S3: what a wide report looks at. */
const s3 = (checks: number) => Array.from({ length: checks }, (_, n) => passes(`s3_check${n}`))
const ireland = { region: 'eu-west-1' }

const statusOf = async (record: Record<string, unknown>) => (await findingOf(record))?.status

async function absentOf(record: Record<string, unknown>) {
  const finding = await findingOf(record)
  const { sightings } = await getFinding(job, toFindingId(account, finding?.id ?? ''))
  return sightings.map(sighting => sighting.absent)
}

describe('the time of a report', () => {
  test('counts, not the update times of its records', async () => {
    const updatedAt = new Date(Date.UTC(2024, 0, 1))
    await complete([fails('s3_a', { updatedAt: at(9) }), passes('s3_a', { updatedAt })], at(10))
    const run = await complete([passes('s3_a', { updatedAt })], at(11))
    expect(run).toMatchObject({ resolved: 1, heldBack: [] })
  })

  test('is its arrival if the sender gives none', async () => {
    const old = new Date(Date.UTC(2024, 0, 1))
    await complete([fails('s3_a', { updatedAt: at(9) }), passes('s3_a', { updatedAt: old })], at(10))
    expect(await complete([passes('s3_a', { updatedAt: old })], null)).toMatchObject({ resolved: 1, heldBack: [] })
  })

  test('does not make an earlier record of one thing the later one', async () => {
    await complete([fails('s3_a', { updatedAt: at(9) })], at(10))
    expect(await complete([fails('s3_a', { status: 'PASSED', updatedAt: at(8) })], at(11))).toMatchObject({ older: 1 })
    expect(await statusOf(fails('s3_a'))).toBe('new')
  })

  test.each(ordersOfThree)('decides in any order of arrival: %i %i %i', async (...order) => {
    const reports = [
      () => complete([passes('s3_a'), fails('s3_a')], at(2)),
      () => complete([passes('s3_a')], at(4)),
      () => complete([passes('s3_a'), fails('s3_a', { resource: 'other' })], at(6)),
    ]
    for (const n of order) await reports[n]?.()
    expect(await findingOf(fails('s3_a'))).toMatchObject({ status: 'resolved', firstSeenAt: at(2), resolvedAt: at(4) })
    expect(await findingOf(fails('s3_a', { resource: 'other' }))).toMatchObject({ status: 'new', firstSeenAt: at(6) })
    await expectTrueCounts()
  })

  test.each(ordersOfThree)('decides although the last report looked at less: %i %i %i', async (...order) => {
    const reports = [
      () => complete([...s3(9), passes('ec2_a'), fails('ec2_a')], at(2)),
      () => complete([...s3(9), passes('ec2_a')], at(4)),
      () => complete([passes('s3_check0')], at(6)),
    ]
    for (const n of order) await reports[n]?.()
    expect(await statusOf(fails('ec2_a'))).toBe('resolved')
    await expectTrueCounts()
  })
})

describe('a report closes inside its pairs', () => {
  test('all missing findings, including the last one of a check', async () => {
    await complete([fails('s3_a'), fails('s3_b'), fails('s3_a', ireland), fails('ec2_a'), passes('s3_c')], at(2))
    const run = await complete([passes('s3_a'), passes('s3_c')], at(3))
    expect(run).toMatchObject({ resolved: 1 })
    expect(await statusOf(fails('s3_a'))).toBe('resolved')
    for (const left of [fails('s3_b'), fails('s3_a', ireland), fails('ec2_a')]) expect(await statusOf(left)).toBe('new')
    const places = [
      { service: 's3', region: 'eu-west-1', findings: 1 },
      { service: 'ec2', region: 'us-east-1', findings: 1 },
      { service: 's3', region: 'us-east-1', findings: 1 },
    ]
    expect(run.heldBack).toMatchObject([{ reason: 'not_looked_at', findings: 3, checks: 3, services: 2 }])
    expect((run.heldBack as { places: unknown[] }[])[0]?.places).toEqual(expect.arrayContaining(places))
    expect(await absentOf(fails('ec2_a'))).toMatchObject([{ reason: 'not_looked_at', importId: run.id, since: at(3) }])
    expect(await absentOf(fails('s3_a'))).toEqual([null])
    await expectTrueCounts()
  })

  test('not if the check had no result', async () => {
    await complete([fails('s3_a'), passes('s3_c')], at(2))
    const manual = prowler({ account, control: 's3_a', resource: 'other', status: 'NOT_AVAILABLE' })
    expect(await complete([manual, passes('s3_c')], at(3))).toMatchObject({ resolved: 0, notAvailable: 1 })
    expect(await statusOf(fails('s3_a'))).toBe('new')
  })

  test('of one account and no other', async () => {
    const other = newAccount()
    const there = prowler({ account: other, control: 's3_a' })
    await complete([fails('s3_a'), there, passes('s3_b')], at(2))
    await complete([passes('s3_a'), passes('s3_b')], at(3))
    expect(await statusOf(there)).toBe('new')
  })
})

describe('a report closes outside its pairs', () => {
  test.each([
    [9, 'resolved'],
    [8, 'new'],
  ])('with %i of the 10 pairs of the first report: %s', async (pairs, status) => {
    await complete([...s3(9), fails('s3_gone')], at(2))
    await complete(s3(pairs), at(3))
    expect(await statusOf(fails('s3_gone'))).toBe(status)
  })

  test('only for services with a record', async () => {
    await complete([...s3(18), fails('ec2_gone')], at(2))
    expect(await complete(s3(18), at(3))).toMatchObject({ resolved: 0 })
    expect(await statusOf(fails('ec2_gone'))).toBe('new')
    expect(await complete([...s3(18), passes('ec2_other', ireland)], at(4))).toMatchObject({ resolved: 1 })
  })

  test('never by becoming the usual report, however often it is sent', async () => {
    await complete([...s3(10), fails('s3_gone')], at(2))
    for (let day = 3; day < 20; day++) await complete(s3(5), at(day))
    expect(await statusOf(fails('s3_gone'))).toBe('new')
  })

  test('compared with the last wide report, whose pairs count from then on', async () => {
    await complete(s3(10), at(2))
    await complete(s3(30), at(3))
    await partial([fails('s3_gone')], at(4))
    await complete(s3(10), at(5))
    expect(await statusOf(fails('s3_gone'))).toBe('new')
    await complete(s3(27), at(6))
    expect(await statusOf(fails('s3_gone'))).toBe('resolved')
  })

  test('not compared with a report that arrives late', async () => {
    await complete(s3(20), at(10))
    await complete(s3(20).slice(0, 3), at(2))
    await partial([fails('s3_gone')], at(11))
    await complete(s3(3), at(12))
    expect(await statusOf(fails('s3_gone'))).toBe('new')
  })

  test('compared with reports of the same account', async () => {
    const other = newAccount()
    await complete([...s3(20), prowler({ account: other, control: 's3_check0' })], at(2))
    await partial([fails('s3_gone')], at(3))
    await complete([...s3(1), prowler({ account: other, control: 's3_check0' })], at(4))
    expect(await statusOf(fails('s3_gone'))).toBe('new')
  })
})

describe('a report without a pass, of a feed that sent some', () => {
  test('resolves only findings of checks with a failed record', async () => {
    await complete([...s3(3), fails('s3_a'), fails('s3_a', { resource: 'other' }), fails('s3_b')], at(2))
    const run = await complete([fails('s3_a', { resource: 'other' })], at(3))
    expect(run).toMatchObject({ resolved: 1 })
    expect(await statusOf(fails('s3_a'))).toBe('resolved')
    expect(await statusOf(fails('s3_b'))).toBe('new')
  })

  test('resolves nothing if it had no results', async () => {
    await complete([...s3(3), fails('s3_a')], at(2))
    const manual = prowler({ account, control: 's3_a', resource: 'other', status: 'NOT_AVAILABLE' })
    expect(await complete([manual], at(3))).toMatchObject({ resolved: 0 })
  })

  test('counts as such even if the passes came in a partial report', async () => {
    await partial(s3(1), at(1))
    await complete([fails('s3_a'), fails('s3_b')], at(2))
    expect(await complete([fails('s3_a')], at(3))).toMatchObject({ resolved: 0 })
  })
})

describe('a finding that returns', () => {
  test('is no longer marked as absent', async () => {
    await complete([...s3(10), fails('ec2_a')], at(2))
    await complete(s3(10), at(3))
    expect(await absentOf(fails('ec2_a'))).toMatchObject([{ reason: 'not_looked_at', since: at(3) }])
    await complete([...s3(10), fails('ec2_a')], at(4))
    expect(await absentOf(fails('ec2_a'))).toEqual([null])
  })

  test.each(['complete', 'partial'] as const)('in an older %s report is still absent', async coverage => {
    const told = [...s3(10), fails('ec2_a')]
    await complete(told, at(2))
    const run = await complete(s3(10), at(5))
    await (coverage === 'complete' ? complete : partial)(told, at(4))
    expect(await absentOf(fails('ec2_a'))).toMatchObject([{ reason: 'not_looked_at', importId: run.id, since: at(5) }])
  })
})

test('an older report with the same gap does not replace the state of a newer one', async () => {
  await complete([...s3(10), fails('ec2_a')], at(2))
  const run = await complete(s3(10), at(5))
  await complete(s3(10), at(4))
  expect(await absentOf(fails('ec2_a'))).toMatchObject([{ reason: 'not_looked_at', importId: run.id, since: at(5) }])
})

test('a truncated document resolves nothing and is not used for comparison', async () => {
  await complete([...s3(10), fails('s3_check0')], at(2))
  const text = JSON.stringify(s3(10))
  for (const cut of [text.slice(0, -1), text.slice(0, text.length / 2), `${text.slice(0, -1)},{"class_uid":`]) {
    expect(await complete(cut, at(3))).toMatchObject({ state: 'failed', resolved: 0 })
  }
  expect(await statusOf(fails('s3_check0'))).toBe('new')
  expect(await absentOf(fails('s3_check0'))).toEqual([null])
})

test('joined files are one report', async () => {
  await complete([fails('s3_a'), fails('s3_a', ireland), passes('s3_b')], at(2))
  const joined = `${JSON.stringify([passes('s3_a')])}\n${JSON.stringify([passes('s3_a', ireland)])}`
  expect(await complete(joined, at(3))).toMatchObject({ state: 'done', resolved: 2 })
})

test('the last finding of a product is resolved if source, account and Region are given and others report', async () => {
  const guardduty = {
    ...asff({ account, product: 'GuardDuty', control: 'x' }),
    Types: ['TTPs/x'],
    Compliance: undefined,
  }
  const hub = [asff({ account }), asff({ account, resource: 'fine', status: 'PASSED' })]
  await complete([...hub, guardduty], at(2))
  expect(await complete(hub, at(3))).toMatchObject({ resolved: 0 })
  const named = { source: 'security-hub', account } as const
  expect(await complete(hub, at(4), named)).toMatchObject({ resolved: 1 })
  expect(await statusOf(asff({ account }))).toBe('new')
})
