import 'server-only'
import { type Access, accountFilter } from '../../access/proof'
import { now } from '../../clock'
import type { AccountId } from '../../domain/accounts/account-id'
import type { AccountOrigin } from '../../domain/accounts/origin'
import { scoreMethod } from '../../domain/accounts/score'
import type { Environment, TeamId } from '../../domain/people/team'
import type { AccountRow } from '../../domain/views'
import { Prisma } from '../../generated/prisma/client'
import { openCounts, reportingAccounts, reportingSources } from '../../sql/feeds/posture'
import { postureScores } from '../../sql/feeds/score'
import { read } from '../../sql/read'

type Sql = Prisma.Sql
const { sql } = Prisma

interface StoredAccount {
  id: AccountId
  name: string
  environment: Environment | null
  owner_team: TeamId
  tags: Record<string, string>
  origin: AccountOrigin
  it_scope: boolean
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
  return isInScope(access, sql`a.id`)
}

/** Whether the reader may see an account. */
export function isInScope(access: Access, account: Sql): Sql {
  const accounts = accountFilter(access)
  return accounts === null ? sql`TRUE` : sql`${account} = ANY(${accounts}::text[])`
}

/** Score and blind share of the accounts in `wanted (id)` from their newest snapshots, unless those have scores of an earlier method. */
export const newestScores = sql`
  SELECT w.id, s.score, s.blind FROM wanted w CROSS JOIN LATERAL (
    SELECT score, blind, method FROM snapshot WHERE account_id = w.id ORDER BY day DESC LIMIT 1) AS s
  WHERE s.method = ${scoreMethod}::int`

/**
 * Accounts in scope that match `wanted` (over `account AS a`), in `order` (over the columns of AccountRow in snake case). Reads stored
 * counts only, never findings. Score and blind share come from the newest snapshot, which every import takes at its end: a thousand
 * accounts have hundreds of thousands of controls. With `live`, or without a snapshot, they are computed as lib/sql/feeds/score.ts does.
 */
export async function accountRows(
  access: Access<'findings:read'>,
  wanted: Sql,
  order: Sql,
  limit: number,
  { live = false }: { live?: boolean } = {},
): Promise<AccountRow[]> {
  const rows = await read<StoredAccount>(sql`
    WITH wanted AS (
      SELECT a.id, a.name, a.environment, a.owner_team, a.tags, a.origin, a.it_scope, a.closed_at, a.closed_reason FROM account a WHERE ${accountInScope(access)} AND ${wanted}
    ), counts AS (
      ${openCounts}
    ), speaking AS (
      ${reportingSources(now())}
    ), stored AS (
      SELECT * FROM (${newestScores}) AS newest WHERE NOT ${live}::boolean
    ), scores AS (
      ${postureScores(sql`SELECT id FROM wanted EXCEPT SELECT id FROM stored`)}
      UNION ALL SELECT id, score, blind FROM stored
    ), reported AS (
      ${reportingAccounts}
    ), posture AS (
      SELECT w.*, coalesce(critical, 0)::int AS critical, coalesce(high, 0)::int AS high, coalesce(medium, 0)::int AS medium,
        coalesce(low, 0)::int AS low, coalesce(informational, 0)::int AS informational, coalesce(open_total, 0)::int AS open_total,
        coalesce(overdue, 0)::int AS overdue, coalesce(unowned, 0)::int AS unowned, score, last_heard_at,
        CASE WHEN silent THEN 1 ELSE blind END AS blind, coalesce(silent, FALSE) AS silent
      FROM wanted w LEFT JOIN counts c ON c.account_id = w.id LEFT JOIN scores s ON s.account_id = w.id
        LEFT JOIN reported h ON h.account_id = w.id
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
    itScope: row.it_scope,
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
