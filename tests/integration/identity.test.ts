import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { setClock } from '../../lib/clock'
import { closeDatabase, prisma } from '../../lib/db'
import { toFindingId } from '../../lib/domain/findings/filter'
import { BATCH } from '../../lib/ingest/read/parsed-batch'
import { grantTo, people, type Who } from './support-exceptions'
import { allowClosings, asff, at, complete, expectTrueCounts, newAccount, partial } from './support-ingest'
import { analytic, custom, macieNative, ofService, ofUser } from './support-records'

let account = ''
let who: { member: Who; sreLead: Who }
beforeAll(async () => {
  who = await people()
  await allowClosings()
})
beforeEach(() => {
  account = newAccount()
})
afterAll(closeDatabase)

const findings = (accountId = account) =>
  prisma().finding.findMany({ where: { accountId }, orderBy: [{ severity: 'desc' }, { resourceId: 'asc' }] })
const open = async () => (await findings()).filter(({ status }) => status === 'new')

async function accept(id: string): Promise<void> {
  setClock(() => at(10))
  await grantTo(who.member, who.sreLead, toFindingId(account, id), {})
}

async function onlyFinding() {
  const [finding, ...more] = await findings()
  if (!finding || more.length > 0) throw new Error(`one finding, not ${more.length + 1}`)
  return finding
}

const filler = (n = BATCH + 10) =>
  Array.from({ length: n }, (_, at) => asff({ account, control: `EC2.${at}`, status: 'PASSED' }))

describe.each([
  ['ASFF', custom],
  ['OCSF', analytic],
] as const)('a tool with one generator for all checks, in %s', (_format, record) => {
  const medium = () => record({ account, id: 'm', title: 'Versioning is off' })
  const critical = () => record({ account, id: 'c', title: 'The bucket is public', severity: 'Critical' })

  test('has a finding for each problem of one resource, in one report or in several, in any order', async () => {
    await partial([medium(), critical()], at(1))
    expect(await findings()).toHaveLength(2)
    for (const order of [[critical, medium], [medium], [critical]]) {
      account = newAccount()
      for (const each of order) await partial([each()], at(2))
      expect(await findings()).toHaveLength(order.length)
    }
    await expectTrueCounts()
  })

  test.each(['partial', 'complete'])(
    'has a new critical finding although another one is accepted, in a %s report',
    async how => {
      await partial([medium()], at(1))
      await accept((await onlyFinding()).id)
      const report = how === 'complete' ? complete : partial
      await report(how === 'complete' ? [medium(), critical()] : [critical()], at(12))
      expect(await findings()).toMatchObject([
        { severity: 5, status: 'new', exceptionId: null },
        { severity: 3, status: 'accepted' },
      ])
    },
  )

  test('has a new finding for a record with a new id and the same title although another one is accepted', async () => {
    await partial([medium()], at(1))
    await accept((await onlyFinding()).id)
    await complete([record({ account, id: 'm2', title: 'Versioning is off', severity: 'Critical' })], at(12))
    expect(await open()).toMatchObject([{ severity: 5 }])
  })

  test('separates problems that differ only by account and Region', async () => {
    const other = newAccount()
    await partial(
      [
        medium(),
        record({ account: other, id: 'm', title: 'Versioning is off' }),
        record({ account, id: 'm', title: 'Versioning is off', region: 'eu-west-1' }),
      ],
      at(1),
    )
    expect([await findings(), await findings(other)].map(each => each.length)).toEqual([2, 1])
  })

  test('separates ids that only look alike', async () => {
    const ids = ['a', 'A', 'a ', 'a/b', '__proto__', 'constructor', "a'--", 'a\u00e9', 'ae\u0301']
    await partial(
      ids.map(id => record({ account, id, title: id })),
      at(1),
    )
    expect((await findings()).map(({ title }) => title).sort()).toEqual(ids.toSorted())
  })
})

test.each([
  ['S3.1', 'S3.8'],
  ['S3.9', 'S3.10'],
])('checks with names in Security Hub are distinguished by name: %s and %s', async (a, b) => {
  await partial([asff({ account, control: a, id: 'same' }), asff({ account, control: b, id: 'same' })], at(1))
  expect(await findings()).toHaveLength(2)
})

