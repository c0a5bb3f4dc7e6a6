import { z } from 'zod'

/** A change of more findings than this has to be confirmed with their number. */
export const maxUnconfirmed = 25

/** A change lists this many of its former values; the others are counted. */
export const maxNamedValues = 12

/** The fields of a finding that an undo can restore. A comment is part of the history and stays. */
export const undoableFields = ['status', 'verdict', 'due', 'owner', 'team'] as const
export type UndoableField = (typeof undoableFields)[number]

/**
 * Kinds of history lines, of any actor, after which a field counts as changed since. Merging and unmerging move all
 * fields without lines of their own. Lines of the same change do not count.
 */
export const changesOf: Readonly<Record<UndoableField, readonly string[]>> = {
  status: [
    'status',
    'resolved',
    'reopened',
    'suppressed',
    'unsuppressed',
    'excepted',
    'returned',
    'closed_at',
    'verdict',
    'merged',
    'unmerged',
  ],
  verdict: ['verdict', 'reopened', 'merged', 'unmerged'],
  due: ['due', 'merged', 'unmerged'],
  owner: ['owner', 'merged', 'unmerged'],
  team: ['team', 'left', 'merged', 'unmerged'],
}

/**
 * How many findings had one value of a field, and their value since the change. Values as in the history; null is none.
 */
export const ChangedValue = z.object({
  field: z.enum(['status', 'verdict', 'due', 'owner', 'team', 'comment']),
  before: z.string().nullable(),
  after: z.string().nullable(),
  count: z.int(),
})
export type ChangedValue = z.infer<typeof ChangedValue>

/** The common part of `detail` in audit entries of changes of findings. */
export const ChangeDetail = z.object({
  changeset: z.uuid(),
  changed: z.int(),
  changes: z.array(ChangedValue),
  /** How many more groups of former values there were. */
  moreValues: z.int().default(0),
})
export type ChangeDetail = z.infer<typeof ChangeDetail>

export const UndoChange = z.object({ changeset: z.uuid() })
export type UndoChange = z.infer<typeof UndoChange>

/** An undo is a change of its own; `changeset` is null if it restored nothing. */
export interface UndoResult {
  changeset: string | null
  restored: number
  /** Findings of the change that were changed since, or that the actor may not change now. */
  left: number
}

/** A change as its page shows it, for a reader who may see some of its findings. */
export interface ChangeView {
  id: string
  at: Date
  actorKind: 'member' | 'token' | 'job'
  actorName: string
  /** Findings in the reader's accounts. */
  count: number
  changes: ChangedValue[]
  moreValues: number
  /** The change that this one undid, and the one that undid it. */
  undoes: string | null
  undoneBy: string | null
  mayUndo: boolean
}
