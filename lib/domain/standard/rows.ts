import { z } from 'zod'
import { standardChecks } from '../checks/standard/checks'
import type { Severity } from '../findings/severity'
import rows from './rows.json'

/** Parts of the standard, in the order in which pages show them. */
export const standardGroups = ['root', 'iam', 'organization', 'logs', 'services', 'network', 'data', 'account'] as const
export type StandardGroup = (typeof standardGroups)[number]

const Row = z.strictObject({
  id: z.string(),
  group: z.enum(standardGroups),
  title: z.strictObject({ ja: z.string(), en: z.string() }),
  /** Controls of a check that others make: those of WAF, keys and trust policies, and what only AWS Security Hub reports. */
  controls: z.array(z.string()).optional(),
  /** Checks of Hinomi with these controls, where they are not those of the row's own check. */
  checks: z.array(z.string()).optional(),
  /** Whether it is about the organization: it does not apply to every account. */
  organization: z.boolean().default(false),
})

/** A check of the usage standard. Its state comes from its controls. */
export interface StandardRow {
  readonly id: string
  readonly group: StandardGroup
  readonly title: { readonly ja: string; readonly en: string }
  readonly controls: readonly string[]
  readonly checks: readonly string[]
  readonly organization: boolean
  /** Where the table of controls has none. */
  readonly severity: Severity
}

const definitions = new Map(standardChecks.map(check => [check.id, check]))

export const standardRows: readonly StandardRow[] = z
  .array(Row)
  .parse(rows)
  .map(row => {
    const own = definitions.get(row.id)
    return {
      ...row,
      controls: row.controls ?? own?.controls ?? [],
      checks: row.checks ?? (own ? [row.id] : []),
      severity: own?.severity ?? 'medium',
    }
  })

const byId = new Map(standardRows.map(row => [row.id, row]))

export function standardRow(id: string): StandardRow | undefined {
  return byId.get(id)
}
