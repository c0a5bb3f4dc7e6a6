import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { closeDatabase, prisma } from '../../lib/db'
import { ImportQuery } from '../../lib/domain/imports/query'
import { BATCH } from '../../lib/ingest/read/parsed-batch'
import {
  allowClosings,
  asff,
  at,
  complete,
  expectTrueCounts,
  findingOf,
  newAccount,
  partial,
  prowler,
  type RecordParts,
  rejectsOf,
} from './support-ingest'

let account = ''
beforeAll(allowClosings)
beforeEach(() => {
  account = newAccount()
})
afterAll(closeDatabase)

const record = (parts: Partial<RecordParts> = {}) => prowler({ account, control: 's3_a', ...parts })
const sumUp = (run: { read: number; accepted: number; rejected: number }) =>
  expect(run.read).toBe(run.accepted + run.rejected)
const ahead = new Date(Date.UTC(2030, 0, 1))
const quiet = { older: 0, repeated: 0, clockAhead: 0, notAvailable: 0, rejected: 0 }

describe('every record of a report is counted', () => {
  test('by its outcome', async () => {
    await partial([record({ resource: 'known', updatedAt: at(5) })], at(5))
    const run = await partial(
      [
        record({ resource: 'new' }),
        record({ resource: 'fine', status: 'PASSED' }),
        record({ resource: 'unknown', status: 'NOT_AVAILABLE' }),
        record({ resource: 'known', updatedAt: at(3), severity: 'High' }),
        record({ resource: 'new' }),
        record({ resource: 'ahead', updatedAt: ahead }),
        { ...record({ resource: 'broken' }), time_dt: 'yesterday' },
        { class_uid: 2004 },
      ],
      at(6),
    )
    expect(run).toMatchObject({
      read: 8,
      rejected: 2,
      created: 2,
      passed: 1,
      notAvailable: 1,
      older: 1,
      repeated: 1,
      clockAhead: 1,
    })
    sumUp(run)
    expect(Object.keys(await rejectsOf(run.id))).toEqual(['6', '7'])
    await expectTrueCounts()
  })

  test.each(['complete', 'partial'] as const)('the same when it comes again, %s', async coverage => {
    const send = coverage === 'complete' ? complete : partial
    const report = [
      record(),
      record({ resource: 'fine', status: 'PASSED' }),
      record({ resource: 'unknown', status: 'NOT_AVAILABLE' }),
    ]
    for (const day of [2, 3, 4]) {
      const run = await send(report, at(day))
      expect(run).toMatchObject({ ...quiet, read: 3, accepted: 3, passed: 1, notAvailable: 1 })
      expect(run).toMatchObject(day === 2 ? { created: 1, unchanged: 0 } : { created: 0, unchanged: 1 })
    }
    await expectTrueCounts()
  })

  test('that a record is repeated, also at a distance and under another id', async () => {
    const many = Array.from({ length: BATCH + 10 }, (_, n) => record({ resource: `m${n}`, status: 'PASSED' }))
    const run = await partial([record(), ...many, record()], at(2))
    expect(run).toMatchObject({ read: BATCH + 12, accepted: BATCH + 12, created: 1, repeated: 1, passed: BATCH + 10 })
  })
})

describe('a check that Prowler leaves to people', () => {
  test('is no finding and no pass', async () => {
    const manual = record({ status: 'NOT_AVAILABLE' })
    expect(await complete([manual], at(2))).toMatchObject({ created: 0, passed: 0, notAvailable: 1, accepted: 1 })
    expect(await findingOf(manual)).toBeNull()
    await expectTrueCounts()
  })

  test('leaves a problem open that was known before', async () => {
    await complete([record()], at(2))
    expect(await complete([record({ status: 'NOT_AVAILABLE', updatedAt: at(3) })], at(3))).toMatchObject({
      resolved: 0,
    })
    expect(await findingOf(record())).toMatchObject({ status: 'new' })
  })
})

