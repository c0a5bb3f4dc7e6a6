import { z } from 'zod'
import { checks } from '../checks/checks'
import type { Severity } from '../findings/severity'
import rows from './rows.json'

/** Parts of the standard, in the order in which pages show them. */
export const standardGroups = ['root', 'iam', 'organization', 'logs', 'services', 'network', 'data', 'account'] as const
export type StandardGroup = (typeof standardGroups)[number]

const Row = z.strictObject({
  id: z.string(),
  group: z.enum(standardGroups),
  title: z.strictObject({ ja: z.string(), en: z.string() }),
  /** Checks of Hinomi, where it is not the one with the id of the row. */
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
  /** The checks that give a result of every account that they examine. */
  readonly always: readonly string[]
  /** Where the table of controls has none. */
  readonly severity: Severity
}

const definitions = new Map(checks.map(check => [check.id, check]))

export const standardRows: readonly StandardRow[] = z
  .array(Row)
  .parse(rows)
  .map(row => {
    const own = (row.checks ?? [row.id]).flatMap(id => definitions.get(id) ?? [])
    return {
      ...row,
      controls: own.flatMap(({ controls }) => controls),
      checks: own.map(({ id }) => id),
      always: own.filter(({ always }) => always).map(({ id }) => id),
      severity: own[0]?.severity ?? 'medium',
    }
  })

const byId = new Map(standardRows.map(row => [row.id, row]))

/** A row of the standard; undefined for an id that this version does not know. */
export function standardRow(id: string): StandardRow | undefined {
  return byId.get(id)
}
