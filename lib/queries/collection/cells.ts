import 'server-only'
import { z } from 'zod'
import type { Access } from '../../access/proof'
import { AccountId } from '../../domain/accounts/account-id'
import type { CellFilter } from '../../domain/collection/coverage'
import type { CellView } from '../../domain/collection/views'
import type { Page } from '../../domain/views'
import { Prisma } from '../../generated/prisma/client'
import { read } from '../../sql/read'
import { accountInScope } from '../accounts/rows'
import { decodeCursor, encodeCursor, PlaceText } from '../cursor'

const { sql } = Prisma

export interface CellRow extends CellView {
  account: string
}

/** Cells of the open accounts in scope, in a stable order. Throws `conflict` for a cursor of another list. */
export async function listCells(
  access: Access<'findings:read'>,
  { account, collector, state }: CellFilter,
  { cursor, limit }: { cursor: string | null; limit: number },
): Promise<Page<CellRow>> {
  const [a, b, c] = cursor === null ? [] : decodeCursor(cursor, z.tuple([AccountId, PlaceText, PlaceText]))
  const matches = sql`${accountInScope(access)} AND a.closed_at IS NULL
    AND (${account.length === 0} OR c.account_id = ANY(${account}::text[]))
    AND (${collector.length === 0} OR c.collector = ANY(${collector}::text[]))
    AND (${state.length === 0} OR c.state = ANY(${state}::text[]))`
  const from = sql`FROM coverage c JOIN account a ON a.id = c.account_id`
  const [rows, [counted]] = await Promise.all([
    read<CellRow>(
      sql`SELECT c.account_id AS account, c.collector, c.region, c.state, c.complete, c.records, c.action, c.message,
          c.read_at AS "readAt", c.ok_at AS "okAt", c.since, c.import_id AS "importId", c.via
        ${from} WHERE ${matches}
          AND (${a === undefined} OR (c.account_id, c.collector, c.region) > (${a ?? ''}, ${b ?? ''}, ${c ?? ''}))
        ORDER BY c.account_id, c.collector, c.region LIMIT ${limit + 1}`,
    ),
    read<{ total: number }>(sql`SELECT count(*)::int AS total ${from} WHERE ${matches}`),
  ])
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return {
    rows: shown,
    next: rows.length > limit && last ? encodeCursor([last.account, last.collector, last.region]) : null,
    total: counted?.total ?? 0,
    exact: true,
  }
}