test('a muted pass is a pass, a muted failure is suppressed', async () => {
  await complete([record(), record({ resource: 'other' })], at(2))
  const muted = (parts: Partial<RecordParts>) => ({ ...record({ updatedAt: at(3), ...parts }), status: 'Suppressed' })
  const run = await complete([muted({ status: 'PASSED' }), muted({ resource: 'other' })], at(3))
  expect(run).toMatchObject({ passed: 1, resolved: 1 })
  expect(await findingOf(record())).toMatchObject({ status: 'resolved', resolvedReason: 'passed' })
  expect(await findingOf(record({ resource: 'other' }))).toMatchObject({ status: 'suppressed' })
  await expectTrueCounts()
})

describe('a record dated after its arrival', () => {
  test.each([
    ['Prowler', (parts: Partial<RecordParts>) => prowler({ account, control: 's3_a', ...parts })],
    ['Security Hub', (parts: Partial<RecordParts>) => asff({ account, ...parts })],
  ])('of %s gets the time of its arrival, and blocks no later one', async (_, of) => {
    expect(await partial([of({ updatedAt: ahead })], at(2))).toMatchObject({ created: 1, clockAhead: 1 })
    const sighting = await prisma().sighting.findFirst({ where: { accountId: account } })
    expect(sighting?.recordUpdatedAt).toEqual(at(2, 1))
    const run = await partial([of({ status: 'PASSED', updatedAt: at(3) })], at(3))
    expect(run).toMatchObject({ resolved: 1, older: 0, clockAhead: 0 })
    expect(await findingOf(of({}))).toMatchObject({ status: 'resolved', resolvedReason: 'passed' })
  })

  test('is counted each time it comes', async () => {
    const report = [record({ updatedAt: ahead }), record({ resource: 'other' })]
    for (const day of [2, 3, 4]) expect(await complete(report, at(day))).toMatchObject({ clockAhead: 1, accepted: 2 })
  })

  test('whose report is sent again later is unchanged, and not outdated', async () => {
    await partial([record({ updatedAt: ahead })], at(5))
    expect(await partial([record({ updatedAt: ahead, severity: 'High' })], at(6))).toMatchObject({
      updated: 1,
      older: 0,
    })
  })
})

describe('a time without a zone', () => {
  const local = (time: string, parts: Partial<RecordParts> = {}) => ({ ...record(parts), time_dt: time })

  test('never makes a record older', async () => {
    await partial([record({ updatedAt: at(5) })], at(5))
    const run = await partial([local('2026-06-01 10:00:00', { status: 'PASSED' })], at(6))
    expect(run).toMatchObject({ resolved: 1, older: 0 })
  })

  test('never makes a record newer', async () => {
    await partial([local('2026-06-20 10:00:00')], at(5))
    expect(await partial([record({ status: 'PASSED', updatedAt: at(6) })], at(6))).toMatchObject({ resolved: 1 })
    expect(await partial([local('2026-06-27 10:00:00')], at(4))).toMatchObject({ older: 1 })
    expect(await findingOf(record())).toMatchObject({ status: 'resolved' })
  })

  test('is shown in the zone of the organisation', async () => {
    await partial([local('2026-06-05 10:00:00')], at(6))
    const sighting = await prisma().sighting.findFirst({ where: { accountId: account } })
    // Asia/Tokyo.
    expect(sighting).toMatchObject({ recordUpdatedAt: null, localTime: at(5, 1) })
  })
})

describe('the time of a report', () => {
  const parsed = (minutes: number) =>
    ImportQuery.safeParse({ observedAt: new Date(Date.now() + minutes * 60_000).toISOString() })

  test('may be ahead by five minutes, as clocks differ', () => {
    for (const minutes of [-60, 0, 4.9]) expect(parsed(minutes).success).toBe(true)
  })

  test.each([5.1, 60, 60 * 24 * 365])('is refused %d minutes ahead, with a reason', minutes => {
    expect(parsed(minutes).error?.issues).toMatchObject([{ path: ['observedAt'], message: 'observedAtRange' }])
  })

  test.each(['2026-06-05 10:00:00', '2026-06-05T10:00:00', 'yesterday', '1999-12-31T00:00:00Z', ''])(
    'is refused without a zone or sense: %j',
    observedAt => {
      expect(ImportQuery.safeParse({ observedAt }).success).toBe(false)
    },
  )
})
