import type { TeamId } from '../../../lib/domain/people/team'
import type { Caller } from './callers'
import type { World } from './targets'

export interface ActionCase {
  /** Who may: see toAnswers. "ok", "sign-in", or the status that the API would answer. */
  may: string
  /** New arguments for each call, valid in themselves. */
  args: (caller: Caller, world: World) => unknown[] | Promise<unknown[]>
  /** The team of the callers, where it is not SRE. */
  teams?: TeamId[]
}

export interface ActionRow {
  /** What the action is done to. */
  cases: Record<string, ActionCase>
  /** "reads": changes nothing; "browser": changes cookies only. Any other changes rows and leaves an entry in the audit log. */
  effect?: 'reads' | 'browser'
  /** What somebody without a session gets: sign-in where unset. */
  signedOut?: 'ok' | '409'
  /** A sign-in that waits at this stage may do it; what then happens is tested apart. */
  stage?: 'second-factor' | 'enrolment' | 'any'
  /** Whether who proved who they are some time ago has to do it again. */
  recent?: true
}

export type ActionTable = Record<string, ActionRow>

// Rows by docs/reference/roles.md and decisions 17, 19 and 28. Columns: viewer, auditor, member, lead and
// administrator who see every account, then viewer, auditor, member and lead who see account A only.

/** See findings, posture and imports. */
export const SEE_A = 'ok ok ok ok ok | ok ok ok ok'
export const SEE_B = 'ok ok ok ok ok | 404 404 404 404'
/** Comment, take, assign, set status and due date; or ask for an exception. */
export const WORK_A = '403 403 ok ok ok | 403 403 ok ok'
export const WORK_B = '403 403 ok ok ok | 403 403 404 404'
/** The same for findings of another team. */
export const OTHER_TEAM = '403 403 403 ok ok | 403 403 403 ok'
/** Name and register accounts; confirm what a report closes; approve. */
export const LEAD_A = '403 403 403 ok ok | 403 403 403 ok'
export const LEAD_B = '403 403 403 ok ok | 403 403 403 404'
/** Due dates, routing, CSV mappings and closing limit hold for every account. */
export const ORGANISATION = '403 403 403 ok ok | 403 403 403 403'
/** Members and tokens. */
export const ADMIN = '403 403 403 403 ok | 403 403 403 403'
/** What everyone does for themselves. */
export const EVERYONE = 'ok ok ok ok ok | ok ok ok ok'
export const NOBODY = '403 403 403 403 403 | 403 403 403 403'
/** What is out of place for somebody who is signed in. */
export const CONFLICT = '409 409 409 409 409 | 409 409 409 409'
