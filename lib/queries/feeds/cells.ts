import 'server-only'
import type { Access } from '../../access/proof'
import { collectors } from '../../domain/collection/collectors'
import type { CellState } from '../../domain/collection/lines'
import { type PaidServiceId, paidServices } from '../../domain/collection/paid-services/paid-services'
import type { SourceId } from '../../domain/imports/outcome'
import { Prisma } from '../../generated/prisma/client'
import { read } from '../../sql/read'
import { accountInScope } from '../accounts/rows'

const { sql } = Prisma

/** What collectors found where they tried to read a source or a paid service. */
export interface Readings {
  /** Open accounts in scope by what was found there. */
  cells: Partial<Record<CellState, number>>
  /** When one of them was last read. */
  readAt: Date | null
}

const readBy: readonly { id: SourceId | PaidServiceId; collector: string }[] = [
  ...collectors.flatMap(({ id, feed }) => (feed === null ? [] : [{ id: feed, collector: id }])),
  ...paidServices.flatMap(({ id, collectors }) => collectors.map(collector => ({ id, collector }))),
]

/**
 * Of each source and paid service that a collector tried to read in the open accounts in scope. One pass over the
 * cells, of which a large organization has tens of thousands.
 */
export async function readingsOf(access: Access): Promise<ReadonlyMap<string, Readings>> {
  const names = [...new Set(readBy.map(({ collector }) => collector))]
  const rows = await read<Readings & { id: string }>(
    sql`WITH wanted AS MATERIALIZED (SELECT a.id FROM account a WHERE ${accountInScope(access)} AND a.closed_at IS NULL
      ), collected AS MATERIALIZED (
        SELECT account_id, collector, bool_or(state = 'ok') AS ok, min(state) AS state, max(read_at) FILTER (WHERE state = 'ok') AS read_at
        FROM coverage WHERE account_id = ANY(ARRAY(SELECT id FROM wanted)) AND collector = ANY(${names}::text[]) GROUP BY 1, 2
      ), cell AS (
        SELECT r.id, c.account_id, CASE WHEN bool_or(c.ok) THEN 'ok' ELSE min(c.state) END AS state, max(c.read_at) AS read_at
        FROM unnest(${readBy.map(({ id }) => id)}::text[], ${readBy.map(({ collector }) => collector)}::text[]) AS r(id, collector)
          JOIN collected c USING (collector) GROUP BY 1, 2
      )
      SELECT id, json_object_agg(state, n) AS cells, max(read_at) AS "readAt"
      FROM (SELECT id, state, count(*)::int AS n, max(read_at) AS read_at FROM cell GROUP BY 1, 2) AS s GROUP BY 1`,
  )
  return new Map(rows.map(({ id, ...readings }) => [id, readings]))
}
