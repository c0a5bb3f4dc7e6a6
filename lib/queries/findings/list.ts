import 'server-only'
import type { Access } from '../../access/proof'
import {
  type FindingFilter,
  type FindingId,
  type ReportSort,
  reportSorts,
  SORTED_BY_REPORT,
  splitFindingId,
} from '../../domain/findings/filter'
import type { FindingRow, Page } from '../../domain/views'
import { AppError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { lastObserved } from '../../sql/findings/last-observed'
import { type FindingWhere, findingWhere, inScope } from '../../sql/findings/where'
import { read } from '../../sql/read'
import { countFindings } from './count'
import { namedRowColumns, rowColumns, rowJoins, type StoredRow, toFindingRow } from './rows'
import { cursorAfter, cursorAfterReport, isAfterReport, orders, reportOrder, type Sort } from './sort'
import { areSevereFew, type Part, walk } from './walk'

const { sql } = Prisma
/** A filter whose order an index has. */
type Walked = FindingFilter & { sort: Sort }
/** The columns that identify a finding and sort a list. */
const keyColumns = sql`f.account_id, f.id, f.severity, f.counts_as, f.first_seen_at, f.first_observed_at, f.due_at, f.respond_by, f.responded_at, f.sequence`

/** Where the stored counts cannot express a filter, rows are counted up to this. */
const MAX_COUNTED = 1_000

/**
 * One page of the findings in scope that match `filter`, in its order. Throws `invalid` for a cursor of another list, and where too
 * many match to be sorted by the last report.
 */
export async function listFindings(
  access: Access<'findings:read'>,
  filter: FindingFilter,
  page: { cursor: string | null; limit: number },
): Promise<Page<FindingRow>> {
  const limit = Math.min(Math.max(Math.trunc(page.limit), 1), 500)
  const { cursor: after } = page
  const where = await findingWhere(access, filter)
  const byReport = reportSorts.find(sort => sort === filter.sort)
  if (byReport) return listByReport(where, byReport, { after, limit })
  return listWalked(access, where, { ...filter, sort: walkedSort(filter.sort) }, { after, limit })
}

function walkedSort(sort: FindingFilter['sort']): Sort {
  return sort === 'recent' || sort === 'stale' ? 'severity' : sort
}

async function listWalked(
  access: Access<'findings:read'>,
  where: FindingWhere,
  filter: Walked,
  { after, limit }: { after: string | null; limit: number },
): Promise<Page<FindingRow>> {
  const counted = await countFindings(access, filter, where)
  if (!counted) return walkAndCount(where, filter, { after, limit })
  const { total, branches } = counted
  // Fewer than a page: a scan in order would read to the end of the index, whatever the planner estimates.
  const sortAll = total <= limit
  const found = total === 0 ? [] : await first({ ...where, branches }, filter, { after, limit: limit + 1, sortAll })
  return toPage(found, filter, { total, exact: true, limit })
}

/** A page of the findings by the last report that contained them: all of them are read, so that they must be few. */
async function listByReport(
  where: FindingWhere,
  sort: ReportSort,
  { after, limit }: { after: string | null; limit: number },
): Promise<Page<FindingRow>> {
  const any = where.branches.map(({ condition }) => sql`(${condition})`)
  if (any.length === 0) return { rows: [], next: null, total: 0, exact: true }
  const rest = after === null ? sql`TRUE` : isAfterReport(sort, after)
  const found = await read<
    (StoredRow & { last_observed_at: Date | null }) & { id: string | null; counted: number }
  >(sql`
    WITH matching AS MATERIALIZED (
      SELECT f.account_id, f.id FROM finding AS f WHERE ${where.conditions} AND (${Prisma.join(any, ' OR ')}) LIMIT ${SORTED_BY_REPORT + 1}
    ), dated AS MATERIALIZED (
      SELECT f.account_id, f.id, f.sequence, ${lastObserved} AS last_observed_at FROM matching JOIN finding AS f USING (account_id, id)
      WHERE (SELECT count(*) FROM matching) <= ${SORTED_BY_REPORT}
    ), page AS MATERIALIZED (SELECT * FROM dated AS f WHERE ${rest} ORDER BY ${reportOrder(sort, 'f')} LIMIT ${limit + 1})
    SELECT ${namedRowColumns}, p.last_observed_at, n.counted FROM (SELECT count(*)::int AS counted FROM matching) AS n
    LEFT JOIN (page AS p JOIN finding AS f ON f.account_id = p.account_id AND f.id = p.id) ON TRUE ${rowJoins}
    ORDER BY ${reportOrder(sort, 'p')}`)
  const total = found[0]?.counted ?? 0
  if (total > SORTED_BY_REPORT)
    throw new AppError('invalid', { reason: 'tooManyToSort', params: { max: SORTED_BY_REPORT }, field: 'sort' })
  const rows = found.filter(row => row.id !== null)
  const last = rows.at(limit - 1)
  const next = rows.length > limit && last ? cursorAfterReport(sort, last) : null
  return { rows: rows.slice(0, limit).map(toFindingRow), next, total, exact: true }
}

function toPage(
  found: readonly StoredRow[],
  filter: Walked,
  { total, exact, limit }: { total: number; exact: boolean; limit: number },
): Page<FindingRow> {
  const rows = found.slice(0, limit)
  const last = rows.at(-1)
  const next = found.length > limit && last ? cursorAfter(filter.sort, last) : null
  return { rows: rows.map(toFindingRow), next, total, exact }
}

/** A page and the total from one scan: finding the rows takes the time, not reading the first ones in full. */
async function walkAndCount(
  where: FindingWhere,
  filter: Walked,
  { after, limit }: { after: string | null; limit: number },
): Promise<Page<FindingRow>> {
  const order = orders[filter.sort]
  const shared = { sortAll: where.few, severeFirst: filter.sort === 'severity' && (await areSevereFew(where)) }
  const walked = walk(where, filter.sort, keyColumns, { ...shared, after: null, limit: MAX_COUNTED + 1 })
  if (!walked) return toPage([], filter, { total: 0, exact: true, limit })
  const asked = after === null ? null : walk(where, filter.sort, keyColumns, { ...shared, after, limit: limit + 1 })
  const found = await read<(StoredRow | { id: null }) & { counted: number }>(sql`
    WITH walked AS MATERIALIZED (${walked}),
      page AS MATERIALIZED (${asked ?? sql`SELECT * FROM walked AS f ORDER BY ${order} LIMIT ${limit + 1}`})
    SELECT ${namedRowColumns}, n.counted FROM (SELECT count(*)::int AS counted FROM walked) AS n
    LEFT JOIN (page AS p JOIN finding AS f ON f.account_id = p.account_id AND f.id = p.id) ON TRUE ${rowJoins} ORDER BY ${order}`)
  const counted = found[0]?.counted ?? 0
  const rows = found.filter(row => row.id !== null)
  return toPage(rows, filter, { total: Math.min(counted, MAX_COUNTED), exact: counted <= MAX_COUNTED, limit })
}

/** The finding with an id; empty where it is not in scope. */
export async function findingOf(access: Access<'findings:read'>, id: FindingId): Promise<FindingRow[]> {
  const { accountId, uuid } = splitFindingId(id)
  const rows = await read<StoredRow>(sql`SELECT ${namedRowColumns} FROM finding f ${rowJoins}
    WHERE f.account_id = ${accountId} AND f.id = ${uuid}::uuid AND ${inScope(access)}`)
  return rows.map(toFindingRow)
}

async function first(where: FindingWhere, filter: Walked, part: Part): Promise<StoredRow[]> {
  const order = orders[filter.sort]
  const walked = walk(where, filter.sort, rowColumns, part)
  if (!walked) return []
  return read<StoredRow>(sql`SELECT ${namedRowColumns} FROM (${walked}) AS f ${rowJoins} ORDER BY ${order}`)
}
