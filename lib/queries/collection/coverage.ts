import 'server-only'
import { z } from 'zod'
import type { Access } from '../../access/proof'
import type { CoverageFilter } from '../../domain/collection/coverage'
import type { CellState } from '../../domain/collection/lines'
import type { AccountReader, CellView, CoverageCell, CoverageRow, OpenTask } from '../../domain/collection/views'
import type { Page } from '../../domain/views'
import { NotFoundError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { contains } from '../../sql/contains'
import { read } from '../../sql/read'
import { accountInScope } from '../accounts/rows'
import { decodeCursor, encodeCursor, PlaceText } from '../cursor'

const { sql } = Prisma

const PAGE = 50

const openTasks = (account: Prisma.Sql) => sql`(
  SELECT json_agg(json_build_object('collector', t.collector, 'region', t.region, 'running', t.state = 'running'))
  FROM collection_task t WHERE t.account_id = ${account} AND t.state IN ('waiting', 'running'))`

/** SQL: whether the connection of an account `a` reads it. */
const readerSql = sql`coalesce((SELECT CASE WHEN k.paused_at IS NULL THEN 'active' ELSE 'paused' END FROM connection k
  WHERE k.id = a.connection_id AND a.closed_at IS NULL), 'none')`

/**
 * One page of the open accounts in scope that a collector has read or, without a choice of states, is about to read, by
 * name. Throws `conflict` for a cursor of another list.
 */
export async function listCoverage(
  access: Access<'findings:read'>,
  { text, state }: CoverageFilter,
  cursor: string | null,
): Promise<Page<CoverageRow>> {
  const after = cursor === null ? null : decodeCursor(cursor, z.tuple([PlaceText, PlaceText]))
  const matches = text === '' ? sql`TRUE` : sql`(a.name ILIKE ${contains(text)} OR a.id LIKE ${contains(text)})`
  const rows = await read<StoredRow>(
    sql`WITH asked AS MATERIALIZED (
        SELECT DISTINCT account_id FROM collection_task WHERE state IN ('waiting', 'running') AND ${state.length === 0}
      ), wanted AS MATERIALIZED (
        SELECT a.id, a.name, a.connection_id, a.closed_at, lower(coalesce(nullif(a.name, ''), a.id)) AS place FROM account a
        WHERE ${accountInScope(access)} AND a.closed_at IS NULL AND ${matches} AND (a.id IN (SELECT account_id FROM asked) OR EXISTS (
          SELECT 1 FROM coverage c WHERE c.account_id = a.id AND (${state.length === 0} OR c.state = ANY(${state}::text[]))))
      ), page AS (
        SELECT * FROM wanted WHERE ${after === null} OR (place, id) > (${after?.[0] ?? ''}, ${after?.[1] ?? ''})
        ORDER BY place, id LIMIT ${PAGE + 1}
      )
      SELECT a.id, a.name, a.place, ${readerSql} AS reader, (SELECT count(*)::int FROM wanted) AS total, ${openTasks(sql`a.id`)} AS open, (
        SELECT json_agg(json_build_object('collector', c.collector, 'state', c.state, 'n', c.n, 'readAt', c.read_at))
        FROM (SELECT collector, state, count(*)::int AS n, min(read_at) AS read_at FROM coverage
          WHERE account_id = a.id GROUP BY 1, 2) AS c) AS cells
      FROM page a ORDER BY a.place, a.id`,
  )
  const shown = rows.slice(0, PAGE)
  const last = shown.at(-1)
  return {
    rows: shown.map(({ id, name, reader, cells, open }) => {
      return { account: { id, name }, reader, cells: byCollector(cells ?? []), open: open ?? [] }
    }),
    next: rows.length > PAGE && last ? encodeCursor([last.place, last.id]) : null,
    total: rows[0]?.total ?? 0,
    exact: true,
  }
}

interface StoredRow {
  id: string
  name: string
  place: string
  reader: AccountReader
  total: number
  cells: StoredCell[] | null
  open: OpenTask[] | null
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

export interface AccountCoverage {
  account: { id: string; name: string }
  /** Only where it is active, a cell can be read again. */
  reader: AccountReader
  cells: CellView[]
  open: OpenTask[]
}

/** Every cell of an account. Throws NotFoundError outside the reader's accounts. */
export async function accountCoverage(access: Access<'findings:read'>, accountId: string): Promise<AccountCoverage> {
  const [account] = await read<{ name: string; reader: AccountReader; open: OpenTask[] | null }>(
    sql`SELECT a.name, ${readerSql} AS reader, ${openTasks(sql`a.id`)} AS open FROM account a WHERE a.id = ${accountId} AND ${accountInScope(access)}`,
  )
  if (!account) throw new NotFoundError()
  const cells = await read<CellView>(
    sql`SELECT collector, region, state, complete, records, action, message, read_at AS "readAt", ok_at AS "okAt", since,
        import_id AS "importId", via
      FROM coverage WHERE account_id = ${accountId}`,
  )
  const { name, reader, open } = account
  return { account: { id: accountId, name }, reader, cells, open: open ?? [] }
}
