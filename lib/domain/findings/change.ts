import { z } from 'zod'
import { TeamId } from '../people/team'
import { dayOf, endOfDay } from '../policies/due'
import { isOfThisCentury, recentDay, recentInstant } from '../text/century'
import { filledText } from '../text/plain-text'
import { Verdict } from '../threats/verdict'
import { FindingFilter, FindingId } from './filter'
import { settableStatuses } from './status'

/** The highest number of findings in one change. */
export const maxSelection = 200_000

/** The findings of a change: listed ones, or all that match a filter except some. */
export const FindingSelection = z.union([
  z.strictObject({ ids: z.array(FindingId).min(1).max(5_000) }),
  z.strictObject({ filter: FindingFilter, except: z.array(FindingId).max(5_000).default([]) }),
])
export type FindingSelection = z.infer<typeof FindingSelection>

/** A due date as a day, which ends at midnight in the organization's zone, or as an instant; of this century. */
const DueAt = z.union([recentDay, recentInstant]).refine(isOfThisCentury, 'dueOutOfRange').nullable()

/** The instant of a due date. A day is due at its last millisecond in `timeZone`. */
export function toDueAt(text: z.infer<typeof DueAt>, timeZone: string): Date | null {
  if (text === null) return null
  if (text.length > 10) return new Date(text)
  // One of these hours of UTC is within the day in every time zone.
  const hours = ['12', '00', '23'].map(hour => new Date(`${text}T${hour}:00:00Z`))
  return endOfDay(hours.find(hour => dayOf(hour, timeZone) === text) ?? new Date(`${text}T12:00:00Z`), timeZone)
}

const Comment = filledText(4_000)
export const SettableStatus = z.enum(settableStatuses)
export type SettableStatus = z.infer<typeof SettableStatus>

/** Findings to change, and the number that a person confirmed; see maxUnconfirmed. */
const Selected = z.object({
  selection: FindingSelection,
  confirmed: z.int().min(0).max(maxSelection).optional(),
})
export type Selected = z.infer<typeof Selected>

/** `owner` is a member's id, or null to unassign. */
export const AssignFindings = Selected.extend({ owner: z.uuid().nullable() })
/** `reason` is required to resolve findings. */
export const SetStatus = Selected.extend({ status: SettableStatus, reason: Comment.optional() })
export const SetVerdict = Selected.extend({ verdict: Verdict })
export const SetTeam = Selected.extend({ team: TeamId })
/** `reason` is required for a date later than the policy's. */
export const SetDueAt = Selected.extend({ dueAt: DueAt, reason: Comment.optional() })
export const AddComment = Selected.extend({ text: Comment })
/** A change to preview; exactly one of the fields is set. */
export const PreviewChange = z.union([
  z.strictObject({ selection: FindingSelection, status: SettableStatus }),
  z.strictObject({ selection: FindingSelection, verdict: Verdict }),
  z.strictObject({ selection: FindingSelection, team: TeamId }),
  z.strictObject({ selection: FindingSelection, dueAt: DueAt }),
  z.strictObject({ selection: FindingSelection, owner: z.uuid().nullable() }),
])
export type PreviewChange = z.infer<typeof PreviewChange>
export const TakeFinding = z.object({ id: FindingId })
/** A finding, and one of those that were merged into it. */
export const UnmergeFinding = z.object({ id: FindingId, merged: z.guid() })
export type UnmergeFinding = z.infer<typeof UnmergeFinding>
export type AssignFindings = z.infer<typeof AssignFindings>
export type SetStatus = z.infer<typeof SetStatus>
export type SetVerdict = z.infer<typeof SetVerdict>
export type SetTeam = z.infer<typeof SetTeam>
export type SetDueAt = z.infer<typeof SetDueAt>
export type AddComment = z.infer<typeof AddComment>
export type TakeFinding = z.infer<typeof TakeFinding>

/** How many findings were changed, and how many had the requested value already. */
export interface ChangeResult {
  changed: number
  unchanged: number
  /** The change in the history, by which it can be undone; null if nothing changed. */
  changeset: string | null
}

/** How many findings a change would apply to, and how many of them it would change. */
export interface ChangePreview {
  count: number
  changes: number
}

/** Several changes of one finding over the API. */
export const PatchFinding = z
  .strictObject({
    owner: z.email().nullable().optional().describe('E-mail address of a member, or null for nobody'),
    status: SettableStatus.optional().describe('A threat is resolved by a verdict'),
    verdict: Verdict.optional().describe('Closes a threat, with what was found and done'),
    team: TeamId.optional(),
    dueAt: DueAt.optional().describe('A day in the zone of the organisation, or an instant; null for none'),
    reason: Comment.optional().describe('Required with status resolved, and with a dueAt later than the policy’s'),
    comment: Comment.optional(),
  })
  .refine(patch => patch.verdict === undefined || patch.status === undefined, {
    error: 'verdictAndStatus',
    params: { contradiction: true },
  })
  .refine(patch => Object.values(patch).some(value => value !== undefined), 'nothingToChange')
  .meta({ minProperties: 1 })
export type PatchFinding = z.infer<typeof PatchFinding>
