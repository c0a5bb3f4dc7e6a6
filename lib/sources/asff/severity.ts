import { type Severity, severityNamed } from '../../domain/findings/severity'
import { RejectedRecord } from '../../domain/imports/reject'
import { isRecord, shown } from '../values/text'

/**
 * Lower bounds of the bands of Severity.Normalized:
 * https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_Severity.html
 */
const NORMALIZED: [number, Severity][] = [
  [90, 'critical'],
  [70, 'high'],
  [40, 'medium'],
  [1, 'low'],
  [0, 'informational'],
]

/** GuardDuty's own scale, 1 to 10: https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings-severity.html */
const GUARDDUTY: [number, Severity][] = [
  [9, 'critical'],
  [7, 'high'],
  [4, 'medium'],
  [1, 'low'],
]

/**
 * Severity of a finding: its label, else the normalized score, else the product's own score or label. Throws
 * bad_severity if none is known: an unknown value never becomes "low".
 */
export function readSeverity(severity: unknown, provided: unknown, product: string, accountId: string): Severity {
  const value = severity ?? (isRecord(provided) ? provided.Severity : undefined)
  if (value === undefined || value === null) throw new RejectedRecord('missing_field', { field: 'Severity' }, accountId)
  const found = isRecord(value) ? fromParts(value, product) : null
  if (found) return found
  const reported = isRecord(value)
    ? (value.Label ?? value.Normalized ?? value.Product ?? value.Original ?? value)
    : value
  throw new RejectedRecord('bad_severity', { value: shown(reported) }, accountId)
}

function fromParts(value: Record<string, unknown>, product: string): Severity | null {
  const { Label, Normalized, Product, Original } = value
  if (isGiven(Label)) return fromLabel(Label)
  if (isGiven(Normalized)) return typeof Normalized === 'number' ? band(NORMALIZED, Normalized, 100) : null
  if (isGiven(Product)) {
    if (typeof Product !== 'number') return null
    return product === 'GuardDuty' ? band(GUARDDUTY, Product, 10) : band(NORMALIZED, Product, 100)
  }
  return isGiven(Original) ? fromLabel(Original) : null
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== ''
}

function fromLabel(label: unknown): Severity | null {
  return typeof label === 'string' ? severityNamed(label) : null
}

function band(bands: [number, Severity][], score: number, highest: number): Severity | null {
  if (score > highest) return null
  return bands.find(([lowest]) => score >= lowest)?.[1] ?? null
}
