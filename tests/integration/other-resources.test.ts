import { afterAll, expect, test } from 'vitest'
import { closeDatabase, prisma } from '../../lib/db'
import { toFindingId } from '../../lib/domain/finding-filter'
import { getFinding } from '../../lib/queries/finding'
import { asff, at, ingest, job, newAccount } from './support-ingest'

afterAll(closeDatabase)

test('the resources that any source names beside a finding are shown, each once, and not its own', async () => {
  const account = newAccount()
  const bucket = (name: string) => ({ Type: 'AwsS3Bucket', Id: `arn:aws:s3:::${name}` })
  const record = (control: string, others: string[]) => {
    const one = asff({ account, control, resource: 'main', id: control })
    return { ...one, Resources: [bucket('main'), ...others.map(bucket)] }
  }
  const reports = [record('S3.14', ['logs', 'both']), record('s3_bucket_object_versioning', ['both', 'copies', 'main'])]
  await ingest(reports, { observedAt: at(1) })
  const [finding, ...more] = await prisma().finding.findMany({ where: { accountId: account } })
  if (!finding || more.length > 0) throw new Error('one problem is one finding')
  const { otherResources } = await getFinding(job, toFindingId(account, finding.id))
  expect(otherResources.map(({ id }) => id).sort()).toEqual(
    ['both', 'copies', 'logs'].map(name => `arn:aws:s3:::${name}`),
  )
})
