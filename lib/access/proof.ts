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
  /** The member who owns the token; null for one that an earlier version created on the command line. */
  owner?: string | null
  /** The teams whose findings it may change, where its owner may change only those; unset for any. */
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
 * Proof that an actor has permissions, and the accounts that it may access. Only this folder creates one. A function that takes
 * Access<'a'> accepts Access<'a' | 'b'> and refuses Access<'b'>: a missing check does not compile.
 */
export interface Access<P extends Permission = never> {
  readonly actor: Actor
  readonly accounts: 'all' | readonly AccountId[]
  /** Sources whose reports it may send; unset for any. */
  readonly sources?: readonly SourceId[]
  /** Network address the request came from, for the audit log; null for jobs. */
  readonly ip: string | null
  /** The session of a member's request; unset without one, such as during a sign-in. */
  readonly session?: string
  readonly granted: ReadonlySet<Permission>
  readonly [proof]: (permission: P) => void
}

declare const job: unique symbol

/**
 * Proof that a background job or a command of Hinomi itself acts, for every account and without a person's permission. A request never
 * has it. `P` are additional permissions, for functions that people call as well.
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

/** The proof that a grant includes the permissions `needed`. Throws ForbiddenError where one is missing. */
export function prove<P extends Permission>(grant: Grant, needed: readonly P[]): Access<P> {
  for (const permission of needed) if (!grant.granted.has(permission)) throw new ForbiddenError()
  return { ...grant } as Access<P>
}

/** Whether the actor also has a permission that its proof does not state. */
export function holds(access: Access, permission: Permission): boolean {
  return access.granted.has(permission)
}

/** The acting member. Throws ForbiddenError for tokens and jobs. */
export function requireMemberActor({ actor }: Access): MemberActor {
  if (actor.kind !== 'member') throw new ForbiddenError()
  return actor
}

/** Throws ForbiddenError for a token without an owner, where a person has to answer for what is done: who holds it is not known. */
export function requireResponsible({ actor }: Access): void {
  if (actor.kind === 'token' && !actor.owner) throw new ForbiddenError('exceptionOwner')
}

/** Throws ForbiddenError for an actor limited to some accounts, who may not change settings of the whole organisation. */
export function requireAllAccounts(access: Access): void {
  if (access.accounts !== 'all') throw new ForbiddenError('allAccounts')
}

/** The account filter of a query: null for every account, else the ids for `account_id = ANY($n)`. */
export function accountFilter(access: Access): string[] | null {
  return access.accounts === 'all' ? null : [...access.accounts]
}
