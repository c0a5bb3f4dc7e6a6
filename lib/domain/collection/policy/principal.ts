import type { AccountId } from '../../accounts/account-id'
import { type Partition, partitions } from '../connection'

/** The identity that trust policies name: the role or user that Hinomi runs as. */
export interface Principal {
  readonly arn: string
  readonly kind: 'role' | 'user'
  readonly name: string
  readonly partition: Partition
  readonly accountId: AccountId
  /** False for a role of which only a session is known: its ARN leaves out the path of the role. */
  readonly pathKnown: boolean
}

const SESSION = /^arn:([^:]+):sts::(\d{12}):assumed-role\/([^/]+)\/[^/]+$/
const ROLE_OR_USER = /^arn:([^:]+):(?:iam|sts)::(\d{12}):(role|user)\/((?:[^/]+\/)*)([^/]+)$/

/**
 * The principal behind an ARN of GetCallerIdentity. Null for identities that cannot assume a role: the root user and
 * federated users. https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export function principalOf(callerArn: string): Principal | null {
  const [, inSession, sessionAccount = '', role = ''] = SESSION.exec(callerArn) ?? []
  const [, inArn, account = '', kind, path = '', name = ''] = ROLE_OR_USER.exec(callerArn) ?? []
  const partition = partitions.find(each => each === (inSession ?? inArn))
  if (partition === undefined) return null
  if (inSession !== undefined) {
    return { ...named(partition, sessionAccount, 'role', role), pathKnown: false }
  }
  return { ...named(partition, account, kind === 'role' ? 'role' : 'user', name, path), pathKnown: true }
}

function named(partition: Partition, accountId: AccountId, kind: Principal['kind'], name: string, path = '') {
  return { arn: `arn:${partition}:iam::${accountId}:${kind}/${path}${name}`, kind, name, partition, accountId }
}

/** The principal with the path of its role, as GetRole names it. An ARN of another role changes nothing. */
export function withRolePath(caller: Principal, roleArn: string): Principal {
  const role = principalOf(roleArn)
  const isSame = role?.kind === caller.kind && role.name === caller.name && role.accountId === caller.accountId
  return isSame ? role : caller
}
