import type * as Ec2 from '@aws-sdk/client-ec2'
import { type Handlers, pageOf } from './handler'

const PAGE = 100

type Names =
  | 'EnableEbsEncryptionByDefault'
  | 'GetEbsEncryptionByDefault'
  | 'GetInstanceMetadataDefaults'
  | 'GetSnapshotBlockPublicAccessState'
  | 'GetImageBlockPublicAccessState'
  | 'DescribeVerifiedAccessInstances'
  | 'DescribeVerifiedAccessEndpoints'

/** What moto's EC2 does not have. */
export const ec2: Handlers<typeof Ec2, Names> = {
  EnableEbsEncryptionByDefault(_, call) {
    call.store.set('ec2.ebs-encryption', call, true)
    return { EbsEncryptionByDefault: true }
  },
  GetEbsEncryptionByDefault(_, call) {
    return { EbsEncryptionByDefault: call.store.get('ec2.ebs-encryption', call) }
  },
  GetInstanceMetadataDefaults(_, call) {
    const tokens = call.store.get('ec2.http-tokens', call)
    return { AccountLevel: { ...(tokens ? { HttpTokens: tokens } : {}), ManagedBy: 'account' } }
  },
  GetSnapshotBlockPublicAccessState(_, call) {
    return { State: call.store.get('ec2.snapshot-block', call), ManagedBy: 'account' }
  },
  GetImageBlockPublicAccessState(_, call) {
    return { ImageBlockPublicAccessState: call.store.get('ec2.image-block', call), ManagedBy: 'account' }
  },
  DescribeVerifiedAccessInstances({ NextToken, MaxResults = PAGE }, call) {
    const { items, next } = pageOf(call.store.list('ec2.verified-access-instance', call), NextToken, MaxResults)
    return { VerifiedAccessInstances: items, NextToken: next }
  },
  DescribeVerifiedAccessEndpoints({ NextToken, MaxResults = PAGE }, call) {
    const { items, next } = pageOf(call.store.list('ec2.verified-access-endpoint', call), NextToken, MaxResults)
    return { VerifiedAccessEndpoints: items, NextToken: next }
  },
}
