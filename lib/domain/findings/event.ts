import { z } from 'zod'

/**
 * Kinds of lines in the history of a finding. `reopened` is by a report; a person who reopens a finding writes
 * `status`. `overdue` is written once for each date that passes.
 */
export const EventKind = z.enum([
  'created',
  'owner',
  'team',
  'status',
  'verdict',
  'due',
  'respond',
  'overdue',
  'comment',
  'attached',
  'detached',
  'severity',
  'counts_as',
  'title',
  'resource',
  'resolved',
  'reopened',
  'suppressed',
  'unsuppressed',
  'merged',
  'renamed',
  'unmerged',
  'asked',
  'excepted',
  'returned',
  'expiring',
  'left',
  'first_seen',
  'closed_at',
])
export type EventKind = z.infer<typeof EventKind>

/** Kinds of actors that change findings. */
export const EventActor = z.enum(['member', 'token', 'job', 'import'])
export type EventActor = z.infer<typeof EventActor>

/** How a finding's team was chosen: by the rules, by a person, or by the rule for unowned findings. */
export const TeamBy = z.enum(['routing', 'hand', 'left'])
export type TeamBy = z.infer<typeof TeamBy>

/** How a finding's due date was chosen: by the due policy, or by a person. */
export const DueBy = z.enum(['policy', 'hand'])
export type DueBy = z.infer<typeof DueBy>
