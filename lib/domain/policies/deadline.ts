import { isOpen, type Status } from '../findings/status'

/** The dates of a finding. Only a threat has a date to respond by, which counts until somebody responds. */
export interface Deadlines {
  dueAt: Date | null
  respondBy: Date | null
  respondedAt: Date | null
}

/** The earlier of the dates that still count; null for none. */
export function deadlineOf({ dueAt, respondBy, respondedAt }: Deadlines): Date | null {
  if (respondedAt !== null || respondBy === null) return dueAt
  return dueAt !== null && dueAt < respondBy ? dueAt : respondBy
}

/** Whether one of the dates of an open finding has passed. */
export function isOverdue(status: Status, deadlines: Deadlines, at: Date): boolean {
  const deadline = deadlineOf(deadlines)
  return isOpen(status) && deadline !== null && deadline < at
}
