import type { TeamId } from '../../../lib/domain/people/team'
import type { Caller } from './callers'
import type { World } from './targets'

export interface ActionCase {
  /** The expected answers, see toAnswers: "ok", "sign-in", or the status that the API would send. */
  may: string
  /** New, valid arguments for each call. */
  args: (caller: Caller, world: World) => unknown[] | Promise<unknown[]>
  /** The team of the callers, if it is not SRE. */
  teams?: TeamId[]
}

export interface ActionRow {
  /** The target of the action. */
  cases: Record<string, ActionCase>
  /** "reads": changes nothing; "recorded": the same, but in the audit log; "browser": changes only cookies. All others change rows. */
  effect?: 'reads' | 'recorded' | 'browser'
  /** The answer without a session; by default sign-in. */
  signedOut?: 'ok' | '409'
  /** A sign-in that waits at this stage is allowed; its effect is tested elsewhere. */
  stage?: 'second-factor' | 'enrolment' | 'any'
  /** Whether the member must confirm their identity again if the last time was too long ago. */
  recent?: true
}

export type ActionTable = Record<string, ActionRow>

// Rows follow docs/reference/roles.md and decisions 17, 19 and 28. Columns: viewer, auditor, member, lead and
// administrator with access to every account, then viewer, auditor, member and lead with access to account A only.

/** View findings, posture and imports. */
export const SEE_A = 'ok ok ok ok ok | ok ok ok ok'
export const SEE_B = 'ok ok ok ok ok | 404 404 404 404'
/** Comment, take, assign, set status and due date, or request an exception. */
export const WORK_A = '403 403 ok ok ok | 403 403 ok ok'
export const WORK_B = '403 403 ok ok ok | 403 403 404 404'
/** The same for findings of another team. */
export const OTHER_TEAM = '403 403 403 ok ok | 403 403 403 ok'
/** Name and register accounts, confirm the resolutions of a report, approve. */
export const LEAD_A = '403 403 403 ok ok | 403 403 403 ok'
export const LEAD_B = '403 403 403 ok ok | 403 403 403 404'
/** Due dates, routing, CSV mappings and the limit of resolutions apply to every account. */
export const ORGANISATION = '403 403 403 ok ok | 403 403 403 403'
/** Members and tokens. */
export const ADMIN = '403 403 403 403 ok | 403 403 403 403'
/** Actions of all members for themselves. */
export const EVERYONE = 'ok ok ok ok ok | ok ok ok ok'
export const NOBODY = '403 403 403 403 403 | 403 403 403 403'
/** Actions that a signed-in member cannot run. */
export const CONFLICT = '409 409 409 409 409 | 409 409 409 409'
