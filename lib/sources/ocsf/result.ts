import { workflowOfNote } from '../../domain/collection/write-back/own-update'
import { type Result, type Suppression, suppressedBy } from '../../domain/imports/outcome'
import { prose } from '../values/fields'
import type { OcsfFinding } from './schema'

/** https://schema.ocsf.io/classes/compliance_finding: status_id of a finding. */
const STATUS_IDS: ReadonlyMap<string, string> = new Map([
  ['3', 'suppressed'],
  ['4', 'resolved'],
  ['5', 'archived'],
  ['6', 'deleted'],
])

/** Values of compliance.status and of Prowler's status_code. */
const CHECKS: ReadonlyMap<string, Result> = new Map([
  ['fail', 'failed'],
  ['failed', 'failed'],
  ['failure', 'failed'],
  ['warning', 'failed'],
  ['pass', 'passed'],
  ['passed', 'passed'],
  ['success', 'passed'],
  ['manual', 'not_available'],
  ['unknown', 'not_available'],
  ['other', 'not_available'],
  ['not_available', 'not_available'],
  ['muted', 'suppressed'],
])

const CHECK_IDS: ReadonlyMap<string, Result> = new Map([
  ['0', 'not_available'],
  ['1', 'passed'],
  ['2', 'failed'],
  ['3', 'failed'],
])

/**
 * The result of a finding. The state of the record comes first (closed, archived, suppressed), then the check. The text
 * of the status has priority over its id, which Prowler 4 sets to "suppressed" for every open finding.
 */
export function resultOf(finding: OcsfFinding): Result {
  const id = String(finding.status_id ?? '')
  const status = (finding.status || STATUS_IDS.get(id) || '').toLowerCase()
  const checked = checkOf(finding)
  // What Hinomi itself wrote is no statement of the source.
  if (status !== '' && writtenStatus(finding) === status) return checked ?? 'failed'
  // Prowler's mute list also covers passed checks: these stay passed, and nothing was hidden.
  if (status === 'suppressed') return checked === 'passed' ? 'passed' : 'suppressed'
  if (status === 'archived' || status === 'deleted' || isClosed(finding)) return 'archived'
  // A control that passes is reported as resolved: this is a pass, not a closed record.
  if (status === 'resolved') return checked === 'passed' ? 'passed' : 'archived'
  return checked ?? 'failed'
}

function writtenStatus({ comment }: OcsfFinding): string | null {
  return typeof comment === 'string' ? (workflowOfNote(comment)?.toLowerCase() ?? null) : null
}

/** activity_id 3: the finding was closed, although its status may still be New. */
function isClosed({ activity_id: id, activity_name: name }: OcsfFinding): boolean {
  return String(id ?? '') === '3' || name?.toLowerCase() === 'close'
}

function checkOf({ compliance, status, status_code: code }: OcsfFinding): Result | null {
  const words = [code, compliance?.status, status]
  for (const word of words) {
    const result = CHECKS.get(word?.toLowerCase() ?? '')
    if (result) return result
  }
  return CHECK_IDS.get(String(compliance?.status_id ?? '')) ?? null
}

/**
 * What a record says of its suppression: the comment that people give in Security Hub with the status, which names neither them nor
 * the time (https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchUpdateFindingsV2.html), or Prowler's mute list.
 */
export function suppressionOf({ comment }: OcsfFinding, isProwler: boolean, result: Result): Suppression | null {
  if (result !== 'suppressed') return null
  if (isProwler) return suppressedBy('mutelist')
  return typeof comment === 'string' && comment.trim() !== ''
    ? { by: '', at: null, note: prose(comment, 'text') }
    : null
}
