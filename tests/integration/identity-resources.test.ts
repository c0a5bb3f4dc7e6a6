import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { closeDatabase, prisma } from '../../lib/db'
import { FindingFilter } from '../../lib/domain/findings/filter'
import { listFindings } from '../../lib/queries/findings/list'
import {
  allowClosings,
  asff,
  at,
  complete,
  expectTrueCounts,
  job,
  newAccount,
  partial,
  prowler,
} from './support-ingest'
import { custom, ofService } from './support-records'

let account = ''
beforeAll(allowClosings)
beforeEach(() => {
  account = newAccount()
})
afterAll(closeDatabase)

const findings = () => prisma().finding.findMany({ where: { accountId: account }, orderBy: { resourceId: 'asc' } })
const bucket = (name: string, more = {}) => ({ Id: `arn:aws:s3:::${name}`, Type: 'AwsS3Bucket', ...more })

describe('a posture record about several resources', () => {
  const named = (Resources: unknown[], more: Parameters<typeof asff>[0] | object = {}) => ({
    ...asff({ account, control: 'S3.9', id: 'one', ...more }),
    Resources,
  })

  test('is a finding of each, in any order, found by text, and resolved by its passes', async () => {
    await partial([named([bucket('alpha'), bucket('beta'), bucket('gamma')])], at(1))
    const before = await findings()
    expect(before.map(({ resourceName }) => resourceName)).toEqual(['alpha', 'beta', 'gamma'])
    await partial([named([bucket('gamma'), bucket('alpha'), bucket('beta')])], at(2))
    expect(await findings()).toEqual(before)
    const page = await listFindings(job, FindingFilter.parse({ text: 'gamma', account: [account] }), {
      cursor: null,
      limit: 10,
    })
    expect(page.rows).toHaveLength(1)
    const passed = named([bucket('beta'), bucket('alpha')], { status: 'PASSED', updatedAt: at(3) })
    await partial([passed], at(3))
    expect((await findings()).map(({ status }) => status)).toEqual(['resolved', 'resolved', 'new'])
    await expectTrueCounts()
  })

  test('is one finding per distinct resource, each in its own Region', async () => {
    await partial(
      [named([bucket('a', { Region: 'eu-west-1' }), bucket('a', { Region: 'eu-west-1' }), bucket('b')])],
      at(1),
    )
    expect((await findings()).map(({ region }) => region)).toEqual(['eu-west-1', 'us-east-1'])
  })

  test('of a tool without checks is a finding per record and resource', async () => {
    const both = { Resources: [bucket('a'), bucket('b')] }
    await partial(
      [
        { ...custom({ account, id: '1', title: 'One' }), ...both },
        { ...custom({ account, id: '2', title: 'Other' }), ...both },
      ],
      at(1),
    )
    expect(await findings()).toHaveLength(4)
  })

  test('has no finding of the account with another resource, and one of the account alone', async () => {
    const itself = { Id: `AWS::::Account:${account}`, Type: 'AwsAccount' }
    for (const resources of [
      [itself, bucket('a')],
      [bucket('a'), itself],
    ])
      await partial([named(resources)], at(1))
    expect((await findings()).map(({ resourceName }) => resourceName)).toEqual(['a'])
    await partial([named([itself], { id: 'two', control: 'X.1' })], at(2))
    expect(await findings()).toHaveLength(2)
  })

  test('of Prowler is a finding of each too', async () => {
    const record = prowler({ account, control: 'made_up_check' })
    const resources = ['a', 'b'].map(name => ({
      uid: `arn:aws:s3:::${name}`,
      type: 'AwsS3Bucket',
      region: 'us-east-1',
    }))
    await partial([{ ...record, resources }], at(1))
    await partial([{ ...record, resources: resources.toReversed() }], at(2))
    expect(await findings()).toHaveLength(2)
  })
})

describe('a threat', () => {
  const resources = [bucket('a'), bucket('b'), { Id: `arn:aws:iam::${'1'.repeat(12)}:user/x`, Type: 'AwsIamUser' }]
  const threat = (first: number, day: number, archived = false) =>
    ofService('guardduty', {
      account,
      id: `arn:aws:guardduty:us-east-1:${account}:detector/d/finding/f1`,
      types: ['TTPs/Discovery/Discovery:S3-Made'],
      resources: [...resources.slice(first), ...resources.slice(0, first)],
      archived,
      updatedAt: at(day),
    })

  test.each([partial, complete])('is one, whatever resource comes first, and archiving resolves it', async report => {
    for (const n of [0, 1, 2]) await report([threat(n, 1 + n)], at(1 + n, 1))
    expect(await findings()).toHaveLength(1)
    expect(await prisma().sighting.count({ where: { accountId: account } })).toBe(1)
    await report([threat(1, 5, true)], at(5, 1))
    expect(await findings()).toMatchObject([{ status: 'resolved', resolvedReason: 'archived' }])
    await expectTrueCounts()
  })

  test('is one within a report that lists another resource first', async () => {
    await partial([threat(0, 1), threat(2, 2, true)], at(3))
    expect(await findings()).toMatchObject([{ status: 'resolved' }])
    await partial([threat(1, 4), threat(2, 2, true)], at(5))
    expect(await findings()).toMatchObject([{ status: 'new' }])
  })
})

test('records of other clouds do not block a complete report', async () => {
  const record = (name: string, more = {}) => ({
    ...asff({ account, control: 'S3.9', resource: name, ...more }),
    Resources: [bucket(name)],
  })
  await complete([record('a'), record('b')], at(1))
  const azure = ['AZURE', 'GCP'].map(Provider => ({
    ...record('c', { id: Provider }),
    Resources: [{ Id: '/subscriptions/1', Type: 'Other', Provider }],
  }))
  const run = await complete([record('a'), ...azure], at(3))
  expect(run).toMatchObject({ rejected: 2, resolved: 1 })
  expect((await findings()).map(({ status }) => status)).toEqual(['new', 'resolved'])
})
