import { isByPerson, type ResolvedReason } from '../../findings/lifecycle'
import type { Status } from '../../findings/status'
import type { Result } from '../../imports/outcome'
import type { CollectorId } from '../collectors'
import { markedNote, type Workflow } from './own-update'

/** Feeds whose findings Security Hub may deliver: its own, and Prowler's integration. */
export const deliveredFeeds = ['security-hub', 'prowler'] as const

/** The collector whose cells tell where findings are updated. */
export const hubCollector = 'security-hub' satisfies CollectorId

/** The workflow status in Security Hub CSPM of each status. Null: the sources suppress the finding themselves. */
export const workflowOfStatus = {
  new: 'NEW',
  acknowledged: 'NOTIFIED',
  in_progress: 'NOTIFIED',
  accepted: 'SUPPRESSED',
  false_positive: 'SUPPRESSED',
  resolved: 'RESOLVED',
  suppressed: null,
} as const satisfies Record<Status, Workflow | null>

/** The least finished first: a record that several findings share is as far as the least finished of them. */
const ORDER: readonly Workflow[] = ['NEW', 'NOTIFIED', 'SUPPRESSED', 'RESOLVED']

/** A finding that a record of Security Hub reports, and what the record says about it. */
export interface WrittenFinding {
  id: string
  status: Status
  resolvedReason: ResolvedReason | null
  owner: string | null
  /** The exception that covers it. */
  exception: { id: number; reason: string; expiresAt: Date } | null
  /** The words of the verdict or reason by which a person resolved it. */
  why: string | null
  result: Result
}

/** The status and note that were last written to a record. */
export interface Written {
  workflow: Workflow
  note: string
}

/** The words of notes, in the language of the connection. */
export interface NoteWords {
  status: (status: Status) => string
  owner: (name: string) => string
  until: (date: Date, exception: number) => string
}

/**
 * The update that a record of Security Hub CSPM needs: null where it has it already, where nobody has decided anything,
 * or where AWS itself suppressed or ended the finding.
 */
export function toWrite(
  findings: readonly WrittenFinding[],
  last: Written | null,
  words: NoteWords,
): (Written & { finding: string }) | null {
  if (findings.length === 0 || findings.some(({ result }) => result === 'suppressed' || result === 'archived'))
    return null
  let least: { finding: WrittenFinding; workflow: Workflow } | null = null
  for (const finding of findings) {
    const workflow = workflowOfStatus[finding.status]
    if (workflow === null) return null
    if (least === null || isBefore({ finding, workflow }, least)) least = { finding, workflow }
  }
  if (least === null || (last === null && !isDecided(least.finding))) return null
  const { finding, workflow } = least
  const note = markedNote(noteOf(finding, words), workflow)
  return last?.workflow === workflow && last.note === note ? null : { workflow, note, finding: finding.id }
}

type Candidate = { finding: WrittenFinding; workflow: Workflow }

function isBefore(a: Candidate, b: Candidate): boolean {
  const gap = ORDER.indexOf(a.workflow) - ORDER.indexOf(b.workflow)
  return gap === 0 ? a.finding.id < b.finding.id : gap < 0
}

/** Whether a person has decided about it. A check that passes is resolved by Security Hub itself. */
function isDecided({ status, resolvedReason, owner }: WrittenFinding): boolean {
  if (status === 'new') return owner !== null
  return status !== 'resolved' || isByPerson(resolvedReason)
}

function noteOf({ status, owner, exception, why }: WrittenFinding, words: NoteWords): string {
  const isOpen = status === 'new' || status === 'acknowledged' || status === 'in_progress'
  return [
    words.status(status),
    ...(exception ? [words.until(exception.expiresAt, exception.id), exception.reason] : []),
    ...(status === 'resolved' && why ? [why] : []),
    ...(isOpen && owner !== null ? [words.owner(owner)] : []),
  ]
    .map(part => part.replace(/\s+/g, ' ').trim())
    .filter(part => part !== '')
    .join(' · ')
}
