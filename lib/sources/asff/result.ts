import { type OwnUpdate, ownUpdateOf, workflowOfNote } from '../../domain/collection/write-back/own-update'
import { type Result, type Suppression, suppressedBy } from '../../domain/imports/outcome'
import { RejectedRecord } from '../../domain/imports/reject'
import { prose } from '../values/fields'
import { looseInstant } from '../values/loose'
import { shown } from '../values/text'
import type { AsffFinding } from './schema'

const STATUSES: ReadonlyMap<string, Result> = new Map([
  ['PASSED', 'passed'],
  ['FAILED', 'failed'],
  ['WARNING', 'failed'],
  ['NOT_AVAILABLE', 'not_available'],
  // Heimdall's value for a control that is a statement and checks nothing.
  ['INFOED', 'not_available'],
])

/**
 * The result of a finding. Archived comes first, whatever the check's result, then suppressed, unless the check passed. Workflow.Status has
 * priority over the older WorkflowState:
 * https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_AwsSecurityFinding.html
 */
export function resultOf(finding: AsffFinding, isProwler: boolean, accountId: string): Result {
  if (finding.RecordState?.toUpperCase() === 'ARCHIVED') return 'archived'
  // What Hinomi itself wrote is no statement of the source.
  const workflow = ownUpdate(finding) ? '' : workflowOf(finding)
  const status = finding.Compliance?.Status?.toUpperCase()
  // Suppressing hides a problem; a check that passes has none.
  if (workflow === 'SUPPRESSED' && status !== 'PASSED') return 'suppressed'
  if (!status) return workflow === 'RESOLVED' ? 'archived' : 'failed'
  // Prowler writes its muted findings as WARNING, since ASFF has no value for them.
  if (isProwler && status === 'WARNING') return 'suppressed'
  const result = STATUSES.get(status)
  if (!result) throw new RejectedRecord('bad_field', { field: 'Compliance.Status', value: shown(status) }, accountId)
  return result
}

/** Hinomi's own update, if the record still has the status that it wrote. */
export function ownUpdate(finding: AsffFinding): OwnUpdate | null {
  const { Text, UpdatedAt } = finding.Note ?? {}
  return ownUpdateOf({
    workflow: workflowOf(finding),
    note: Text ?? null,
    notedAt: instant(UpdatedAt),
    updatedAt: instant(finding.UpdatedAt),
  })
}

function workflowOf(finding: AsffFinding): string {
  return (finding.Workflow?.Status || finding.WorkflowState || '').toUpperCase()
}

function instant(value: unknown): Date | null {
  const text = looseInstant(value)
  return text === null ? null : new Date(text)
}

/**
 * Who last wrote the note of a suppressed finding, when, and what: the only trace that Security Hub keeps of a suppression. Prowler
 * says only that its mute list did it.
 * https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_Note.html
 */
export function suppressionOf(finding: AsffFinding, isProwler: boolean, result: Result): Suppression | null {
  const { Text, UpdatedBy, UpdatedAt } = finding.Note ?? {}
  if (result !== 'suppressed') return null
  const isMuted = isProwler && finding.Compliance?.Status?.toUpperCase() === 'WARNING'
  // A note of Hinomi is from before somebody else suppressed the finding.
  if (!(Text || UpdatedBy) || workflowOfNote(Text) !== null) return isMuted ? suppressedBy('mutelist') : null
  return { by: prose(UpdatedBy, 'name'), at: looseInstant(UpdatedAt), note: prose(Text, 'text') }
}
