import { z } from 'zod'
import { FindingFilter, FindingId } from './finding-filter'
import { settableStatuses } from './status'
import { Team } from './team'

/** The most findings that one change may touch. */
export const maxSelection = 200_000

/** Which findings a change is for: named ones, or all that a filter gives except some. */
export const FindingSelection = z.union([
  z.strictObject({ ids: z.array(FindingId).min(1).max(5_000) }),
  z.strictObject({ filter: FindingFilter, except: z.array(FindingId).max(5_000).default([]) }),
])
export type FindingSelection = z.infer<typeof FindingSelection>

/** A due date as a day, which ends at midnight in the organisation's zone, or as an instant. */
export const DueAt = z.union([z.iso.date(), z.iso.datetime({ offset: true })]).nullable()
export const Comment = z.string().trim().min(1).max(4_000)
export const SettableStatus = z.enum(settableStatuses)
export type SettableStatus = z.infer<typeof SettableStatus>

/** `owner` is a member's id, or null for nobody. */
export const AssignFindings = z.object({ selection: FindingSelection, owner: z.uuid().nullable() })
export const SetStatus = z.object({ selection: FindingSelection, status: SettableStatus })
export const SetTeam = z.object({ selection: FindingSelection, team: Team })
export const SetDueAt = z.object({ selection: FindingSelection, dueAt: DueAt })
export const AddComment = z.object({ selection: FindingSelection, text: Comment })
export const TakeFinding = z.object({ id: FindingId })
export type AssignFindings = z.infer<typeof AssignFindings>
export type SetStatus = z.infer<typeof SetStatus>
export type SetTeam = z.infer<typeof SetTeam>
export type SetDueAt = z.infer<typeof SetDueAt>
export type AddComment = z.infer<typeof AddComment>
export type TakeFinding = z.infer<typeof TakeFinding>

/** How many findings were changed, and how many already were as asked. */
export interface ChangeResult {
  changed: number
  unchanged: number
}
