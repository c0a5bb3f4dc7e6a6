import 'server-only'
import { z } from 'zod'
import { type Access, accountFilter } from '../../access/proof'
import { type CellState, cellStates } from '../../domain/collection/lines'
import { plainText } from '../../domain/text/plain-text'
import type { Page } from '../../domain/views'
import { NotFoundError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { contains } from '../../sql/contains'
import { read } from '../../sql/read'
import { accountInScope } from '../accounts/rows'
import { decodeCursor, encodeCursor, PlaceText } from '../cursor'

const { sql } = Prisma

const PAGE = 50

/** Which accounts a coverage page shows: all, or those that have a cell in one of these states. */
export const CoverageFilter = z.object({
  text: plainText(200).default(''),
  state: z.array(z.enum(cellStates)).default([]),
})
export type CoverageFilter = z.infer<typeof CoverageFilter>

/** The cells of one collector in one account. */
export interface CoverageCell {
  collector: string
  /** Number of cells by state, without states that no cell has. */
  states: Partial<Record<CellState, number>>
  /** When the oldest of them was read. */
  readAt: Date
}

export interface CoverageRow {
  account: { id: string; name: string }
  cells: CoverageCell[]
}

/** One page of the accounts in scope that a collector has read, by name. Throws `conflict` for a cursor of another list. */
export async function listCoverage(
  access: Access<'findings:read'>,
  { text, state }: CoverageFilter,
  cursor: string | null,
): Promise<Page<CoverageRow>> {
  const after = cursor === null ? null : decodeCursor(cursor, z.tuple([PlaceText, PlaceText]))
  const matches = text === '' ? sql`TRUE` : sql`(a.name ILIKE ${contains(text)} OR a.id LIKE ${contains(text)})`
  const rows = await read<{ id: string; name: string; place: string; cells: StoredCell[] | null; total: number }>(
    sql`WITH wanted AS MATERIALIZED (
        SELECT a.id, a.name, lower(coalesce(nullif(a.name, ''), a.id)) AS place FROM account a
        WHERE ${accountInScope(access)} AND a.closed_at IS NULL AND ${matches} AND EXISTS (
          SELECT 1 FROM coverage c WHERE c.account_id = a.id AND (${state.length === 0} OR c.state = ANY(${state}::text[])))
      ), page AS (
        SELECT * FROM wanted WHERE ${after === null} OR (place, id) > (${after?.[0] ?? ''}, ${after?.[1] ?? ''})
        ORDER BY place, id LIMIT ${PAGE + 1}
      )
      SELECT p.id, p.name, p.place, (SELECT count(*)::int FROM wanted) AS total, (
        SELECT json_agg(json_build_object('collector', c.collector, 'state', c.state, 'n', c.n, 'readAt', c.read_at))
        FROM (SELECT collector, state, count(*)::int AS n, min(read_at) AS read_at FROM coverage
          WHERE account_id = p.id GROUP BY 1, 2) AS c) AS cells
      FROM page p ORDER BY p.place, p.id`,
  )
  const shown = rows.slice(0, PAGE)
  const last = shown.at(-1)
  return {
    rows: shown.map(({ id, name, cells }) => ({ account: { id, name }, cells: byCollector(cells ?? []) })),
    next: rows.length > PAGE && last ? encodeCursor([last.place, last.id]) : null,
    total: rows[0]?.total ?? 0,
    exact: true,
  }
}

interface StoredCell {
  collector: string
  state: CellState
  n: number
  readAt: string
}

function byCollector(stored: readonly StoredCell[]): CoverageCell[] {
  const cells = new Map<string, CoverageCell>()
  for (const { collector, state, n, readAt } of stored) {
    const at = new Date(readAt)
    const cell = cells.get(collector) ?? { collector, states: {}, readAt: at }
    cell.states[state] = n
    if (at < cell.readAt) cell.readAt = at
    cells.set(collector, cell)
  }
  return [...cells.values()]
}

/** What one collector last found in one Region. */
export interface CellView {
  collector: string
  region: string
  state: CellState
  complete: boolean
  records: number
  action: string | null
  message: string | null
  readAt: Date
  okAt: Date | null
  since: Date
  importId: number
}

/** Every cell of an account. Throws NotFoundError outside the reader's accounts. */
export async function accountCoverage(access: Access<'findings:read'>, accountId: string): Promise<CellView[]> {
  const scope = accountFilter(access)
  if (scope !== null && !scope.includes(accountId)) throw new NotFoundError()
  return read<CellView>(
    sql`SELECT collector, region, state, complete, records, action, message, read_at AS "readAt", ok_at AS "okAt", since,
        import_id AS "importId"
      FROM coverage WHERE account_id = ${accountId} ORDER BY collector, region`,
  )
}
