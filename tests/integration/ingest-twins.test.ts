import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { closeDatabase, prisma } from '../../lib/db'
import { BATCH } from '../../lib/ingest/read/parsed-batch'
import {
  asff,
  at,
  complete,
  everything,
  expectTrueCounts,
  findingOf,
  newAccount,
  partial,
  type RecordParts,
} from './support-ingest'

let account = ''
beforeEach(() => {
  account = newAccount()
})
afterAll(closeDatabase)

const one = (parts: Partial<RecordParts> = {}) => asff({ account, ...parts })

/** More records than one transaction takes, all of one passed check: what is stored of them stays small. */
function filler(): unknown[] {
  return Array.from({ length: BATCH + 300 }, () => one({ control: 'EC2.1', status: 'PASSED' }))
}

const failed = (hour: number, parts: Partial<RecordParts> = {}) => one({ updatedAt: at(1, hour), ...parts })
const passed = (hour: number) => one({ updatedAt: at(1, hour), status: 'PASSED' })
const withoutDate = (parts: Partial<RecordParts> = {}) => one({ updatedAt: null, ...parts })

describe.each([
  ['in one batch', () => []],
  ['in two batches', filler],
] as const)('twins %s', (_where, between) => {
  test.each([
    ['the later updated wins: failed', () => [passed(1), failed(2)], 'new'],
    ['the later updated wins: failed first', () => [failed(2), passed(1)], 'new'],
    ['the later updated wins: passed', () => [failed(1), passed(2)], 'not open'],
    ['the later updated wins: passed first', () => [passed(2), failed(1)], 'not open'],
    ['at the same time the problem counts', () => [passed(1), failed(1)], 'new'],
    ['at the same time the problem counts, first', () => [failed(1), passed(1)], 'new'],
    ['without a time the problem counts', () => [withoutDate({ status: 'PASSED' }), withoutDate()], 'new'],
    ['without a time the problem counts, first', () => [withoutDate(), withoutDate({ status: 'PASSED' })], 'new'],
  ] as const)('%s', async (_rule, twins, status) => {
    const [first, second] = twins()
    const run = await complete([first, ...between(), second], at(2))
    expect(run).toMatchObject({ state: 'done', rejected: 0, reopened: 0 })
    expect(run.read).toBe(2 + between().length)
    const finding = await findingOf(one())
    expect(finding === null || finding.status === 'resolved' ? 'not open' : finding.status).toBe(status)
    const sightings = await prisma().sighting.count({ where: { accountId: account, control: 'S3.2' } })
    expect(sightings).toBe(1)
    await expectTrueCounts()
  })

  test('are one finding with the content of the later one', async () => {
    await complete([failed(1, { title: 'Old' }), ...between(), failed(2, { title: 'New' })], at(2))
    expect(await findingOf(one())).toMatchObject({ title: 'New' })
  })

  test.each([
    ['of different times', () => [failed(2, { title: 'New' }), failed(1, { title: 'Old' })]],
    ['of different times, the later behind', () => [failed(1, { title: 'Old' }), failed(2, { title: 'New' })]],
    ['of one time', () => [failed(1, { title: 'One' }), failed(1, { title: 'Other' })]],
    ['of one time that contradict', () => [failed(1), passed(1)]],
    ['without a time', () => [withoutDate({ title: 'One' }), withoutDate({ title: 'Other' })]],
  ] as const)('%s: change nothing when they are sent again', async (_what, twins) => {
    const [first, second] = twins()
    const report = [first, ...between(), second]
    await complete(report, at(2))
    const before = await everything()
    expect(await complete(report, at(3))).toMatchObject({ updated: 0, reopened: 0, resolved: 0, unchanged: 1 })
    expect(await everything()).toEqual(before)
  })
})

test('records that share an id but not the resource are two things', async () => {
  const report = [one({ id: 'same', resource: 'a' }), one({ id: 'same', resource: 'b', status: 'PASSED' })]
  expect(await complete(report, at(2))).toMatchObject({ created: 1, passed: 1 })
  expect(await findingOf(one({ resource: 'a' }))).toMatchObject({ status: 'new' })
})

test('a record that changes from a detection to a failed check keeps its finding', async () => {
  const record = (kind: number, updatedAt: Date) => ({
    class_uid: kind,
    metadata: { product: { name: 'Tool' }, event_code: 'Check' },
    finding_info: { uid: 'u1', title: 'T', types: ['Check'] },
    time_dt: updatedAt.toISOString(),
    severity_id: 4,
    status: 'New',
    cloud: { account: { uid: account }, provider: 'aws', region: 'us-east-1' },
    resources: [{ uid: 'arn:aws:s3:::bucket', type: 'AwsS3Bucket' }],
  })
  await partial([record(2004, at(1))], at(2))
  expect(await findingOf(record(2004, at(1)))).toMatchObject({ class: 'threat', status: 'new' })
  await partial([record(2003, at(2))], at(3))
  expect(await findingOf(record(2003, at(2)))).toMatchObject({ class: 'posture', status: 'new', firstSeenAt: at(2) })
  expect(await findingOf(record(2004, at(1)))).toBeNull()
  await expectTrueCounts()
})

test('of two records of a new report the effective one is compared with the stored one, not with the other', async () => {
  await partial([withoutDate()], at(2))
  await partial([withoutDate({ status: 'PASSED' }), withoutDate({ title: 'Said anew' })], at(3))
  expect(await findingOf(one())).toMatchObject({ status: 'new', title: 'Said anew' })
})
