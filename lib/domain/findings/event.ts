import { z } from 'zod'

/**
 * What a line in the history of a finding says. `reopened` is by a report; a person opens one again by `status`. `overdue` is written
 * once for each due date that passes.
 */
export const EventKind = z.enum([
  'created',
  'owner',
  'team',
  'status',
  'due',
  'overdue',
  'comment',
  'severity',
  'title',
  'resource',
  'resolved',
  'reopened',
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

/** Who can change a finding. */
export const EventActor = z.enum(['member', 'token', 'job', 'import'])
export type EventActor = z.infer<typeof EventActor>

/** What chose a finding's team: the rules, a person, or the rule for findings that nobody took. */
export const TeamBy = z.enum(['routing', 'hand', 'left'])
export type TeamBy = z.infer<typeof TeamBy>

/** What chose a finding's due date: the due policy, or a person. */
export const DueBy = z.enum(['policy', 'hand'])
export type DueBy = z.infer<typeof DueBy>
