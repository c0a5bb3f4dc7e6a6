import 'server-only'
import type { AccountId } from '../domain/accounts/account-id'
import type { SourceId } from '../domain/imports/outcome'
import type { Permission, Role } from '../domain/people/role'
import type { TeamId } from '../domain/people/team'
import { ForbiddenError } from '../errors'

export interface MemberActor {
  kind: 'member'
  id: string
  name: string
  email: string
  role: Role
  teams: readonly TeamId[]
}
export interface TokenActor {
  kind: 'token'
  id: string
  name: string
  /** The member who owns it; null for one that an earlier version created on the command line. */
  owner?: string | null
  /** The teams whose findings it may change, where its owner may change only those; any where unset. */
  teams?: readonly TeamId[]
}
export interface JobActor {
  kind: 'job'
  id: string
  name: string
}
export type Actor = MemberActor | TokenActor | JobActor

declare const proof: unique symbol

/**
 * Proof that an actor holds permissions, and the accounts that it may touch. Only this folder makes one. A function that
 * takes Access<'a'> accepts Access<'a' | 'b'> and refuses Access<'b'>: forgetting the check does not compile.
 */
export interface Access<P extends Permission = never> {
  readonly actor: Actor
  readonly accounts: 'all' | readonly AccountId[]
  /** Sources whose reports it may send; any where unset. */
  readonly sources?: readonly SourceId[]
  /** Network address the request came from, for the audit log; null for jobs. */
  readonly ip: string | null
  /** The session of a member's request; unset where there is none, such as during a sign-in. */
  readonly session?: string
  readonly granted: ReadonlySet<Permission>
  readonly [proof]: (permission: P) => void
}

declare const job: unique symbol

/**
 * Proof that a background job or a command of the product itself acts, for every account and without a person's permission. A request
 * never has it. `P` are permissions that the job holds beside, for functions that people call as well.
 */
export interface JobAccess<P extends Permission = never> extends Access<P> {
  readonly actor: JobActor
  readonly accounts: 'all'
  readonly [job]: true
}

export interface Grant {
  actor: Actor
  accounts: 'all' | readonly AccountId[]
  sources?: readonly SourceId[]
  ip: string | null
  session?: string
  granted: ReadonlySet<Permission>
}

/** Turns what an actor was granted into the proof of `needed`. Throws ForbiddenError where one is missing. */
export function prove<P extends Permission>(grant: Grant, needed: readonly P[]): Access<P> {
  for (const permission of needed) if (!grant.granted.has(permission)) throw new ForbiddenError()
  return { ...grant } as Access<P>
}

/** Whether the actor also holds a permission that its proof does not name. */
export function holds(access: Access, permission: Permission): boolean {
  return access.granted.has(permission)
}

/** The member who acts. Throws ForbiddenError for tokens and jobs. */
export function requireMemberActor({ actor }: Access): MemberActor {
  if (actor.kind !== 'member') throw new ForbiddenError()
  return actor
}

/** Throws ForbiddenError for an actor who is limited to some accounts: what holds for the whole organisation is not theirs to change. */
export function requireAllAccounts(access: Access): void {
  if (access.accounts !== 'all') throw new ForbiddenError('allAccounts')
}

/** The account filter of a query: null for every account, else the ids for `account_id = ANY($n)`. */
export function accountFilter(access: Access): string[] | null {
  return access.accounts === 'all' ? null : [...access.accounts]
}
