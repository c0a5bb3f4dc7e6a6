import type { Result } from '../../domain/imports/outcome'
import type { OcsfFinding } from './schema'

/** https://schema.ocsf.io/classes/compliance_finding: status_id of a finding. */
const STATUS_IDS: ReadonlyMap<string, string> = new Map([
  ['3', 'suppressed'],
  ['4', 'resolved'],
  ['5', 'archived'],
  ['6', 'deleted'],
])

/** Words for the outcome of a check: compliance.status, and Prowler's status_code. */
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
 * What a finding says of its subject. The life of the record comes first (closed, archived, suppressed), then the check.
 * The status's text wins over its id, which Prowler 4 sets to "suppressed" for every open finding.
 */
export function resultOf(finding: OcsfFinding): Result {
  const id = String(finding.status_id ?? '')
  const status = (finding.status || STATUS_IDS.get(id) || '').toLowerCase()
  const checked = checkOf(finding)
  // Prowler's mute list covers what passes too: that is a pass, and nothing was hidden.
  if (status === 'suppressed') return checked === 'passed' ? 'passed' : 'suppressed'
  if (status === 'archived' || status === 'deleted' || isClosed(finding)) return 'archived'
  // A control that passes is reported as resolved: that is a pass, not a record that went away.
  if (status === 'resolved') return checked === 'passed' ? 'passed' : 'archived'
  return checked ?? 'failed'
}

/** activity_id 3: the finding was closed, though its status may still say New. */
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
