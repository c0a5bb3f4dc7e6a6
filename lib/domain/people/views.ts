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
  /** The step that too many wrong passwords or codes lock for now; null if none is locked. */
  locked: 'everywhere' | 'networks' | 'codes' | null
  /** Working API tokens that this member created. */
  tokens: { name: string; isCollector: boolean }[]
}

export interface SessionRow {
  id: string
  createdAt: Date
  lastUsedAt: Date
  /** The address of its last use, if known. */
  ip: string | null
  /** Browser and system; empty if the user agent names neither. */
  device: string
  /** Whether it is the session of this request. */
  isCurrent: boolean
}

export interface InviteRow extends Scope {
  id: string
  email: string
  role: Role
  teams: TeamId[]
  createdAt: Date
  expiresAt: Date
  /** Whether it is a link for an existing member to set a new password. */
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
  /** Sources whose reports it may send; empty for all. */
  sources: SourceId[]
  /** Networks from which it may be used, in CIDR notation; empty for all. */
  networks: string[]
  /** Null without an owner: an earlier version created it. */
  owner: { name: string; email: string } | null
  createdAt: Date
  expiresAt: Date
  lastUsedAt: Date | null
  /** Its last refused request, and the reason. */
  refusedAt: Date | null
  refusedReason: RefusedReason | null
  /** Whole days until it ends, within the last two weeks. */
  endsIn: number | null
  state: 'active' | 'expired' | 'revoked'
}

export interface AuditRow extends Omit<ViewOf<typeof ApiAuditEntry>, 'actorKind'> {
  actorKind: string
  /** The e-mail address of a member, which distinguishes equal names. */
  actorEmail: string | null
  /** The change that undid this change of findings. */
  undoneBy: string | null
  /** The finding that was changed, if the reader may see it. */
  finding: { control: string; title: string; account: string } | null
}

export interface AuditFilter {
  /** The id of a member or a token. */
  actor: string | null
  action: string | null
  /** From this day of the organization's calendar on, and to this one. */
  from?: string | null
  to?: string | null
}

export interface AccountName {
  id: AccountId
  name: string
}

/** The work and the accounts of a team. */
export interface TeamUse {
  id: TeamId
  /** Open findings. */
  findings: number
  accounts: number
  members: number
}
