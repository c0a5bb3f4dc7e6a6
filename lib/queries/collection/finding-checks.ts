import 'server-only'
import type { Access } from '../../access/proof'
import { cellsOfFinding, type FindingCheck } from '../../domain/collection/findings/recheck'
import { Prisma } from '../../generated/prisma/client'
import { readPrimary } from '../../sql/read'
import { accountInScope } from '../accounts/rows'

const { sql } = Prisma

interface Checked {
  accountId: string
  region: string | null
  sources: readonly string[]
}

/** What the sources of a finding that Hinomi reads last said; none where no active connection reads its account. */
export async function findingChecks(access: Access<'findings:read'>, finding: Checked): Promise<FindingCheck[]> {
  const cells = cellsOfFinding(finding)
  if (cells.length === 0) return []
  // Of several Regions the one with a problem is told; of a task, whether its import has ended as well.
  return readPrimary<FindingCheck>(
    sql`SELECT n.collector, coalesce(t.state, c.state, 'waiting') AS state, CASE WHEN t.state IS NULL THEN c.action END AS action,
        CASE WHEN t.state IS NULL THEN c.message END AS message, c.read_at AS "readAt", c.complete_at AS "completeAt"
      FROM unnest(${cells.map(cell => cell.collector)}::text[], ${cells.map(cell => cell.region)}::text[])
        WITH ORDINALITY AS n (collector, region, place)
      JOIN account a ON a.id = ${finding.accountId} AND a.closed_at IS NULL AND ${accountInScope(access)}
      JOIN connection k ON k.id = a.connection_id AND k.paused_at IS NULL
      LEFT JOIN LATERAL (
        SELECT CASE WHEN t.state = 'waiting' THEN 'waiting' ELSE 'reading' END AS state FROM collection_task t
          LEFT JOIN import i ON i.id = t.import_id
        WHERE t.account_id = a.id AND t.collector = n.collector AND (t.region IS NULL OR n.region IS NULL OR t.region = n.region)
          AND (t.state IN ('waiting', 'running') OR i.state IN ('receiving', 'queued', 'running'))
        ORDER BY t.state = 'waiting' LIMIT 1
      ) AS t ON TRUE
      LEFT JOIN LATERAL (
        SELECT c.state, c.action, c.message, c.read_at, c.complete_at FROM coverage c
        WHERE c.account_id = a.id AND c.collector = n.collector AND (n.region IS NULL OR c.region = n.region)
        ORDER BY c.state NOT IN ('denied', 'failed', 'throttled'), c.state <> 'ok', c.region LIMIT 1
      ) AS c ON TRUE
      WHERE t.state IS NOT NULL OR c.state IS NOT NULL
      ORDER BY n.place`,
  )
}
