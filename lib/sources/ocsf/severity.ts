import type { Severity } from '../../domain/findings/severity'
import { RejectedRecord } from '../../domain/imports/reject'
import { firstText, shown } from '../values/text'
import type { OcsfFinding } from './schema'

/** severity_id 1 to 6: https://schema.ocsf.io/objects/finding — fatal is above critical. */
const IDS: ReadonlyMap<number, Severity> = new Map([
  [1, 'informational'],
  [2, 'low'],
  [3, 'medium'],
  [4, 'high'],
  [5, 'critical'],
  [6, 'critical'],
])

const LABELS: ReadonlyMap<string, Severity> = new Map([
  ['informational', 'informational'],
  ['info', 'informational'],
  ['low', 'low'],
  ['medium', 'medium'],
  ['high', 'high'],
  ['critical', 'critical'],
  ['fatal', 'critical'],
])

/**
 * The id first; if it is unknown (0), other (99) or missing, the severity's text, then the vendor's, which may differ
 * if somebody changed the severity in Security Hub. Throws bad_severity if none is known.
 */
export function readSeverity(finding: OcsfFinding, accountId: string): Severity {
  const { severity_id: id, severity, vendor_attributes: vendor } = finding
  const number = id === undefined || id === null ? 0 : Number(id)
  const known = IDS.get(number)
  if (known) return known
  if (number === 0 || number === 99) {
    for (const label of [severity, vendor?.severity]) {
      const named = LABELS.get(label?.trim().toLowerCase() ?? '')
      if (named) return named
    }
  }
  const text = firstText(severity, vendor?.severity)
  if (text === '' && (id === undefined || id === null)) {
    throw new RejectedRecord('missing_field', { field: 'severity_id' }, accountId)
  }
  throw new RejectedRecord(
    'bad_severity',
    { value: shown(number === 0 || number === 99 ? text || String(id) : String(id)) },
    accountId,
  )
}
