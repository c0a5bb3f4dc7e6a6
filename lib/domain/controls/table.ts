import { hash } from 'node:crypto'
import { z } from 'zod'
import { checkNameColumns } from '../feeds/feed-definitions'
import { Severity } from '../findings/severity'
import { canonicalPlace, type Place, resourceKinds } from '../identity/canonical-resource'
import { isGlobal } from '../identity/region'
import type { SourceId } from '../imports/outcome'
import { categories } from './categories'
import table from './data/controls.json'
import origins from './data/origins.json'

const Origin = z.string().refine(id => Object.hasOwn(origins, id), { error: 'the origin is not in origins.json' })
/** Names with the public source that each is from. */
const Names = z.record(z.string().min(1), Origin)

/**
 * One control under its canonical id: Security Hub's, else the check's own. `names` has the names of other tools by
 * column: `also` are older ids, `cis` its numbers in CIS benchmarks, the others are those of checkNames in
 * lib/sources/definition.ts. A name is in one row only: unjoined.json has those that are in none, with the reason.
 */
export const ControlRow = z.strictObject({
  id: z.string().min(1),
  /** AWS's present one; null where what a report says decides. */
  severity: Severity.nullable(),
  severityFrom: Origin,
  category: z.enum(categories),
  service: z.string().min(1),
  resource: z.enum(resourceKinds).optional(),
  names: z.record(z.string(), Names).default({}),
  /** Requirements by framework, with spaces between them. */
  frameworks: z.record(z.string(), z.string()).default({}),
  /** The public description of the control. */
  source: z.url(),
  /** When the row was last compared with its sources. */
  checked: z.iso.date(),
})
export type Control = z.infer<typeof ControlRow>

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

export interface ControlTable {
  /** Identifies the table: findings that were grouped and rated by another one have to be again. */
  readonly digest: string
  readonly controls: readonly Control[]
  /** The row that a tool's name for a control belongs to; null if no equivalence is known. Case does not matter. */
  find(control: string, source: SourceId): Control | null
  /** The row of a name that counts in every source: its id, or a name that several tools could use. */
  named(control: string): Control | null
  /** The canonical problem of a tool's record. Without a row, the tool's own names stay. */
  problemOf(reported: ReportedProblem): Problem
}

/** AWS Config adds this to the names of rules that a conformance pack deploys. */
const CONFORMANCE_PACK = /-conformance-pack-[a-z0-9]+$/

const columns = new Map<string, string | null>([
  ['also', null],
  ['cis', null],
  ...checkNameColumns.map(({ column, only }): [string, string | null] => [column, only]),
])

/** Rows that are no table of controls. */
export class ControlTableError extends Error {
  override readonly name = 'ControlTableError'
}

/** Reads a table. Throws ControlTableError if a name is in two rows, and for a column that no source has. */
export function toControlTable(raw: unknown): ControlTable {
  const controls = z.array(ControlRow).parse(raw)
  const byName = new Map<string, Control>()
  const ofFeed = new Map<string, Map<string, Control>>()
  for (const row of controls) {
    const shared = [row.id]
    for (const [column, names] of Object.entries(row.names)) {
      const only = columns.get(column)
      if (only === undefined) throw new ControlTableError(`no source has the column ${column} of ${row.id}`)
      if (only === null) shared.push(...Object.keys(names))
      else {
        const own = ofFeed.get(only) ?? new Map<string, Control>()
        ofFeed.set(only, own)
        note(own, row, Object.keys(names))
      }
    }
    note(byName, row, shared)
  }
  const named = (control: string) => byName.get(control.toLowerCase().replace(CONFORMANCE_PACK, '')) ?? null
  const find = (control: string, source: SourceId) =>
    named(control) ?? ofFeed.get(source)?.get(control.toLowerCase()) ?? null
  return {
    digest: hash('sha256', JSON.stringify(controls.map(decisiveParts))).slice(0, 32),
    controls,
    find,
    named,
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

/** What stored findings depend on. */
function decisiveParts({ id, severity, category, resource, names }: Control) {
  return [id, severity, category, resource, Object.entries(names).map(([column, own]) => [column, Object.keys(own)])]
}

function note(index: Map<string, Control>, row: Control, names: readonly string[]): void {
  for (const name of new Set(names.map(each => each.toLowerCase()))) {
    if (index.has(name)) throw new ControlTableError(`${name} is in two rows of the table of controls`)
    index.set(name, row)
  }
}

/** The table of this version. */
export const shippedControlTable = toControlTable(table)
let current = shippedControlTable

/** The table in force: this version's, or the one that `putControlTable` put in its place. */
export const controlTable: ControlTable = {
  get digest() {
    return current.digest
  },
  get controls() {
    return current.controls
  },
  find: (control, source) => current.find(control, source),
  named: control => current.named(control),
  problemOf: reported => current.problemOf(reported),
}

/** Puts a table in force in this process. Only its start may do that: stored findings are grouped by the table. */
export function putControlTable(next: ControlTable): void {
  current = next
}

/** The canonical id of a name that a person wrote into a rule; null if it is one already, a pattern, or unknown. */
export function renamedControl(written: string | null): string | null {
  const id = written === null ? undefined : controlTable.named(written)?.id
  return id === undefined || id === written ? null : id
}
