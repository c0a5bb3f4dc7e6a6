import { z } from 'zod'
import { severityNamed } from '../findings/severity'
import { categoryOf } from './category-of'
import { type Control, ControlRow, shippedControlTable } from './table'

/**
 * The answer of `aws securityhub list-security-control-definitions`:
 * https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_ListSecurityControlDefinitions.html
 */
const Definitions = z.object({
  SecurityControlDefinitions: z.array(
    z.object({
      SecurityControlId: z.string().regex(/^[A-Za-z0-9]+\.\d+$/),
      SeverityRating: z.string(),
    }),
  ),
})

/**
 * The rows of a file: rows of the table itself, or AWS's own list of its controls, of which the severities count and
 * new controls are added. Throws a ZodError for anything else.
 */
export function readControls(raw: unknown, today: string): Control[] {
  if (Array.isArray(raw)) return z.array(ControlRow).parse(raw)
  return Definitions.parse(raw).SecurityControlDefinitions.flatMap(({ SecurityControlId: id, SeverityRating }) => {
    const severity = severityNamed(SeverityRating)
    if (severity === null) return []
    const known = shippedControlTable.named(id)
    return [{ ...(known ?? newRow(id)), severity, severityFrom: 'security-hub-guide', checked: today }]
  })
}

function newRow(id: string): Omit<Control, 'severity' | 'severityFrom' | 'checked'> {
  const [service = id, number = ''] = id.split('.')
  const page = service.toLowerCase()
  return {
    id,
    category: categoryOf({ class: 'posture', control: id }),
    service,
    names: {},
    frameworks: {},
    source: `https://docs.aws.amazon.com/securityhub/latest/userguide/${page}-controls.html#${page}-${number}`,
  }
}

/** The table of this version with other rows in place of its own, by their ids, and new ones behind. */
export function withRows(rows: readonly Control[]): Control[] {
  const byId = new Map(rows.map(row => [row.id.toLowerCase(), row]))
  const own = new Set(shippedControlTable.controls.map(row => row.id.toLowerCase()))
  return [
    ...shippedControlTable.controls.map(row => byId.get(row.id.toLowerCase()) ?? row),
    ...rows.filter(row => !own.has(row.id.toLowerCase())),
  ]
}