describe('Macie through Security Hub', () => {
  const bucket = { Id: 'arn:aws:s3:::bucket', Type: 'AwsS3Bucket' }
  const object = { Id: 'arn:aws:s3:::bucket/people.csv', Type: 'AwsS3Object' }
  const policy = (type: string, severity = 'LOW') =>
    ofService('macie', {
      account,
      id: `id-${type}`,
      types: [`Software and Configuration Checks/AWS Security Best Practices/Policy:IAMUser-${type}`],
      resources: [bucket],
      severity,
    })
  const sensitive = (id: string, resources = [bucket, object], archived = false, updatedAt = at(1)) =>
    ofService('macie', {
      account,
      id,
      types: ['Sensitive Data Identifications/PII/SensitiveData:S3Object-Personal'],
      resources,
      archived,
      updatedAt,
    })

  test('has a finding for each of its types, even if one is accepted', async () => {
    await partial([policy('S3BucketEncryptionDisabled')], at(1))
    await accept((await onlyFinding()).id)
    await partial([policy('S3BucketPublic', 'CRITICAL')], at(12))
    expect(await findings()).toMatchObject([
      { status: 'new', control: 'Policy:IAMUser/S3BucketPublic' },
      { status: 'accepted' },
    ])
  })

  test.each([
    ['the bucket first', [bucket, object]],
    ['the object first', [object, bucket]],
    ['the object alone', [object]],
  ])('has one finding of an object over job runs: %s', async (_order, resources) => {
    await partial([sensitive('run1')], at(1))
    await partial([sensitive('run2', resources, false, at(2))], at(3))
    const finding = await onlyFinding()
    expect(finding).toMatchObject({ class: 'posture', resourceId: object.Id, status: 'new' })
    await partial([macieNative({ account, id: 'run3', key: 'people.csv' })], at(4))
    expect((await onlyFinding()).id).toBe(finding.id)
    await partial([macieNative({ account, id: 'run4', key: 'others.csv' })], at(5))
    expect(await findings()).toHaveLength(2)
  })

  test('and direct reports are one finding, in any order', async () => {
    await partial([macieNative({ account, id: 'n', key: 'people.csv' })], at(1))
    await partial([sensitive('h')], at(2))
    expect(await onlyFinding()).toMatchObject({ sources: ['macie', 'security-hub'] })
  })
})

describe('Inspector through Security Hub', () => {
  const reach = (port: number, protocol: string, severity = 'MEDIUM') =>
    ofService('inspector', {
      account,
      id: `arn:aws:inspector2:us-east-1:${account}:finding/${port}${protocol}`,
      title: `Port ${port} is reachable from an Internet Gateway - ${protocol}`,
      types: ['Software and Configuration Checks/AWS Security Best Practices/Network Reachability'],
      resources: [{ Id: `arn:aws:ec2:us-east-1:${account}:instance/i-0123456789abcdef0`, Type: 'AwsEc2Instance' }],
      severity,
    })

  test('has a finding for each port and protocol, even if one is accepted', async () => {
    await partial([reach(80, 'TCP')], at(1))
    await accept((await onlyFinding()).id)
    await partial([reach(22, 'TCP', 'CRITICAL'), reach(80, 'UDP', 'HIGH'), reach(80, 'TCP')], at(12))
    expect((await findings()).map(({ severity, status }) => [severity, status])).toEqual([
      [5, 'new'],
      [4, 'new'],
      [3, 'accepted'],
    ])
  })

  test('and direct reports are one finding of a port', async () => {
    await partial([reach(22, 'TCP')], at(1))
    const native = {
      findingArn: `arn:aws:inspector2:us-east-1:${account}:finding/native`,
      awsAccountId: account,
      type: 'NETWORK_REACHABILITY',
      severity: 'MEDIUM',
      status: 'ACTIVE',
      title: 'T',
      resources: [{ id: 'i-0123456789abcdef0', type: 'AWS_EC2_INSTANCE', region: 'us-east-1' }],
      networkReachabilityDetails: { protocol: 'TCP', openPortRange: { begin: 22, end: 22 } },
    }
    await partial([native], at(2))
    expect(await onlyFinding()).toMatchObject({ sources: ['inspector', 'security-hub'] })
  })
})

describe('several things that Prowler reports under the ARN of one user', () => {
  const check = 'iam_inline_policy_allows_privilege_escalation'
  const policy = (name: string, more = {}) => ofUser({ account, check, name, ...more })

  test('are one finding each, whatever else the report contains and in whatever Region it ran', async () => {
    await partial([policy('read-all')], at(1))
    const alone = await onlyFinding()
    await partial([policy('admin'), policy('read-all', { region: 'eu-west-1', id: 'other' }), ...filler()], at(2))
    const both = await findings()
    expect(both).toHaveLength(2)
    expect(both.map(({ id }) => id)).toContain(alone.id)
  })

  test('are not hidden by an accepted one, and passes of one resolve no other', async () => {
    await partial([policy('read-all'), policy('admin')], at(1))
    const [first, second] = await findings()
    if (!first || !second) throw new Error('two findings')
    await accept(first.id)
    await partial([policy('read-all', { status: 'PASS', updatedAt: at(11) })], at(12))
    const after = await findings()
    expect(after.filter(({ status }) => status === 'resolved').length).toBe(1)
    expect(after.filter(({ status }) => status !== 'resolved').length).toBe(1)
  })

  test('are one finding if all tools share a name for the control', async () => {
    const joined = (name: string) =>
      ofUser({ account, check: 'iam_policy_attached_only_to_group_or_roles', name, id: name })
    await partial([joined('p1'), joined('p2')], at(1))
    expect(await findings()).toHaveLength(1)
  })

  test('are not separated by name for other checks', async () => {
    const check = 'iam_user_made_up_check'
    await partial([ofUser({ account, check, name: 'a', id: '1' })], at(1))
    await partial([ofUser({ account, check, name: 'b', id: '2' })], at(2))
    expect(await findings()).toHaveLength(1)
  })
})
