import { hash } from 'node:crypto'
import { z } from 'zod'
import type { AccountId } from './account-id'
import { canonicalPlace, type Place, resourceKinds } from './canonical-resource'
import table from './equivalence.json'

/**
 * One problem under its many names. `id` is Security Hub's control id, else the check's own; `also` are older ids of the same
 * control. A name stands in one row only: what a tool's check shares with several controls is left out, since merging two
 * problems would hide one of them. `source` is the public description of the control.
 */
const Row = z.strictObject({
  id: z.string(),
  resource: z.enum(resourceKinds).optional(),
  also: z.array(z.string()).default([]),
  prowler: z.array(z.string()).default([]),
  config: z.array(z.string()).default([]),
  trustedAdvisor: z.array(z.string()).default([]),
  cis: z.array(z.string()).default([]),
  source: z.url(),
})
export type CanonicalControl = z.infer<typeof Row>

/** A posture problem as all tools together name it. */
export interface Problem extends Place {
  control: string
}

export interface Equivalence {
  /** Names the table: findings grouped by another one have to be grouped anew. */
  digest: string
  controls: readonly CanonicalControl[]
  /** The row that a tool's name for a control belongs to; null where no equivalence is known. */
  find(control: string): CanonicalControl | null
  /** Where a tool's statement belongs. Without a row it stays as the tool says it. */
  problemOf(said: { control: string; accountId: AccountId; region: string; resourceId: string }): Problem
}

/** AWS Config adds this to the names of rules that a conformance pack deploys. */
const CONFORMANCE_PACK = /-conformance-pack-[a-z0-9]+$/

/** Reads a table. Throws where a name stands in two rows. */
export function toEquivalence(raw: unknown): Equivalence {
  const controls = z.array(Row).parse(raw)
  const byName = new Map<string, CanonicalControl>()
  for (const row of controls) {
    const names = [row.id, ...row.also, ...row.prowler, ...row.config, ...row.trustedAdvisor, ...row.cis]
    for (const name of new Set(names.map(each => each.toLowerCase()))) {
      if (byName.has(name)) throw new Error(`${name} stands in two rows of the equivalence table`)
      byName.set(name, row)
    }
  }
  const find = (control: string) => byName.get(control.toLowerCase().replace(CONFORMANCE_PACK, '')) ?? null
  return {
    digest: hash('sha256', JSON.stringify(controls)).slice(0, 32),
    controls,
    find,
    problemOf({ control, ...place }) {
      const row = find(control)
      return row ? { control: row.id, ...canonicalPlace(row.resource ?? null, place) } : { control, ...place }
    },
  }
}

export const equivalence: Equivalence = toEquivalence(table)
