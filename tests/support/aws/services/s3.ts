import type * as S3 from '@aws-sdk/client-s3'
import { AwsError } from '../wire/aws-error'
import { Forward, type Handlers, pageOf } from './handler'

const PAGE = 1000

/** Buckets are moto's, which does not say in which Region they are. */
export const s3: Handlers<typeof S3, 'CreateBucket' | 'DeleteBucket' | 'ListBuckets'> = {
  CreateBucket({ Bucket = '' }, { store, account, region: BucketRegion, now }) {
    return new Forward(() => store.put('s3.bucket', { account }, { Name: Bucket, CreationDate: now, BucketRegion }))
  },
  DeleteBucket({ Bucket }, { store, account }) {
    return new Forward(() => store.remove('s3.bucket', { account }, ({ Name }) => Name === Bucket))
  },
  ListBuckets({ ContinuationToken, MaxBuckets = PAGE }, { store, account }) {
    if (MaxBuckets < 1) throw new AwsError('InvalidArgument', 'MaxBuckets must be at least 1.')
    const all = store.list('s3.bucket', { account }).toSorted((a, b) => ((a.Name ?? '') < (b.Name ?? '') ? -1 : 1))
    const { items, next } = pageOf(all, ContinuationToken, MaxBuckets)
    return { Buckets: items, ...(next !== undefined && { ContinuationToken: next }) }
  },
}
