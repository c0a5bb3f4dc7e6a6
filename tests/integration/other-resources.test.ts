import { afterAll, expect, test } from 'vitest'
import { closeDatabase, prisma } from '../../lib/db'
import { toFindingId } from '../../lib/domain/findings/filter'
import { getFinding } from '../../lib/queries/findings/finding'
import { asff, at, ingest, job, newAccount } from './support-ingest'

afterAll(closeDatabase)

test('the other resources of a finding from all sources are shown, each once', async () => {
  const account = newAccount()
  // Only what stands beside a problem: several buckets would be several problems.
  const context = (name: string) => ({ Type: 'AwsAccount', Id: `AWS::::Account:${name}` })
  const record = (control: string, others: string[]) => {
    const one = asff({ account, control, resource: 'main', id: control })
    return { ...one, Resources: [{ Type: 'AwsS3Bucket', Id: 'arn:aws:s3:::main' }, ...others.map(context)] }
  }
  const reports = [record('S3.14', ['logs', 'both']), record('s3_bucket_object_versioning', ['both', 'copies'])]
  await ingest(reports, { observedAt: at(1) })
  const [finding, ...more] = await prisma().finding.findMany({ where: { accountId: account } })
  if (!finding || more.length > 0) throw new Error('one problem is one finding')
  const { otherResources } = await getFinding(job, toFindingId(account, finding.id))
  expect(otherResources.map(({ id }) => id).sort()).toEqual(
    ['both', 'copies', 'logs'].map(name => `AWS::::Account:${name}`),
  )
})
