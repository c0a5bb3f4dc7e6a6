import type * as Iam from '@aws-sdk/client-iam'
import { FORWARD, type Handlers } from './handler'

type Names =
  | 'GenerateCredentialReport'
  | 'GetAccessKeyLastUsed'
  | 'GetCredentialReport'
  | 'ListAccessKeys'
  | 'ListOrganizationsFeatures'

/** IAM is moto's, but for the age and the use of keys that tests put in. */
export const iam: Handlers<typeof Iam, Names> = {
  GenerateCredentialReport(_, { store, account }) {
    return store.get('iam.credential-report', { account }) === null ? FORWARD : { State: 'COMPLETE' }
  },
  GetAccessKeyLastUsed({ AccessKeyId }, { store, account }) {
    const key = store.list('iam.access-key', { account }).find(one => one.AccessKeyId === AccessKeyId)
    if (!key) return FORWARD
    // AWS answers so for a key that was never used.
    const never = { ServiceName: 'N/A', Region: 'N/A', LastUsedDate: undefined }
    return { UserName: key.UserName, AccessKeyLastUsed: key.lastUsed ?? never }
  },
  GetCredentialReport(_, { store, account, now }) {
    const text = store.get('iam.credential-report', { account })
    if (text === null) return FORWARD
    return { Content: Buffer.from(text), ReportFormat: 'text/csv', GeneratedTime: now }
  },
  ListAccessKeys({ UserName }, { store, account }) {
    const keys = store.list('iam.access-key', { account }).filter(key => key.UserName === UserName)
    if (keys.length === 0) return FORWARD
    return { AccessKeyMetadata: keys.map(({ lastUsed, ...key }) => key), IsTruncated: false }
  },
  ListOrganizationsFeatures(_, { store, account }) {
    return { EnabledFeatures: [...store.get('iam.organizations-features', { account })] }
  },
}
