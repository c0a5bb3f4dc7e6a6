import { z } from 'zod'

/**
 * A finding's statuses. suppressed: every source that reports it hides it. The last two are exceptions: decisions not to fix.
 */
export const statuses = [
  'new',
  'acknowledged',
  'in_progress',
  'suppressed',
  'resolved',
  'accepted',
  'false_positive',
] as const
export const Status = z.enum(statuses)
export type Status = z.infer<typeof Status>

/** Statuses of open findings. */
export const openStatuses = ['new', 'acknowledged', 'in_progress'] as const satisfies readonly Status[]

/** Statuses of problems that exist and that no exception covers: these count in the score, and exceptions may cover them. */
export const unsolvedStatuses = [...openStatuses, 'suppressed'] as const satisfies readonly Status[]

/** Statuses that a person may set directly; exceptions are requested and approved instead. */
export const settableStatuses = ['new', 'acknowledged', 'in_progress', 'resolved'] as const satisfies readonly Status[]

export function isUnsolved(status: Status): boolean {
  return (unsolvedStatuses as readonly Status[]).includes(status)
}

export function isOpen(status: Status): boolean {
  return (openStatuses as readonly Status[]).includes(status)
}
