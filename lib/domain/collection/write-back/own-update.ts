import { cutText } from '../../text/cut-text'

/**
 * The statuses of Security Hub's workflow:
 * https://docs.aws.amazon.com/securityhub/latest/userguide/finding-workflow-status.html
 */
export const workflows = ['NEW', 'NOTIFIED', 'SUPPRESSED', 'RESOLVED'] as const
export type Workflow = (typeof workflows)[number]

/** The author that notes of Hinomi name. */
export const AUTHOR = 'Hinomi'

/** https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_Note.html */
const MOST_NOTE = 512
const MARK = /\[Hinomi (NEW|NOTIFIED|SUPPRESSED|RESOLVED)\]\s*$/

/** A note that ends with the status that is written with it: by this, records that come back are recognized. */
export function markedNote(text: string, workflow: Workflow): string {
  const mark = `[Hinomi ${workflow}]`
  const room = MOST_NOTE - mark.length - 1
  const shown = text.length > room ? `${cutText(text, room - 1)}…` : text
  return shown === '' ? mark : `${shown} ${mark}`
}

/** The status that Hinomi wrote with a note; null for notes of others. */
export function workflowOfNote(text: string | null | undefined): Workflow | null {
  const found = MARK.exec(text ?? '')?.[1]
  return workflows.find(each => each === found) ?? null
}

/** Status, note and times of a record in Security Hub CSPM. */
export interface Handling {
  workflow: string
  note: string | null
  notedAt: Date | null
  updatedAt: Date | null
}

/** BatchUpdateFindings does not change UpdatedAt by its documentation; a service that does sets both times at once. */
const SAME_MS = 1000

export interface OwnUpdate {
  /** The source has said nothing since Hinomi's update, so that the record is no new evidence. */
  isEcho: boolean
  /** UpdatedAt is the time of Hinomi's update, not one of the source. */
  hasOwnTime: boolean
}

/**
 * Recognizes the status that Hinomi wrote: null where it never wrote one, or where somebody has changed the status
 * since. Such a status is no statement of the source.
 */
export function ownUpdateOf({ workflow, note, notedAt, updatedAt }: Handling): OwnUpdate | null {
  const written = workflowOfNote(note)
  if (written === null || written !== workflow) return null
  const gap = notedAt && updatedAt ? updatedAt.getTime() - notedAt.getTime() : null
  return {
    isEcho: gap !== null && gap <= SAME_MS,
    hasOwnTime: gap !== null && Math.abs(gap) <= SAME_MS,
  }
}
