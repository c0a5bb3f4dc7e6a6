import 'server-only'
import type { AccountId } from '../domain/accounts/account-id'
import type { Permission } from '../domain/people/role'
import { type Access, type JobAccess, prove } from './proof'

interface JobOptions {
  /** The address of the request in which Hinomi itself acts. */
  ip?: string | null
}

/**
 * The proof of a background job or command, recorded in the audit log under its name. It has only the permissions that are named, for
 * functions that people call as well.
 */
export function jobAccess(name: string, options?: JobOptions): JobAccess
export function jobAccess<P extends Permission>(
  name: string,
  options: JobOptions & { permissions: readonly P[] },
): JobAccess<P>
export function jobAccess<P extends Permission>(
  name: string,
  { permissions = [], ip = null }: JobOptions & { permissions?: readonly P[] } = {},
): JobAccess<P> {
  const actor = { kind: 'job', id: name, name } as const
  return prove({ actor, accounts: 'all', ip, granted: new Set(permissions) }, permissions) as JobAccess<P>
}

/** The proof of a job for one account alone, for what came from outside. */
export function limitedTo<P extends Permission>(
  { actor, ip, granted }: JobAccess<P>,
  account: AccountId,
  permissions: readonly P[],
): Access<P> {
  return prove({ actor, accounts: [account], ip, granted }, permissions)
}
