import { afterAll, beforeAll, expect, test } from 'vitest'
import { setClock } from '../../lib/clock'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { toFindingId } from '../../lib/domain/findings/filter'
import { ownIdOf } from '../../lib/domain/identity/identity'
import { regroup } from '../../lib/ingest/regroup'
import { getFinding } from '../../lib/queries/findings/finding'
import { addComment, assignFindings, setDueAt, setStatus } from '../../lib/store/findings/triage'
import { dropMachineImages } from '../../lib/store/merges/machine-images'
import { unmergeFindings } from '../../lib/store/merges/unmerge'
import { attach } from '../support/files'
import { addMember, adminAccess } from '../support/people'
import { grantTo, people } from './support-exceptions'
import { at, complete, expectTrueCounts, ingest, job, newAccount, partial } from './support-ingest'

const AMI = 'ami-0123456789abcdef0'
const image = `arn:aws:ec2:eu-west-1::image/${AMI}`
const container = (account: string) => `arn:aws:ecr:eu-west-1:${account}:repository/team/shop/sha256:${'a'.repeat(64)}`
const instance = (account: string, id: string) => `arn:aws:ec2:eu-west-1:${account}:instance/${id}`
const inGroup = { tags: { 'aws:autoscaling:groupName': 'shop' }, details: { awsEc2Instance: { imageId: AMI } } }

interface Parts {
  account: string
  resource: string
  packages?: string[]
  cve?: string
  status?: string
  day?: number
  /** The recommended fix is a new machine image. */
  grouped?: boolean
}

/** One native finding of Inspector. Its id follows from CVE, resource and packages. */
function native({ account, resource, packages = ['libone'], cve = 'CVE-2099-0001', status, day, grouped }: Parts) {
  return {
    findingArn: `arn:aws:inspector2:eu-west-1:${account}:finding/${cve}/${resource}/${packages[0]}`,
    awsAccountId: account,
    status: status ?? 'ACTIVE',
    severity: 'HIGH',
    title: cve,
    exploitAvailable: 'YES',
    fixAvailable: 'YES',
    updatedAt: at(day ?? 1).toISOString(),
    resources: [{ id: resource, type: 'AWS_EC2_INSTANCE', region: 'eu-west-1', ...(grouped ? inGroup : {}) }],
    packageVulnerabilityDetails: {
      vulnerabilityId: cve,
      vulnerablePackages: packages.map(name => ({ name, version: '1.0' })),
    },
  }
}

/** The copy in Security Hub, which contains no machine image. */
function copy({ account, resource, packages = ['libone'], cve = 'CVE-2099-0001', status, day }: Parts) {
  return {
    SchemaVersion: '2018-10-08',
    Id: `arn:aws:inspector2:eu-west-1:${account}:finding/${cve}/${resource}/${packages[0]}`,
    ProductArn: 'arn:aws:securityhub:eu-west-1::product/aws/inspector',
    ProductName: 'Inspector',
    GeneratorId: 'AWSInspector',
    AwsAccountId: account,
    Region: 'eu-west-1',
    UpdatedAt: at(day ?? 1).toISOString(),
    Types: ['Software and Configuration Checks/Vulnerabilities/CVE'],
    Severity: { Label: 'HIGH' },
    Title: cve,
    Description: '',
    Resources: [{ Id: resource, Type: 'AwsEc2Instance' }],
    Vulnerabilities: [{ Id: cve, VulnerablePackages: packages.map(Name => ({ Name, Version: '1.0' })) }],
    RecordState: status === 'CLOSED' ? 'ARCHIVED' : 'ACTIVE',
  }
}

let owner = ''
beforeAll(async () => {
  owner = (await addMember('member')).id
})
afterAll(closeDatabase)

const findingsOf = (accountId: string) =>
  prisma().finding.findMany({ where: { accountId }, orderBy: [{ control: 'asc' }, { packageName: 'asc' }] })
const idOf = ({ accountId, id }: { accountId: string; id: string }) => toFindingId(accountId, id)
const one = (finding: { accountId: string; id: string }) => ({ ids: [idOf(finding)] })

async function only(accountId: string) {
  const [finding, ...more] = await findingsOf(accountId)
  if (!finding || more.length > 0) throw new Error(`${more.length + (finding ? 1 : 0)} findings and not one`)
  return finding
}

