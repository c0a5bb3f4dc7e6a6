import 'server-only'
import { findingWhere, inScope } from '../access/finding-where'
import type { Access } from '../access/proof'
import { type FindingFilter, type FindingId, splitFindingId, toFindingId } from '../domain/finding-filter'
import type { FindingRow, Page } from '../domain/views'
import { Prisma } from '../generated/prisma/client'
import { countFindings } from './finding-count'
import { namedRowColumns, rowColumns, rowJoins, type StoredRow, toFindingRow } from './finding-rows'
import { cursorAfter, isAfter, orders } from './finding-sort'
import { read } from './read'

const { sql } = Prisma

/** One page of the findings in scope that `filter` gives, in its order. Throws `invalid` for a cursor of another list. */
export async function listFindings(
  access: Access<'findings:read'>,
  filter: FindingFilter,
  page: { cursor: string | null; limit: number },
): Promise<Page<FindingRow>> {
  const limit = Math.min(Math.max(Math.trunc(page.limit), 1), 500)
  const walked = walk(access, filter, page.cursor, limit + 1, rowColumns)
  const [found, counted] = await Promise.all([walked ? rowsOf(walked, filter) : [], countFindings(access, filter)])
  const rows = found.slice(0, limit)
  const last = rows.at(-1)
  return {
    rows: rows.map(toFindingRow),
    next: found.length > limit && last ? cursorAfter(filter.sort, last) : null,
    ...counted,
  }
}

/** The first `limit` findings of a list, without counting them. */
export async function firstFindings(
  access: Access<'findings:read'>,
  filter: FindingFilter,
  limit: number,
): Promise<FindingRow[]> {
  const walked = walk(access, filter, null, limit, rowColumns)
  return walked ? (await rowsOf(walked, filter)).map(toFindingRow) : []
}

/** The finding of an id, or none where it is not in scope. */
export async function findingOf(access: Access<'findings:read'>, id: FindingId): Promise<FindingRow[]> {
  const { accountId, uuid } = splitFindingId(id)
  const rows = await read<StoredRow>(sql`SELECT ${namedRowColumns} FROM finding f ${rowJoins}
    WHERE f.account_id = ${accountId} AND f.id = ${uuid}::uuid AND ${inScope(access)}`)
  return rows.map(toFindingRow)
}

function rowsOf(walked: Prisma.Sql, filter: FindingFilter): Promise<StoredRow[]> {
  return read<StoredRow>(
    sql`SELECT ${namedRowColumns} FROM (${walked}) AS f ${rowJoins} ORDER BY ${orders[filter.sort]}`,
  )
}

/** The first `limit` findings of a list, by id: what "select all that match" selects. */
export async function selectFindings(
  access: Access<'findings:read'>,
  filter: FindingFilter,
  limit: number,
): Promise<FindingId[]> {
  const walked = walk(access, filter, null, limit, sql`f.account_id, f.id, f.severity, f.first_seen_at, f.due_at`)
  if (!walked) return []
  const rows = await read<{ account_id: string; id: string }>(
    sql`SELECT f.account_id, f.id FROM (${walked}) AS f ORDER BY ${orders[filter.sort]}`,
  )
  return rows.map(row => toFindingId(row.account_id, row.id))
}

/**
 * The first rows of a list: each branch walks its own index and stops early, then the few rows are merged. Null where
 * nothing can match.
 */
function walk(
  access: Access<'findings:read'>,
  filter: FindingFilter,
  cursor: string | null,
  limit: number,
  columns: Prisma.Sql,
): Prisma.Sql | null {
  const { conditions, branches } = findingWhere(access, filter)
  const order = orders[filter.sort]
  const after = cursor === null ? sql`TRUE` : isAfter(filter.sort, cursor)
  const parts = branches.map(
    branch => sql`(SELECT ${columns} FROM finding AS f WHERE ${branch} AND ${conditions} AND ${after}
      ORDER BY ${order} LIMIT ${limit})`,
  )
  const [only] = parts
  if (!only || parts.length === 1) return only ?? null
  return sql`SELECT * FROM (${Prisma.join(parts, ' UNION ALL ')}) AS f ORDER BY ${order} LIMIT ${limit}`
}
