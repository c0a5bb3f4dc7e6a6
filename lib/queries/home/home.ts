import 'server-only'
import { type Access, accountFilter } from '../../access/proof'
import { now } from '../../clock'
import { everyFinding, type FindingFilter } from '../../domain/findings/filter'
import { homeFilters, homeLayouts } from '../../domain/people/home'
import type { Team, TeamId } from '../../domain/people/team'
import type { FindingRow, HomeView, SeverityCounts } from '../../domain/views'
import { Prisma } from '../../generated/prisma/client'
import { read } from '../../sql/read'
import { riskiestAccounts } from '../accounts/list'
import { dueReviews, sidebarBadges, waitingExceptions } from '../badges'
import { nobodyKey, openCountsInScope } from '../findings/count'
import { listFindings } from '../findings/list'
import { listDecisions } from './decisions'

const { sql } = Prisma
const shown = 8

/**
 * The home page of a team, for the accounts in scope: counts of its open findings, and the lists of its kind
 * (lib/domain/people/home.ts).
 */
export async function getHome(
  access: Access<'findings:read'>,
  { id, kind }: Pick<Team, 'id' | 'kind'>,
): Promise<HomeView> {
  const layout = homeLayouts[kind]
  const filters = layout.lists.map(list => ({ list, filter: { team: [id], ...homeFilters[list] } }))
  const [summary, badges, lists, waiting, reviews, decisions, reported] = await Promise.all([
    summaryOf(access, id, layout.accounts),
    sidebarBadges(access),
    Promise.all(
      filters.map(async each => ({ ...each, rows: await firstOf(access, { ...everyFinding, ...each.filter }) })),
    ),
    layout.exceptions ? waitingExceptions(access) : null,
    layout.exceptions ? dueReviews(access) : null,
    layout.exceptions ? listDecisions(access) : [],
    hasReports(access),
  ])
  // Most teams have none: its absence is no news.
  const shownLists = lists.filter(({ list, rows }) => (list !== 'exploited' && list !== 'threats') || rows.length > 0)
  return { team: id, ...summary, ...badges, lists: shownLists, waiting, reviews, decisions, reported, asOf: now() }
}

/** The first rows of a list. Counts as well, so that a list with few rows is not scanned to the end of an index. */
async function firstOf(access: Access<'findings:read'>, filter: FindingFilter): Promise<FindingRow[]> {
  return (await listFindings(access, filter, { cursor: null, limit: shown })).rows
}

/** Counts of a team's open findings and, if asked for, the accounts with such findings that are most at risk. */
async function summaryOf(access: Access<'findings:read'>, team: TeamId, withAccounts: boolean) {
  const [row] = await read<SeverityCounts & { total: number; overdue: number; unowned: number; ids: string[] }>(sql`
    WITH accounts AS MATERIALIZED (
      SELECT account_id, coalesce(sum(n) FILTER (WHERE severity = 5), 0) AS critical,
        coalesce(sum(n) FILTER (WHERE severity = 4), 0) AS high,
        coalesce(sum(n) FILTER (WHERE severity = 3), 0) AS medium,
        coalesce(sum(n) FILTER (WHERE severity = 2), 0) AS low,
        coalesce(sum(n) FILTER (WHERE severity = 1), 0) AS informational,
        sum(n) AS total, coalesce(sum(n) FILTER (WHERE overdue), 0) AS overdue,
        coalesce(sum(n) FILTER (WHERE owner_key = ${nobodyKey}::uuid), 0) AS unowned
      FROM ${await openCountsInScope(access)} AND team = ${team} GROUP BY account_id
    )
    SELECT coalesce(sum(critical), 0)::int AS critical, coalesce(sum(high), 0)::int AS high,
      coalesce(sum(medium), 0)::int AS medium, coalesce(sum(low), 0)::int AS low,
      coalesce(sum(informational), 0)::int AS informational, coalesce(sum(total), 0)::int AS total,
      coalesce(sum(overdue), 0)::int AS overdue, coalesce(sum(unowned), 0)::int AS unowned,
      ARRAY(SELECT account_id FROM accounts WHERE total > 0) AS ids
    FROM accounts`)
  const {
    critical = 0,
    high = 0,
    medium = 0,
    low = 0,
    informational = 0,
    total = 0,
    overdue = 0,
    unowned = 0,
    ids = [],
  } = row ?? {}
  const accounts = withAccounts ? await riskiestAccounts(access, ids, shown) : []
  return { open: { critical, high, medium, low, informational }, openTotal: total, overdue, unowned, accounts }
}

async function hasReports(access: Access<'findings:read'>): Promise<boolean> {
  const scope = accountFilter(access)
  const [row] = await read<{ some: boolean }>(sql`
    SELECT EXISTS (SELECT FROM feed WHERE ${scope}::text[] IS NULL OR account_id = ANY(${scope}::text[])) AS some`)
  return row?.some ?? false
}
