import 'server-only'
import { Prisma } from '../../generated/prisma/client'
import { openStatusSql } from '../../sql/findings/open'
import type { SqlCheck } from './differences'

/** Compares the counts of open findings by source with the findings. */
export const sourceFindings: SqlCheck = {
  check: 'sourceFindings',
  sql: Prisma.sql`SELECT concat_ws(' ', account_id, source, severity, CASE WHEN unread THEN 'unread' END) AS of,
      coalesce(c.n, 0)::text AS shown, coalesce(f.m, 0)::text AS recomputed
    FROM source_count c FULL JOIN (
      SELECT f.account_id, s.source, f.severity, f.status = 'new' AS unread, count(*) AS m
      FROM finding f, unnest(f.sources) AS s(source) WHERE f.status IN (${openStatusSql}) GROUP BY 1, 2, 3, 4
    ) AS f USING (account_id, source, severity, unread)
    WHERE coalesce(c.n, 0) <> coalesce(f.m, 0)`,
}
