import { categoriesDigest } from './category-of'
import { type ControlTable, controlTable } from './table'

/** The version of the identity rules in lib/domain/identity/identity.ts. Has to change with every change of them. */
const RULES = 'identity-2'

/** The table and rules that this version groups, rates and routes findings by, as one text that changes with each of them. */
export function groupingOf(table: ControlTable = controlTable): string {
  return `${table.digest}/${RULES}/${categoriesDigest}`
}
