import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { setClock } from '../../lib/clock'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { toFindingId } from '../../lib/domain/findings/filter'
import { regroup } from '../../lib/ingest/regroup'
import { getFinding } from '../../lib/queries/findings/finding'
import { addComment, assignFindings, setDueAt } from '../../lib/store/findings/triage'
import { addMember } from '../support/people'
import { grantTo, people, type Who } from './support-exceptions'
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
import { custom, ofService, ofUser } from './support-records'
import { type Former, storeAsBefore } from './support-upgrade'

let account = ''
let owner = ''
let who: { member: Who; sreLead: Who }
beforeAll(async () => {
  owner = (await addMember('member')).id
  who = await people()
  await allowClosings()
})
beforeEach(() => {
  account = newAccount()
})
afterAll(closeDatabase)

type Finding = { accountId: string; id: string }
const findings = () =>
  prisma().finding.findMany({ where: { accountId: account }, orderBy: [{ firstSeenAt: 'asc' }, { id: 'asc' }] })
const open = async () => (await findings()).filter(({ status }) => status !== 'resolved')
const keyOf = ({ accountId, id }: Finding) => toFindingId(accountId, id)

/** Gives a finding an owner, a due date by hand, a comment and an exception. */
async function decide(finding: Finding, { excepted = true } = {}): Promise<void> {
  setClock(() => at(10))
  const selection = { ids: [keyOf(finding)] }
  await assignFindings(job, { selection, owner })
  await setDueAt(job, { selection, dueAt: '2026-08-01' })
  await addComment(job, { selection, text: 'Known since spring' })
  if (excepted) await grantTo(who.member, who.sreLead, keyOf(finding), {})
}

/** That the finding has everything that decide() gave it. */
async function expectDecided(finding: Finding | undefined, { excepted = true } = {}): Promise<void> {
  if (!finding) throw new Error('no finding')
  expect(finding).toMatchObject({ ownerId: owner, dueBy: 'hand', status: excepted ? 'accepted' : 'new' })
  const { events } = await getFinding(job, keyOf(finding))
  expect(events.map(event => event.kind)).toEqual(expect.arrayContaining(['owner', 'due', 'comment']))
  if (!excepted) return
  const exception = await prisma().exception.findFirst({ where: { accountId: account, findingId: finding.id } })
  expect(exception).toMatchObject({ state: 'approved' })
}

/** Everything of the account that regrouping may write. */
async function rows(): Promise<unknown> {
  const tables = ['finding', 'sighting', 'finding_event', 'finding_merge', 'exception']
  const all = []
  for (const table of tables)
    all.push((await pool().query(`SELECT * FROM ${table} WHERE account_id = $1 ORDER BY 1, 2, 3`, [account])).rows)
  return all
}

/** Regroups as after an upgrade, which may be killed in between and run again. */
async function upgrade(): Promise<void> {
  await regroup(job)
  const once = await rows()
  await pool().query(`DELETE FROM setting WHERE key = 'equivalence'`)
  expect(await regroup(job)).toEqual({ merged: 0 })
  expect(await rows()).toEqual(once)
  await expectTrueCounts()
}

const reports = [
  ['partial', partial],
  ['complete', complete],
] as const

