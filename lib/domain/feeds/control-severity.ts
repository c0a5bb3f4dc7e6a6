import { Severity } from '../findings/severity'
import table from './control-severity.json'

const known = new Map(Object.entries(table).map(([control, severity]) => [control, Severity.parse(severity)]))

/**
 * Severity of a Security Hub control, from the Security Hub user guide. A passed control is reported as informational,
 * which would give it no weight in the score. Null if the control is not in the table.
 */
export function controlSeverity(control: string): Severity | null {
  return known.get(control) ?? null
}