/** Findings as they were stored before vulnerabilities were grouped: one for each resource, as its source names it, and package. */
async function asBefore(accountId: string): Promise<void> {
  const { rows } = await pool().query(
    `SELECT s.id, s.finding_id, s.control, coalesce(s.resource_id, f.resource_id) AS resource, coalesce(s.package_name, f.package_name) AS package
     FROM sighting s JOIN finding f ON f.account_id = s.account_id AND f.id = s.finding_id WHERE s.account_id = $1`,
    [accountId],
  )
  for (const row of rows) {
    const id = ownIdOf('vulnerability', {
      control: row.control,
      region: '',
      resourceId: row.resource,
      packageName: row.package,
    })
    await pool().query(
      `INSERT INTO finding SELECT n.* FROM finding f, jsonb_populate_record(f, jsonb_build_object('id', $3::text, 'resource_id', $4::text, 'package_name', $5::text)) AS n
       WHERE f.account_id = $1 AND f.id = $2 ON CONFLICT DO NOTHING`,
      [accountId, row.finding_id, id, row.resource, row.package],
    )
    await pool().query(
      'UPDATE sighting SET finding_id = $3, resource_id = NULL, package_name = NULL WHERE account_id = $1 AND id = $2',
      [accountId, row.id, id],
    )
  }
  await pool().query(
    'DELETE FROM finding f WHERE account_id = $1 AND NOT EXISTS (SELECT FROM sighting s WHERE s.account_id = $1 AND s.finding_id = f.id)',
    [accountId],
  )
  await pool().query(`DELETE FROM setting WHERE key = 'equivalence'`)
}

test('a container image is one finding of a CVE, resolved when no package is reported', async () => {
  const account = newAccount()
  const resource = container(account)
  const [some, other] = [
    native({ account, resource, packages: ['libtwo', 'libone'] }),
    native({ account, resource, packages: ['libthree'] }),
  ]
  await complete([some, other], at(1))
  const finding = await only(account)
  expect(finding).toMatchObject({
    resourceId: resource,
    packageName: 'libone 1.0, libthree 1.0, libtwo 1.0',
    status: 'new',
  })
  await ingest([copy({ account, resource, packages: ['libone'] })], { observedAt: at(2) })
  expect(await only(account)).toMatchObject({ id: finding.id, sources: ['inspector', 'security-hub'] })
  const told = await getFinding(job, idOf(finding))
  expect(told.sightings.map(each => each.ownPackage).sort()).toEqual([
    'libone 1.0',
    'libone 1.0',
    'libthree 1.0',
    'libtwo 1.0',
  ])
  expect(told.facts).toMatchObject({ kind: 'vulnerability', exploit: true, fix: 'yes', epss: null })
  await complete([some], at(3))
  expect(await only(account)).toMatchObject({ status: 'new', packageName: 'libone 1.0, libtwo 1.0' })
  await ingest([copy({ account, resource, packages: ['libone'], status: 'CLOSED', day: 4 })], { observedAt: at(4) })
  expect(await only(account)).toMatchObject({ status: 'new', sources: ['inspector'] })
  await partial([{ ...some, status: 'CLOSED', updatedAt: at(5).toISOString() }], at(5))
  expect(await only(account)).toMatchObject({ status: 'resolved', resolvedReason: 'archived' })
  await expectTrueCounts()
})

