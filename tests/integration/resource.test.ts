import { afterAll, beforeAll, expect, test } from 'vitest'
import { closeDatabase, prisma } from '../../lib/db'
import { FindingFilter, splitFindingId } from '../../lib/domain/findings/filter'
import { ApiResource } from '../../lib/domain/resources/resource-view'
import { listFindings } from '../../lib/queries/findings/list'
import { getResource } from '../../lib/queries/resources/resource'
import { accessOf, addMember } from '../support/people'
import { asff, at, ingest, job, newAccount } from './support-ingest'

const account = newAccount()
const other = newAccount()
const bucket = 'arn:aws:s3:::payroll-2026'
afterAll(closeDatabase)

function of(control: string, more: Record<string, unknown> = {}, tags?: Record<string, string>) {
  const record = asff({ account, control, resource: 'payroll-2026', ...more })
  return { ...record, Resources: [{ Type: 'AwsS3Bucket', Id: bucket, ...(tags ? { Tags: tags } : {}) }] }
}

beforeAll(async () => {
  await ingest(
    [
      of('S3.5', { severity: 'LOW' }),
      of('S3.9', { severity: 'MEDIUM' }),
      of('S3.2', { severity: 'CRITICAL' }, { Owner: 'billing team', Stage: 'production' }),
    ],
    {
      observedAt: at(2),
    },
  )
  await ingest([of('S3.9', { status: 'PASSED', updatedAt: at(3) })], { observedAt: at(3) })
  await ingest([asff({ account: other, control: 'S3.5', resource: 'other-bucket' })], { observedAt: at(2) })
  const hostile = ['a&region=x#', '../../settings', "'; DROP TABLE finding --", '漏えい %00 バケット']
  await ingest(
    hostile.map((id, n) => ({
      ...asff({ account: other, control: 'S3.5', id: `h${n}` }),
      Resources: [{ Type: 'Other', Id: id }],
    })),
    { observedAt: at(2) },
  )
})

const query = (resource: string, region: string | null = null) => ({ resource, region })

test('a resource has its facts, and its findings of every status, open ones first, then the worst', async () => {
  const owner = await addMember('member')
  const found = await getResource(job, account, query(bucket))
  expect(found.findings.map(row => [row.control, row.status])).toEqual([
    ['S3.2', 'new'],
    ['S3.5', 'new'],
    ['S3.9', 'resolved'],
  ])
  expect(found).toMatchObject({
    accountId: account,
    resourceType: 'AwsS3Bucket',
    regions: ['us-east-1'],
    consoleUrl: 'https://console.aws.amazon.com/s3/buckets/payroll-2026',
    tags: { source: 'security-hub', values: { Owner: 'billing team', Stage: 'production' } },
    ownerTag: { key: 'Owner', value: 'billing team' },
    owners: [],
    exposure: { public: 'yes', by: [found.findings[0]?.id] },
    open: 2,
    total: 3,
  })
  const { accountId, uuid } = splitFindingId(found.findings[1]?.id ?? '')
  await prisma().finding.update({ where: { accountId_id: { accountId, id: uuid } }, data: { ownerId: owner.id } })
  expect((await getResource(job, account, query(bucket))).owners).toMatchObject([
    { owner: { id: owner.id }, findings: 1 },
  ])
})

test('the filter by resource counts what it lists', async () => {
  const page = await listFindings(job, FindingFilter.parse({ resource: [bucket] }), { cursor: null, limit: 10 })
  expect([page.total, page.rows.length, page.exact]).toEqual([2, 2, true])
})

test.each([
  ['of another account', account, 'arn:aws:s3:::other-bucket'],
  ['in another account', other, bucket],
  ['nobody reported', account, 'arn:aws:s3:::nothing'],
  ['with NUL', account, `${bucket}\u0000`],
])('a resource %s is not found', async (_name, id, resource) => {
  await expect(getResource(job, id, query(resource))).rejects.toMatchObject({ code: 'not_found' })
})

test('a resource outside the reader’s accounts is not found', async () => {
  const limited = accessOf(await addMember('member', { accounts: [account], limited: true }), 'member')
  expect((await getResource(limited, account, query(bucket))).total).toBe(3)
  await expect(getResource(limited, other, query('arn:aws:s3:::other-bucket'))).rejects.toMatchObject({
    code: 'not_found',
  })
})

test('hostile ids are only ids', async () => {
  const { rows } = await listFindings(job, FindingFilter.parse({ account: [other], resourceType: ['Other'] }), {
    cursor: null,
    limit: 10,
  })
  expect(rows.length).toBe(4)
  for (const { resourceId, region } of rows) {
    const found = await getResource(job, other, query(resourceId, region))
    expect([found.total, found.consoleUrl]).toEqual([1, null])
    await expect(getResource(job, other, query(resourceId, 'eu-north-1'))).rejects.toMatchObject({ code: 'not_found' })
  }
})

test('the answer of the API fits its schema', async () => {
  const found = await getResource(job, account, query(bucket))
  expect(ApiResource.safeParse(JSON.parse(JSON.stringify(found))).error).toBeUndefined()
})
