import { hash } from 'node:crypto'
import { z } from 'zod'
import { checkNameColumns } from '../feeds/feed-definitions'
import type { SourceId } from '../imports/outcome'
import { canonicalPlace, type Place, resourceKinds } from './canonical-resource'
import table from './equivalence.json'
import { isGlobal } from './region'

/**
 * The names of one control. `id` is Security Hub's control id, else the check's own; `also` are older ids of the same
 * control, `cis` its numbers in CIS benchmarks. The other columns are names of sources, see checkNames in
 * lib/sources/definition.ts. A name is in one row only: a check that means several controls is left out, since merging
 * two problems would hide one of them. `source` is the public description of the control.
 */
const Row = z
  .object({
    id: z.string(),
    resource: z.enum(resourceKinds).optional(),
    also: z.array(z.string()).default([]),
    cis: z.array(z.string()).default([]),
    source: z.url(),
  })
  .catchall(z.array(z.string()))
  .transform(({ id, resource, also, cis, source, ...checks }) => ({
    id,
    ...(resource && { resource }),
    also,
    cis,
    source,
    /** Names of checks by column. */
    checks: checks as Readonly<Record<string, readonly string[]>>,
  }))
export type CanonicalControl = z.infer<typeof Row>

/** A posture problem under the canonical names. */
export interface Problem extends Place {
  control: string
}

/** A posture problem under a tool's own names. */
interface ReportedProblem extends Place {
  source: SourceId
  control: string
  resourceType?: string
}

export interface Equivalence {
  /** Identifies the table: findings that were grouped by another one have to be regrouped. */
  digest: string
  controls: readonly CanonicalControl[]
  /** The row that a tool's name for a control belongs to; null if no equivalence is known. */
  find(control: string, source: SourceId): CanonicalControl | null
  /** The canonical problem of a tool's record. Without a row, the tool's own names stay. */
  problemOf(reported: ReportedProblem): Problem
}

/** AWS Config adds this to the names of rules that a conformance pack deploys. */
const CONFORMANCE_PACK = /-conformance-pack-[a-z0-9]+$/

const columns = new Map(checkNameColumns.map(({ column, only }) => [column, only]))

/** Reads a table. Throws if a name is in two rows, and for a column that no source has. */
export function toEquivalence(raw: unknown): Equivalence {
  const controls = z.array(Row).parse(raw)
  const byName = new Map<string, CanonicalControl>()
  const ofFeed = new Map<string, Map<string, CanonicalControl>>()
  for (const row of controls) {
    const shared = [row.id, ...row.also, ...row.cis]
    for (const [column, names] of Object.entries(row.checks)) {
      const only = columns.get(column)
      if (only === undefined) throw new Error(`no source has the column ${column} of ${row.id}`)
      if (only === null) shared.push(...names)
      else {
        const own = ofFeed.get(only) ?? new Map<string, CanonicalControl>()
        ofFeed.set(only, own)
        note(own, row, names)
      }
    }
    note(byName, row, shared)
  }
  const find = (control: string, source: SourceId) => {
    const name = control.toLowerCase().replace(CONFORMANCE_PACK, '')
    return byName.get(name) ?? ofFeed.get(source)?.get(name) ?? null
  }
  return {
    digest: hash('sha256', JSON.stringify(controls)).slice(0, 32),
    controls,
    find,
    problemOf({ control, source, resourceType, accountId, region, resourceId }) {
      const row = find(control, source)
      const place = { accountId, region, resourceId }
      const problem = row
        ? { control: row.id, ...canonicalPlace(row.resource ?? null, place) }
        : { control, accountId, region, resourceId }
      if (row?.resource === 'account-region' || problem.region === 'global') return problem
      return isGlobal({ control: problem.control, resourceId, resourceType })
        ? { ...problem, region: 'global' }
        : problem
    },
  }
}

function note(index: Map<string, CanonicalControl>, row: CanonicalControl, names: readonly string[]): void {
  for (const name of new Set(names.map(each => each.toLowerCase()))) {
    if (index.has(name)) throw new Error(`${name} is in two rows of the equivalence table`)
    index.set(name, row)
  }
}

export const equivalence: Equivalence = toEquivalence(table)
