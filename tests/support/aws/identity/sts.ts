import type * as Sts from '@aws-sdk/client-sts'
import type { Handlers } from '../services/handler'
import { AwsError } from '../wire/aws-error'
import type { CredentialStore, Principal } from './credentials'
import { mayAssume } from './trust'

const HOUR = 3600
const ROLE = /^arn:aws:iam::(\d{12}):role\/(?:.+\/)?([^/]+)$/

export interface Role {
  trust: Parameters<typeof mayAssume>[0]
  maxSeconds: number
}

/** Finds a role and the organization of an account, wherever they are kept. */
export interface Directory {
  role: (account: string, name: string) => Promise<Role | null>
  organization: (account: string) => Promise<string | null>
}

/** AssumeRole as AWS checks it: moto takes any role and any external id. */
export function stsOf(
  credentials: CredentialStore,
  directory: Directory,
): Handlers<typeof Sts, 'AssumeRole' | 'GetCallerIdentity'> {
  return {
    GetCallerIdentity(_, { principal }) {
      return { Account: principal.account, Arn: principal.arn, UserId: principal.userId }
    },
    async AssumeRole({ RoleArn = '', RoleSessionName = '', ExternalId, DurationSeconds = HOUR }, call) {
      const [, account = '', name = ''] = ROLE.exec(RoleArn) ?? []
      const role = account ? await directory.role(account, name) : null
      const by = call.principal
      const organization = await directory.organization(by.account)
      const facts = { account: by.account, principalArn: roleArnOf(by), sessionArn: by.arn, organization }
      if (!role || !mayAssume(role.trust, { ...facts, externalId: ExternalId ?? null })) throw refusal(by, RoleArn)
      checkDuration(DurationSeconds, role, by)
      const until = new Date(call.now.getTime() + DurationSeconds * 1000)
      const { accessKeyId, secretAccessKey, sessionToken } = credentials.forSession(
        account,
        name,
        RoleSessionName,
        until,
      )
      return {
        Credentials: {
          AccessKeyId: accessKeyId,
          SecretAccessKey: secretAccessKey,
          SessionToken: sessionToken,
          Expiration: until,
        },
        AssumedRoleUser: {
          Arn: `arn:aws:sts::${account}:assumed-role/${name}/${RoleSessionName}`,
          AssumedRoleId: `AROA${name.toUpperCase()}:${RoleSessionName}`,
        },
      }
    },
  }
}

/** AWS does not say whether the role is missing or its trust policy refuses. */
function refusal(by: Principal, role: string): AwsError {
  return new AwsError(
    'AccessDenied',
    `User: ${by.arn} is not authorized to perform: sts:AssumeRole on resource: ${role}`,
    403,
  )
}

function checkDuration(seconds: number, role: Role, by: Principal): void {
  if (seconds > HOUR && by.arn.includes(':assumed-role/')) {
    const message = 'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining'
    throw new AwsError('ValidationError', message)
  }
  if (seconds > role.maxSeconds) {
    const message = 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.'
    throw new AwsError('ValidationError', message)
  }
}

/** The role of a session, which trust policies and aws:PrincipalArn name; else the principal itself. */
function roleArnOf({ account, arn }: Principal): string {
  const [, role] = /:assumed-role\/([^/]+)\//.exec(arn) ?? []
  return role ? `arn:aws:iam::${account}:role/${role}` : arn
}
