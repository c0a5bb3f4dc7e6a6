import 'server-only'
import { type Access, accountFilter } from '../access/proof'
import { now } from '../clock'
import type { AccountId } from '../domain/account-id'
import { severityWeights as weights } from '../domain/score'
import type { Environment, Team } from '../domain/team'
import type { AccountRow } from '../domain/views'
import { Prisma } from '../generated/prisma/client'
import { nobodyKey } from './finding-count'
import { read } from './read'

type Sql = Prisma.Sql
const { sql } = Prisma

interface StoredAccount {
  id: AccountId
  name: string
  environment: Environment | null
  owner_team: Team
  tags: Record<string, string>
  origin: 'registered' | 'discovered'
  critical: number
  high: number
  medium: number
  low: number
  informational: number
  open_total: number
  overdue: number
  unowned: number
  score: number | null
  last_heard_at: Date | null
  blind: number | null
  silent: boolean
  closed_at: Date | null
  closed_reason: string
}

/** Account scope over `account AS a`. */
export function accountInScope(access: Access): Sql {
  const accounts = accountFilter(access)
  return accounts === null ? sql`TRUE` : sql`a.id = ANY(${accounts}::text[])`
}

/**
 * Accounts in scope that meet `wanted` (over `account AS a`), in `order` (over the columns of AccountRow in snake case). Reads
 * kept counts only, never findings. The score is that of lib/domain/score.ts, over controls merged across feeds. Of many accounts, score
 * and blind share are those of the newest snapshot, which every import takes at its end: a thousand accounts have hundreds of thousands of
 * controls. With `live`, or where there is no snapshot, they are worked out.
 */
export async function accountRows(
  access: Access<'findings:read'>,
  wanted: Sql,
  order: Sql,
  limit: number,
  { live = false }: { live?: boolean } = {},
): Promise<AccountRow[]> {
  const weight = sql`CASE severity WHEN 5 THEN ${weights.critical}::float8 WHEN 4 THEN ${weights.high}::float8
    WHEN 3 THEN ${weights.medium}::float8 WHEN 2 THEN ${weights.low}::float8 ELSE ${weights.informational}::float8 END`
  const rows = await read<StoredAccount>(sql`
    WITH wanted AS (
      SELECT a.id, a.name, a.environment, a.owner_team, a.tags, a.origin, a.closed_at, a.closed_reason FROM account a WHERE ${accountInScope(access)} AND ${wanted}
    ), counts AS (
      SELECT c.account_id, sum(n) FILTER (WHERE severity = 5) AS critical, sum(n) FILTER (WHERE severity = 4) AS high,
        sum(n) FILTER (WHERE severity = 3) AS medium, sum(n) FILTER (WHERE severity = 2) AS low,
        sum(n) FILTER (WHERE severity = 1) AS informational, sum(n) AS open_total, sum(n) FILTER (WHERE c.overdue) AS overdue,
        sum(n) FILTER (WHERE owner_key = ${nobodyKey}::uuid) AS unowned
      FROM finding_count c WHERE c.account_id IN (SELECT id FROM wanted) AND status IN ('new', 'acknowledged', 'in_progress')
      GROUP BY 1
    ), speaking AS (
      SELECT account_id, source, max(last_at) AS last_at, max(silent_after) > ${now()}::timestamptz AS alive
      FROM feed WHERE account_id IN (SELECT id FROM wanted) GROUP BY 1, 2
    ), kept AS (
      SELECT w.id, s.score, s.blind FROM wanted w CROSS JOIN LATERAL (
        SELECT score, blind FROM snapshot WHERE account_id = w.id ORDER BY day DESC LIMIT 1) AS s
      WHERE NOT ${live}::boolean
    ), controls AS (
      SELECT r.account_id, control, max(severity) AS severity, sum(failed) AS failed, sum(passed) AS passed, bool_or(coalesce(s.alive, TRUE)) AS alive
      FROM control_result r LEFT JOIN speaking s ON s.account_id = r.account_id AND s.source = r.source
      WHERE r.account_id IN (SELECT id FROM wanted EXCEPT SELECT id FROM kept) GROUP BY 1, 2
    ), scores AS (
      SELECT account_id, 100 * sum(CASE WHEN failed <= 0 THEN ${weight} ELSE 0 END) / sum(${weight}) AS score,
        sum(CASE WHEN alive THEN 0 ELSE ${weight} END) / sum(${weight}) AS blind
      FROM controls WHERE failed > 0 OR passed > 0 GROUP BY 1
      UNION ALL SELECT id, score, blind FROM kept
    ), heard AS (
      SELECT account_id, max(last_at) AS last_heard_at, NOT bool_or(alive) AS silent FROM speaking GROUP BY 1
    ), posture AS (
      SELECT w.*, coalesce(critical, 0)::int AS critical, coalesce(high, 0)::int AS high, coalesce(medium, 0)::int AS medium,
        coalesce(low, 0)::int AS low, coalesce(informational, 0)::int AS informational, coalesce(open_total, 0)::int AS open_total,
        coalesce(overdue, 0)::int AS overdue, coalesce(unowned, 0)::int AS unowned, score, last_heard_at,
        CASE WHEN silent THEN 1 ELSE blind END AS blind, coalesce(silent, FALSE) AS silent
      FROM wanted w LEFT JOIN counts c ON c.account_id = w.id LEFT JOIN scores s ON s.account_id = w.id
        LEFT JOIN heard h ON h.account_id = w.id
    )
    SELECT * FROM posture ORDER BY ${order}, id LIMIT ${limit}`)
  return rows.map(toAccountRow)
}

function toAccountRow(row: StoredAccount): AccountRow {
  const { critical, high, medium, low, informational } = row
  return {
    id: row.id,
    name: row.name,
    environment: row.environment,
    ownerTeam: row.owner_team,
    tags: row.tags,
    origin: row.origin,
    open: { critical, high, medium, low, informational },
    openTotal: row.open_total,
    overdue: row.overdue,
    unowned: row.unowned,
    score: row.score,
    lastHeardAt: row.last_heard_at,
    blind: row.blind,
    silent: row.silent,
    closedAt: row.closed_at,
    closedReason: row.closed_reason,
  }
}
