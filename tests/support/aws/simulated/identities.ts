import type * as Iam from '@aws-sdk/client-iam'
import type { Handlers } from '../services/handler'
import type { Registry } from '../services/registry'

const USERS = 10
const ROLES = 20
const SINCE = new Date('2025-01-10T00:00:00Z')
const COLUMNS =
  'user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated'

type Names =
  | 'GenerateCredentialReport'
  | 'GetCredentialReport'
  | 'GetAccountAuthorizationDetails'
  | 'GetAccountSummary'
  | 'GetAccessKeyLastUsed'
  | 'ListAccessKeys'
  | 'ListUsers'

/** IAM with users that have keys, and roles of services. */
export function simulatedIdentities(): Registry {
  const iam: Handlers<typeof Iam, Names> = {
    GenerateCredentialReport() {
      return { State: 'COMPLETE' }
    },
    GetCredentialReport(_, { account, now }) {
      const lines = [COLUMNS, rootLine(account), ...usersOf(account).map(userLine)]
      return { Content: Buffer.from(lines.join('\n')), ReportFormat: 'text/csv', GeneratedTime: now }
    },
    GetAccountAuthorizationDetails(_, { account }) {
      return {
        UserDetailList: usersOf(account),
        GroupDetailList: [],
        RoleDetailList: rolesOf(account),
        Policies: [],
        IsTruncated: false,
      }
    },
    GetAccountSummary() {
      return { SummaryMap: { Users: USERS, Roles: ROLES, AccountMFAEnabled: 1, AccountAccessKeysPresent: 0 } }
    },
    GetAccessKeyLastUsed({ AccessKeyId }) {
      return {
        UserName: `user-${String(AccessKeyId).slice(-2)}`,
        AccessKeyLastUsed: { LastUsedDate: new Date('2026-11-20T00:00:00Z'), ServiceName: 's3', Region: 'us-east-1' },
      }
    },
    ListAccessKeys({ UserName = '' }, { account }) {
      const AccessKeyId = `AKIA${account.slice(-10)}${UserName.slice(-2).replace('-', '0')}`
      return { AccessKeyMetadata: [{ UserName, AccessKeyId, Status: 'Active', CreateDate: SINCE }], IsTruncated: false }
    },
    ListUsers(_, { account }) {
      return { Users: usersOf(account), IsTruncated: false }
    },
  }
  return { iam }
}

function usersOf(account: string) {
  return Array.from({ length: USERS }, (_, n) => ({
    UserName: `user-${n}`,
    UserId: `AIDA${account}${n}`,
    Arn: `arn:aws:iam::${account}:user/user-${n}`,
    Path: '/',
    CreateDate: SINCE,
  }))
}

function rolesOf(account: string) {
  const statement = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }
  const AssumeRolePolicyDocument = encodeURIComponent(JSON.stringify({ Version: '2012-10-17', Statement: [statement] }))
  return Array.from({ length: ROLES }, (_, n) => ({
    RoleName: `service-${n}`,
    RoleId: `AROA${account}${n}`,
    Arn: `arn:aws:iam::${account}:role/service-${n}`,
    Path: '/',
    CreateDate: SINCE,
    AssumeRolePolicyDocument,
  }))
}

const AT = '2025-01-10T00:00:00+00:00'
const NO_KEY = 'false,N/A,N/A,N/A,N/A'

function rootLine(account: string): string {
  return `<root_account>,arn:aws:iam::${account}:root,${AT},not_supported,${AT},not_supported,not_supported,true,${NO_KEY},${NO_KEY},false,N/A,false,N/A`
}

function userLine({ UserName, Arn }: { UserName: string; Arn: string }): string {
  const key = `true,${AT},2026-11-20T00:00:00+00:00,us-east-1,s3`
  return `${UserName},${Arn},${AT},false,N/A,N/A,N/A,false,${key},${NO_KEY},false,N/A,false,N/A`
}
