import 'server-only'
import { Prisma } from '../../generated/prisma/client'
import { type Branch, type FindingWhere, SEVERE } from '../../sql/findings/where'
import { read } from '../../sql/read'
import { isAfter, orders, type Sort, severityParts } from './sort'

type Sql = Prisma.Sql
const { sql } = Prisma

export interface Part {
  /** The cursor after which it begins. */
  after: string | null
  limit: number
  /** Reads all matching rows and sorts them, instead of scanning an index in order. */
  sortAll: boolean
  /** Does this with the severe ones alone, and reads the others only where these are too few. For lists by severity. */
  severeFirst?: boolean
}

/** One scan of an index in its order; `rank` is the column by which its findings are severe. */
interface Scan {
  condition: Sql
  order: Sql
  rank?: 'severity' | 'counts_as'
  few: boolean
  /** first: of all severe findings; later: only if that has too few. */
  when?: 'first' | 'later'
}

/**
 * The first rows of a list: each branch scans its own index and stops early, or with `sortAll` reads all of its rows; then the rows of
 * the branches are merged. Null where nothing can match.
 */
export function walk(where: FindingWhere, sort: Sort, columns: Sql, part: Part): Sql | null {
  const { after, limit, sortAll } = part
  const scans = scansOf(where, sort, part).map(({ condition, order, rank, few, when }) => {
    const rest = after === null ? sql`TRUE` : isAfter(sort, after, rank)
    const wanted = when === 'later' ? sql`(SELECT count(*) FROM severe) < ${limit}` : sql`TRUE`
    const matching = sql`SELECT ${columns} FROM finding AS f WHERE ${condition} AND ${where.conditions} AND ${rest} AND ${wanted}`
    // OFFSET 0 keeps the planner from choosing an index for the order.
    const rows =
      sortAll || few
        ? sql`SELECT * FROM (${matching} OFFSET 0) AS f ORDER BY ${order} LIMIT ${limit}`
        : sql`${matching} ORDER BY ${order} LIMIT ${limit}`
    return { rows, when }
  })
  const [only] = scans
  if (!only || scans.length === 1) return only?.rows ?? null
  const severe = scans.find(({ when }) => when === 'first')
  const parts = scans.map(scan => (scan === severe ? sql`(SELECT * FROM severe)` : sql`(${scan.rows})`))
  const first = severe ? sql`WITH severe AS MATERIALIZED (${severe.rows})` : Prisma.empty
  return sql`${first} SELECT * FROM (${Prisma.join(parts, ' UNION ')}) AS f ORDER BY ${orders[sort]} LIMIT ${limit}`
}

/** The index scans of a list: its branches, by severity without the findings that count as more severe, which are few. */
function scansOf({ branches }: FindingWhere, sort: Sort, { severeFirst = false }: Part): Scan[] {
  if (sort !== 'severity') return branches.map(({ condition, few }) => ({ condition, order: orders[sort], few }))
  if (branches.length === 0) return []
  const any = anyOf(branches)
  return severityParts.flatMap<Scan>(({ condition: part, order, column: rank }) => {
    if (rank === 'counts_as') return [{ condition: sql`${part} AND ${any}`, order, rank, few: false }]
    const scanned = (branch: Branch, others: Sql) => ({
      condition: sql`${branch.condition} AND ${others} AND ${part}`,
      order,
      rank,
      few: branch.few,
    })
    const apart = severeFirst ? branches.filter(({ severe }) => severe) : []
    if (apart.length === 0) return branches.map(branch => scanned(branch, sql`TRUE`))
    const severe = sql`${SEVERE.condition} AND ${part} AND ${anyOf(apart)}`
    return [
      { condition: severe, order, rank, few: true, when: 'first' },
      ...apart.map(branch => ({ ...scanned(branch, branch.few ? FEW_OTHERS : SEVERE.others), when: 'later' as const })),
      ...branches.filter(branch => !branch.severe).map(branch => scanned(branch, sql`TRUE`)),
    ]
  })
}

/** As SEVERE.others, but in a form that no index has: to find few, the index of all of these need not be read as well. */
const FEW_OTHERS = sql`f.severity + 0 < 4`

function anyOf(branches: readonly Branch[]): Sql {
  return sql`(${Prisma.join(
    branches.map(({ condition }) => sql`(${condition})`),
    ' OR ',
  )})`
}

/** If fewer of so many findings at the beginning of a list match, it reads the severe ones that match by themselves. */
const SAMPLE = { findings: 1_000, matching: 60 }

/** Whether few severe findings have the texts of a filter. Otherwise a walk has its rows after a few thousand findings. */
export async function areSevereFew({ few, branches }: FindingWhere): Promise<boolean> {
  const apart = branches.filter(({ severe }) => severe)
  const [part] = severityParts
  if (apart.length === 0 || !part) return false
  if (few || apart.every(branch => branch.few)) return true
  const [sample] = await read<{ n: number }>(sql`
    SELECT count(*)::int AS n FROM (
      SELECT * FROM finding AS f WHERE ${SEVERE.condition} AND ${part.condition} ORDER BY ${part.order} LIMIT ${SAMPLE.findings}
    ) AS f WHERE ${anyOf(apart)}`)
  return (sample?.n ?? 0) < SAMPLE.matching
}
