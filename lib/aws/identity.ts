import 'server-only'
import { type Principal, principalOf, withRolePath } from '../domain/collection/policy/principal'
import type { CellCalls } from './collect/collector'
import { AwsFailure } from './failure'

/** The principal whose credentials Hinomi has. */
export interface Identity {
  readonly account: string
  readonly arn: string
  /** The principal that trust policies name; null for the root user and federated users, who cannot assume roles. */
  readonly principal: Principal | null
}

/** The identity behind the credentials of the process. */
export async function getIdentity(calls: CellCalls): Promise<Identity> {
  const { Account: account = '', Arn: arn = '' } = await calls.call('sts:GetCallerIdentity', {})
  const principal = principalOf(arn)
  return { account, arn, principal: principal && (await pathOf(calls, principal)) }
}

/**
 * A session's ARN leaves out the path of its role, without which a trust policy names another role. GetRole is
 * optional.
 */
async function pathOf(calls: CellCalls, principal: Principal): Promise<Principal> {
  if (principal.pathKnown) return principal
  try {
    const { Role } = await calls.call('iam:GetRole', { RoleName: principal.name })
    return withRolePath(principal, Role?.Arn ?? '')
  } catch (error) {
    if (error instanceof AwsFailure && (error.state === 'denied' || error.reason === 'request')) return principal
    throw error
  }
}