test('findings of an image, one for each package, become one with the decisions of people', async () => {
  const account = newAccount()
  const report = [native({ account, resource: container(account), packages: ['libone', 'libtwo'] })]
  await ingest(report, { observedAt: at(1) })
  await asBefore(account)
  const [first, second] = await findingsOf(account)
  if (!first || !second) throw new Error('there are to be two')
  await setStatus(job, { selection: one(second), status: 'in_progress' })
  await assignFindings(job, { selection: one(second), owner })
  await addComment(job, { selection: one(second), text: 'rebuilding' })
  await attach(await adminAccess(), 'build.txt', 'rebuilt', { finding: idOf(second) })
  expect(await regroup(job)).toEqual({ merged: 2 })
  const merged = await only(account)
  expect(merged).toMatchObject({ ownerId: owner, status: 'in_progress', packageName: 'libone 1.0, libtwo 1.0' })
  const told = await getFinding(job, idOf(second))
  expect(told.id).toBe(idOf(merged))
  expect(told.merges.map(merge => merge.names)).toEqual(expect.arrayContaining([['libone 1.0'], ['libtwo 1.0']]))
  expect(told.events.map(event => event.kind)).toEqual(expect.arrayContaining(['comment', 'owner', 'merged']))
  expect(told.attachments.map(file => file.name)).toEqual(['build.txt'])
  expect(await regroup(job)).toEqual({ merged: 0 })
  expect(await ingest(report, { observedAt: at(2) })).toMatchObject({ created: 0, resolved: 0 })
  expect(await only(account)).toMatchObject({ id: merged.id, ownerId: owner, status: 'in_progress' })

  await unmergeFindings(job, { id: idOf(merged), merged: second.id })
  const apart = () => findingsOf(account).then(all => all.map(({ id, packageName }) => [id, packageName]))
  expect(await apart()).toEqual([
    [merged.id, 'libone 1.0'],
    [second.id, 'libtwo 1.0'],
  ])
  const filesOf = async (finding: typeof second) => (await getFinding(job, idOf(finding))).attachments.length
  expect([await filesOf(merged), await filesOf(second)]).toEqual([0, 1])
  await partial([{ ...report[0], updatedAt: at(6).toISOString(), title: 'told again' }], at(6))
  await prisma().setting.deleteMany({ where: { key: 'equivalence' } })
  expect(await regroup(job)).toEqual({ merged: 0 })
  expect(await apart()).toHaveLength(2)
  expect((await findingsOf(account)).map(finding => finding.title)).toEqual(['told again', 'told again'])
})

test('an exception goes along with its finding, and comes back with it', async () => {
  const { sreLead, csirtLead } = await people()
  const account = newAccount()
  await ingest([native({ account, resource: container(account), packages: ['libone', 'libtwo'] })], {
    observedAt: at(1),
  })
  await asBefore(account)
  const [, excepted] = await findingsOf(account)
  if (!excepted) throw new Error('there are to be two')
  setClock(() => at(10))
  const exceptionId = await grantTo(sreLead, csirtLead, idOf(excepted), {})
  await regroup(job)
  const merged = await only(account)
  expect(merged).toMatchObject({ status: 'accepted', exceptionId })
  expect((await getFinding(job, idOf(merged))).exceptions).toMatchObject([{ id: exceptionId, state: 'approved' }])
  await unmergeFindings(job, { id: idOf(merged), merged: excepted.id })
  expect(
    (await findingsOf(account)).map(({ packageName, status, exceptionId }) => [packageName, status, exceptionId]),
  ).toEqual([
    ['libone 1.0', 'new', null],
    ['libtwo 1.0', 'accepted', exceptionId],
  ])
  expect((await getFinding(job, idOf(excepted))).exceptions).toMatchObject([{ id: exceptionId }])
})

test('the bare id of an instance becomes its ARN, and the finding is that of the copy', async () => {
  const account = newAccount()
  await ingest([native({ account, resource: 'i-01' })], { observedAt: at(1) })
  await asBefore(account)
  const old = await only(account)
  expect(old.resourceId).toBe('i-01')
  await assignFindings(job, { selection: one(old), owner })
  await regroup(job)
  await ingest([copy({ account, resource: instance(account, 'i-01') })], { observedAt: at(2) })
  expect(await only(account)).toMatchObject({
    resourceId: instance(account, 'i-01'),
    ownerId: owner,
    sources: ['inspector', 'security-hub'],
    packageName: 'libone 1.0',
  })
})

test('instances of one machine image are one finding, resolved when none is left', async () => {
  const account = newAccount()
  const both = ['i-01', 'i-02'].map(resource =>
    native({ account, resource, packages: ['libone', 'libtwo'], grouped: true }),
  )
  await complete(both, at(1))
  const finding = await only(account)
  expect(finding).toMatchObject({ resourceId: image, resourceName: `image/${AMI}` })
  const told = await getFinding(job, idOf(finding))
  expect(new Set(told.sightings.map(each => each.ownResourceId))).toEqual(new Set(['i-01', 'i-02']))
  await complete(both.slice(1), at(2))
  expect(await only(account)).toMatchObject({ status: 'new' })
  await partial([{ ...both[1], status: 'CLOSED', updatedAt: at(3).toISOString() }], at(3))
  expect(await only(account)).toMatchObject({ status: 'resolved' })
})

