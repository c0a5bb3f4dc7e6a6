import type { AccountId } from '../accounts/account-id'
import type { ApiAuditEntry } from '../api/audit'
import type { ViewOf } from '../api/view'
import type { SourceId } from '../imports/outcome'
import type { SecondFactor } from '../sign-in/second-factor'
import type { Permission, Role } from './role'
import type { TeamId } from './team'

/** Shapes of the settings pages. */

export interface Scope {
  /** Whether only `accounts` may be seen. */
  limited: boolean
  accounts: AccountId[]
}

export interface MemberRow extends Scope {
  id: string
  name: string
  email: string
  role: Role
  teams: TeamId[]
  lastSignInAt: Date | null
  /** Whether a password is set; without one the member signs in by OpenID Connect only. */
  hasPassword: boolean
  /** Whether an account of an OpenID Connect provider is bound to the member. */
  isBound: boolean
  /** Open findings that this member owns. */
  openFindings: number
  /** Second factors that the member has set up. */
  factors: SecondFactor[]
  /** What too many wrong passwords, or codes of the second factor, keep from signing in for now; null where nothing is kept. */
  locked: 'everywhere' | 'networks' | 'codes' | null
  /** Working API tokens that this member created. */
  tokens: { name: string; isCollector: boolean }[]
}

export interface SessionRow {
  id: string
  createdAt: Date
  lastUsedAt: Date
  /** Where it was last used from, as far as it is known. */
  ip: string | null
  /** Browser and system; empty where the user agent names neither. */
  device: string
  /** Whether it is the reader's own of this request. */
  isCurrent: boolean
}

export interface InviteRow extends Scope {
  id: string
  email: string
  role: Role
  teams: TeamId[]
  createdAt: Date
  expiresAt: Date
  /** For one who is a member already: a link to set a new password. */
  isReset: boolean
}

/** Why a request with a token was refused. */
export const refusedReasons = ['expired', 'revoked', 'owner', 'network', 'permission', 'accounts', 'source'] as const
export type RefusedReason = (typeof refusedReasons)[number]

export interface TokenRow extends Scope {
  id: string
  name: string
  prefix: string
  permissions: Permission[]
  /** Sources whose reports it may send; empty: any. */
  sources: SourceId[]
  /** Networks that it may be used from, in CIDR notation; empty: any. */
  networks: string[]
  /** Null for one that nobody owns: an earlier version created it. */
  owner: { name: string; email: string } | null
  createdAt: Date
  expiresAt: Date
  lastUsedAt: Date | null
  /** The last request with it that was refused, and why. */
  refusedAt: Date | null
  refusedReason: RefusedReason | null
  /** Whole days until it ends, from two weeks before on. */
  endsIn: number | null
  state: 'active' | 'expired' | 'revoked'
}

export interface AuditRow extends Omit<ViewOf<typeof ApiAuditEntry>, 'actorKind'> {
  actorKind: string
  /** The address of a member, by which people are told apart. */
  actorEmail: string | null
  /** Of a change of findings, the change that undid it. */
  undoneBy: string | null
}

export interface AuditFilter {
  /** The id of a member or a token. */
  actor: string | null
  action: string | null
}

export interface AccountName {
  id: AccountId
  name: string
}

/** What a team has to do and to look after. */
export interface TeamUse {
  id: TeamId
  /** Open findings. */
  findings: number
  accounts: number
  members: number
}
