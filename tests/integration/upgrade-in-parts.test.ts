import { afterAll, beforeAll, expect, test } from 'vitest'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { toFindingId } from '../../lib/domain/findings/filter'
import { regroup } from '../../lib/ingest/regroup'
import { assignFindings } from '../../lib/store/findings/triage'
import { addMember } from '../support/people'
import { at, expectTrueCounts, job, newAccount, partial, prowler } from './support-ingest'
import { ofService, ofUser } from './support-records'
import { storeAsBefore } from './support-upgrade'

let owner = ''
beforeAll(async () => {
  owner = (await addMember('member')).id
})
afterAll(closeDatabase)

const ROLES = 120
const regions = ['us-east-1', 'eu-west-1']

/** More findings of global resources than one transaction moves, two of each, and a threat. */
function records(account: string): unknown[] {
  const roles = Array.from({ length: ROLES }, (_, n) => `arn:aws:iam::${account}:role/role-${n}`)
  const posture = roles.flatMap(uid =>
    regions.map(region => ({
      ...prowler({ account, control: 'shield_made_up', region, id: `${region}/${uid}` }),
      resources: [{ uid, type: 'AwsIamRole', region }],
    })),
  )
  const threat = ofService('guardduty', {
    account,
    id: `arn:aws:guardduty:us-east-1:${account}:detector/d/finding/f1`,
    types: ['TTPs/Discovery/Discovery:S3-Made'],
    resources: [{ Id: 'arn:aws:s3:::a', Type: 'AwsS3Bucket' }],
  })
  return [...posture, threat]
}

/** What findings are after all, whatever their order and the time of the upgrade. */
async function ends(account: string) {
  const findings = await prisma().finding.findMany({ where: { accountId: account } })
  const of = findings.map(({ class: kind, region, resourceName, status, ownerId }) =>
    [kind, region, resourceName, status, ownerId ?? ''].join(' '),
  )
  const sightings = await prisma().sighting.count({ where: { accountId: account } })
  const merges = await prisma().findingEvent.count({
    where: { accountId: account, kind: { in: ['merged', 'renamed'] } },
  })
  return { of: of.sort(), sightings, merges }
}

async function asBefore(): Promise<string> {
  const account = newAccount()
  await partial(records(account), at(1))
  await storeAsBefore(account, ({ nativeId }) =>
    nativeId.includes('/arn:') ? { region: nativeId.split('/')[0] ?? '' } : {},
  )
  const old = await prisma().finding.findMany({ where: { accountId: account, resourceName: { endsWith: '7' } } })
  const ids = old.filter(({ region }) => region === 'us-east-1').map(({ id }) => toFindingId(account, id))
  await assignFindings(job, { selection: { ids }, owner })
  expect(await prisma().finding.count({ where: { accountId: account } })).toBe(2 * ROLES + 1)
  return account
}

test('regrouping that is killed ends as if undisturbed', async () => {
  const [calm, killed] = [await asBefore(), await asBefore()]
  // The last of the moves of an account fails, and with it all that stands behind it, as where the process ends.
  await pool().query(`CREATE FUNCTION fail_move() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN IF (SELECT count(*) FROM finding WHERE account_id = '${killed}' AND region = 'global') > 110 THEN RAISE EXCEPTION 'killed'; END IF; RETURN NEW; END $$`)
  await pool().query(
    `CREATE TRIGGER fail_move BEFORE INSERT ON finding FOR EACH ROW WHEN (NEW.account_id = '${killed}') EXECUTE FUNCTION fail_move()`,
  )
  await expect(regroup(job)).rejects.toThrow('killed')
  await pool().query('DROP TRIGGER fail_move ON finding')
  const half = await prisma().finding.count({ where: { accountId: killed, region: 'global' } })
  expect(half).toBeGreaterThan(0)
  expect(half).toBeLessThan(ROLES)
  expect(await prisma().setting.findUnique({ where: { key: 'equivalence' } })).toBeNull()
  await expectTrueCounts()
  await regroup(job)
  const after = await ends(killed)
  expect(after.of).toHaveLength(ROLES + 1)
  expect(after.of.filter(line => line.includes(owner))).toHaveLength(12)
  expect(after).toEqual(await ends(calm))
  await expectTrueCounts()
  for (const account of [calm, killed]) {
    await partial(records(account), at(3))
    expect(await ends(account)).toEqual(after)
  }
})

const policies = (account: string) =>
  ['read-all', 'admin'].map(name => ofUser({ account, check: 'iam_inline_policy_allows_privilege_escalation', name }))
const macie = (account: string) =>
  ['S3BucketPublic', 'S3BucketSharedExternally'].map(type =>
    ofService('macie', {
      account,
      id: `id-${type}`,
      title: type,
      types: [`Software and Configuration Checks/AWS Security Best Practices/Policy:IAMUser-${type}`],
      resources: [{ Id: 'arn:aws:s3:::bucket', Type: 'AwsS3Bucket' }],
    }),
  )

test.each([
  ['inline policies', policies, { region: 'us-east-1' }],
  ['types of Macie', macie, { control: 'aws/macie' }],
] as const)('%s that were one finding leave it one report after the other, in any order', async (_what, of, former) => {
  for (const order of [
    [0, 1],
    [1, 0],
  ]) {
    const account = newAccount()
    const records = of(account)
    for (const [n, record] of records.entries()) await partial([record], at(1, n))
    await storeAsBefore(account, () => former)
    const [mixed, ...none] = await prisma().finding.findMany({ where: { accountId: account } })
    if (!mixed) throw new Error('no finding')
    expect(none).toEqual([])
    await assignFindings(job, { selection: { ids: [toFindingId(account, mixed.id)] }, owner })
    await regroup(job)
    for (const [n, index] of order.entries()) {
      await partial([records[index]], at(5, n))
      const open = await prisma().finding.findMany({ where: { accountId: account, status: 'new' } })
      expect(open, `${order} after ${n + 1}`).toHaveLength(2)
    }
    const sightings = await prisma().sighting.findMany({ where: { accountId: account }, orderBy: { importId: 'asc' } })
    expect(sightings.every(({ present }) => present)).toBe(true)
    expect(sightings).toHaveLength(2)
    const owned = await prisma().finding.findMany({ where: { accountId: account, ownerId: owner, status: 'new' } })
    const [kept] = sightings.filter(({ nativeId }) => /read-all|S3BucketPublic/.test(nativeId))
    expect(owned.map(({ id }) => id)).toEqual([kept?.findingId])
    await expectTrueCounts()
  }
})