test('findings of instances are merged into that of their machine image once it is reported, without loss', async () => {
  const account = newAccount()
  const stand = (resource: string) => native({ account, resource })
  await ingest([stand('i-01'), stand('i-02'), stand('i-03')], { observedAt: at(1) })
  const taken = (await findingsOf(account)).find(finding => finding.resourceId.endsWith('i-02'))
  if (!taken) throw new Error('it is not there')
  await assignFindings(job, { selection: one(taken), owner })
  await setStatus(job, { selection: one(taken), status: 'in_progress' })
  await setDueAt(job, { selection: one(taken), dueAt: '2026-08-01' })
  const told = ['i-01', 'i-02'].map(resource => native({ account, resource, grouped: true, day: 2 }))
  await partial(told, at(2))
  const [joined, alone, ...more] = (await findingsOf(account)).sort((a, b) => (a.resourceId < b.resourceId ? 1 : -1))
  if (!joined || !alone || more.length > 0) throw new Error('there are to be two')
  const [group, left] = joined.resourceId === image ? [joined, alone] : [alone, joined]
  expect(left.resourceId).toBe(instance(account, 'i-03'))
  expect(group).toMatchObject({
    resourceId: image,
    ownerId: owner,
    status: 'in_progress',
    dueBy: 'hand',
    reopenedCount: 0,
  })
  const view = await getFinding(job, idOf(taken))
  expect(view.id).toBe(idOf(group))
  expect(view.merges.flatMap(merge => merge.names).sort()).toEqual(['i-01 libone 1.0', 'i-02 libone 1.0'])
  await unmergeFindings(job, { id: idOf(group), merged: taken.id })
  await partial(
    told.map(record => ({ ...record, updatedAt: at(4).toISOString() })),
    at(4),
  )
  const after = await findingsOf(account)
  expect(after.map(({ resourceId, ownerId, status, dueBy }) => [resourceId, ownerId, status, dueBy]).sort()).toEqual([
    [instance(account, 'i-02'), owner, 'in_progress', 'hand'],
    [instance(account, 'i-03'), null, 'new', 'policy'],
    [image, null, 'new', 'policy'],
  ])
  await expectTrueCounts()
})

test('a copy without the machine image is a sighting of the same finding, in any order', async () => {
  const account = newAccount()
  const [early, late] = ['i-01', 'i-02'].map(id => copy({ account, resource: instance(account, id) }))
  await complete([early], at(1))
  const before = await only(account)
  expect(before.resourceId).toBe(instance(account, 'i-01'))
  await prisma().policyWork.deleteMany({ where: { accountId: account } })
  await ingest(
    ['i-01', 'i-02'].map(resource => native({ account, resource, grouped: true })),
    { observedAt: at(2) },
  )
  // What stands elsewhere goes by the rules for where it stands.
  expect(await prisma().policyWork.findMany({ where: { accountId: account } })).toMatchObject([
    { policy: 'due-policy' },
    { policy: 'routing' },
  ])
  expect(await only(account)).toMatchObject({ resourceId: image, sources: ['inspector', 'security-hub'] })
  await complete([early, late], at(3))
  const finding = await only(account)
  expect(finding).toMatchObject({ resourceId: image, status: 'new' })
  expect((await getFinding(job, idOf(finding))).sightings).toHaveLength(4)
})

test('stored hashes of a copy’s records do not decide their finding once the machine image is reported', async () => {
  const account = newAccount()
  // The first records of a report are read in any case.
  const others = Array.from({ length: 150 }, (_, i) => copy({ account, resource: 'shop', cve: `CVE-2099-1${i}` }))
  const report = [...others, copy({ account, resource: instance(account, 'i-01') })]
  await complete(report, at(1))
  await ingest([native({ account, resource: 'i-01', grouped: true })], { observedAt: at(2) })
  await complete(report, at(3))
  const finding = (await findingsOf(account)).find(each => each.resourceId === image)
  if (!finding) throw new Error('it is not there')
  await setStatus(job, { selection: one(finding), status: 'resolved' })
  await complete(report, at(4))
  expect((await findingsOf(account)).find(each => each.resourceId === image)).toMatchObject({
    id: finding.id,
    status: 'new',
    reopenedCount: 1,
    sources: ['inspector', 'security-hub'],
  })
})

test('data of instances is removed when they are no longer reported', async () => {
  const account = newAccount()
  await ingest([native({ account, resource: 'i-0a', grouped: true })], { observedAt: at(1) })
  const known = () => prisma().machineImage.count({ where: { accountId: account } })
  await dropMachineImages(job)
  expect(await known()).toBe(1)
  await prisma().sighting.deleteMany({ where: { accountId: account } })
  await dropMachineImages(job)
  expect(await known()).toBe(0)
})