describe.each(reports)('after an upgrade and a %s report', (_how, report) => {
  /** Imports records one after the other, stores them as an earlier version did, and decides about the first finding. */
  async function stored(records: unknown[], former?: Parameters<typeof storeAsBefore>[1], options = {}) {
    for (const [n, record] of records.entries()) await partial([record], at(1, n))
    await storeAsBefore(account, former)
    const [first, ...more] = await findings()
    if (!first) throw new Error('no finding')
    await decide(first, options)
    return [first, ...more]
  }

  test('problems that a tool without checks had in one finding are findings of their own', async () => {
    const records = [
      custom({ account, id: 'm', title: 'Versioning is off' }),
      custom({ account, id: 'c', title: 'The bucket is public', severity: 'CRITICAL' }),
      custom({ account, id: 'l', title: 'No access log', severity: 'LOW' }),
    ]
    expect(await stored(records)).toHaveLength(1)
    await upgrade()
    await report(records.toReversed(), at(12))
    const after = await findings()
    expect(after).toHaveLength(3)
    await expectDecided(after.find(({ title }) => title === 'Versioning is off'))
    expect(after.find(({ severity }) => severity === 5)).toMatchObject({
      status: 'new',
      ownerId: null,
      exceptionId: null,
    })
    await expectTrueCounts()
    await report(records, at(13))
    expect((await findings()).map(({ id, status }) => [id, status])).toEqual(
      after.map(({ id, status }) => [id, status]),
    )
  })

  test('one of them keeps the finding if all have new ids', async () => {
    const records = (run: string) => [
      custom({ account, id: `m${run}`, title: 'Versioning is off' }),
      custom({ account, id: `c${run}`, title: 'The bucket is public', severity: 'CRITICAL' }),
    ]
    await stored(records('1'), undefined, { excepted: false })
    await upgrade()
    await report(records('2'), at(12))
    const after = await open()
    expect(after).toHaveLength(2)
    const decided = after.filter(({ ownerId }) => ownerId === owner)
    expect(decided).toHaveLength(1)
    await expectDecided(decided[0], { excepted: false })
  })

  const role = () => `arn:aws:iam::${account}:role/admin`
  test.each<[string, () => unknown[]]>([
    [
      'a global resource of a check that no table knows',
      () =>
        ['us-east-1', 'eu-west-1'].map(region => ({
          ...prowler({ account, control: 'shield_made_up', region, id: region }),
          resources: [{ uid: role(), type: 'AwsIamRole', region }],
        })),
    ],
    [
      'a placeholder that carries a Region',
      () =>
        ['us-east-1', 'eu-west-1'].map(region => ({
          ...prowler({ account, control: 'iam_made_up', region, id: region }),
          resources: [{ uid: `arn:aws:iam:${region}:${account}:made-up`, type: 'AwsIamPolicy', region }],
        })),
    ],
  ])('%s is one finding over all Regions, with its decisions', async (_what, records) => {
    const regionOf = (nativeId: string): Former => ({
      region: nativeId,
      ...(_what.startsWith('a placeholder') && { resourceId: `arn:aws:iam:${nativeId}:${account}:made-up` }),
    })
    expect(await stored(records(), ({ nativeId }) => regionOf(nativeId))).toHaveLength(2)
    await upgrade()
    await report(records(), at(12))
    const [after, ...more] = await findings()
    expect(more).toEqual([])
    expect(after).toMatchObject({ region: 'global' })
    await expectDecided(after)
  })

  test('a vulnerability does not change', async () => {
    const instance = { Id: `arn:aws:ec2:us-east-1:${account}:instance/i-1`, Type: 'AwsEc2Instance' }
    const record = {
      ...ofService('inspector', { account, id: 'v', resources: [instance] }),
      Vulnerabilities: [{ Id: 'CVE-2026-0001', VulnerablePackages: [{ Name: 'openssl', Version: '3' }] }],
    }
    const [first] = await stored([record])
    await upgrade()
    await report([record], at(12))
    const after = await findings()
    expect(after.map(({ id }) => id)).toEqual([first?.id])
    await expectDecided(after[0])
  })

  test('a threat whose record named several resources in turn is one finding with one statement', async () => {
    const resources = ['a', 'b', 'c'].map(Id => ({ Id: `arn:aws:s3:::${Id}`, Type: 'AwsS3Bucket' }))
    const record = (n: number, archived = false, updatedAt = at(1 + n)) =>
      ofService('guardduty', {
        account,
        id: `arn:aws:guardduty:us-east-1:${account}:detector/d/finding/f1`,
        types: ['TTPs/Discovery/Discovery:S3-Made'],
        resources: [...resources.slice(n), ...resources.slice(0, n)],
        archived,
        updatedAt,
      })
    await partial([record(0)], at(1))
    await storeAsBefore(account)
    const [first, ...none] = await findings()
    if (!first) throw new Error('no finding')
    expect(none).toEqual([])
    // An earlier version added a statement per first resource.
    await pool().query(
      `INSERT INTO sighting SELECT n.* FROM sighting s, unnest(ARRAY['b', 'c']) AS r, jsonb_populate_record(s, jsonb_build_object(
         'id', gen_random_uuid(), 'resource_id', 'arn:aws:s3:::' || r, 'observed_at', s.observed_at + interval '1 hour')) n WHERE s.account_id = $1`,
      [account],
    )
    await decide(first, { excepted: false })
    await upgrade()
    expect(await prisma().sighting.count({ where: { accountId: account } })).toBe(1)
    await report([record(2)], at(12))
    const [after, ...more] = await findings()
    expect(more).toEqual([])
    await expectDecided(after, { excepted: false })
    await report([record(1, true, at(12))], at(13))
    expect(await findings()).toMatchObject([{ status: 'resolved', ownerId: owner }])
  })

  test('sensitive data that Security Hub had for a threat of the bucket is a finding of the object', async () => {
    const record = ofService('macie', {
      account,
      id: 'run1',
      types: ['Sensitive Data Identifications/PII/SensitiveData:S3Object-Personal'],
      resources: [
        { Id: 'arn:aws:s3:::bucket', Type: 'AwsS3Bucket' },
        { Id: 'arn:aws:s3:::bucket/people.csv', Type: 'AwsS3Object' },
      ],
    })
    const former: Former = {
      class: 'threat',
      control: 'SensitiveData:S3Object-Personal',
      resourceId: 'arn:aws:s3:::bucket',
    }
    expect(await stored([record], () => former)).toMatchObject([{ class: 'threat' }])
    await upgrade()
    await report([record], at(12))
    const [after, ...more] = await findings()
    expect(more).toEqual([])
    expect(after).toMatchObject({ class: 'posture', resourceId: 'arn:aws:s3:::bucket/people.csv' })
    await expectDecided(after)
  })

  test.each([
    ['as before', ['S3BucketPublic', 'S3BucketSharedExternally']],
    ['the other way round', ['S3BucketSharedExternally', 'S3BucketPublic']],
  ])('policy findings of Macie that were one are one per type, %s', async (_order, types) => {
    const records = types.map(type =>
      ofService('macie', {
        account,
        id: `id-${type}`,
        title: type,
        types: [`Software and Configuration Checks/AWS Security Best Practices/Policy:IAMUser-${type}`],
        resources: [{ Id: 'arn:aws:s3:::bucket', Type: 'AwsS3Bucket' }],
      }),
    )
    expect(await stored(records, () => ({ control: 'aws/macie' }), { excepted: false })).toHaveLength(1)
    await upgrade()
    await report(records, at(12))
    const after = await open()
    expect(after).toHaveLength(2)
    await expectDecided(
      after.find(({ title }) => title === types[0]),
      { excepted: false },
    )
    expect(after.find(({ title }) => title === types[1])).toMatchObject({ ownerId: null, status: 'new' })
  })

  test('inline policies of a user that were one finding are one each', async () => {
    const check = 'iam_inline_policy_allows_privilege_escalation'
    const records = ['read-all', 'admin'].map(name => ofUser({ account, check, name }))
    expect(await stored(records, () => ({ region: 'us-east-1' }), { excepted: false })).toHaveLength(1)
    await upgrade()
    await report(records, at(12))
    const after = await open()
    expect(after.map(({ packageName }) => packageName).sort()).toEqual(['admin', 'read-all'])
    await expectDecided(
      after.find(({ packageName }) => packageName === 'read-all'),
      { excepted: false },
    )
  })

  test('a bucket stored in the Region of the hub is the same finding in its own', async () => {
    const bucket = { Type: 'AwsS3Bucket', Id: 'arn:aws:s3:::bucket', Region: 'eu-west-1' }
    const record = { ...asff({ account, control: 'S3.9' }), Resources: [bucket] }
    await stored([record], () => ({ region: 'us-east-1' }))
    await upgrade()
    await report([record], at(12))
    const [after, ...more] = await open()
    expect(more).toEqual([])
    expect(after).toMatchObject({ region: 'eu-west-1' })
    await expectDecided(after)
  })
})
