import type { Result } from '../../domain/imports/outcome'
import { RejectedRecord } from '../../domain/imports/reject'
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
 * The result of a finding. Archived and suppressed come first, whatever the check's result. Workflow.Status has
 * priority over the older WorkflowState:
 * https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_AwsSecurityFinding.html
 */
export function resultOf(finding: AsffFinding, isProwler: boolean, accountId: string): Result {
  if (finding.RecordState?.toUpperCase() === 'ARCHIVED') return 'archived'
  const workflow = (finding.Workflow?.Status || finding.WorkflowState || '').toUpperCase()
  if (workflow === 'SUPPRESSED') return 'suppressed'
  const status = finding.Compliance?.Status?.toUpperCase()
  if (!status) return workflow === 'RESOLVED' ? 'archived' : 'failed'
  // Prowler writes its muted findings as WARNING, since ASFF has no value for them.
  if (isProwler && status === 'WARNING') return 'suppressed'
  const result = STATUSES.get(status)
  if (!result) throw new RejectedRecord('bad_field', { field: 'Compliance.Status', value: shown(status) }, accountId)
  return result
}
