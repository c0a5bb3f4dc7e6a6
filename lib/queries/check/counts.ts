import 'server-only'
import type { Access } from '../../access/proof'
import { scoreMethod } from '../../domain/accounts/score'
import { everyFinding, type FindingFilter, type FindingGrouping, findingGroupings } from '../../domain/findings/filter'
import { severities, severityRank } from '../../domain/findings/severity'
import { isOpen, type Status, statuses } from '../../domain/findings/status'
import { homeLayouts } from '../../domain/people/home'
import type { Permission } from '../../domain/people/role'
import { environments, type Team, type TeamId } from '../../domain/people/team'
import { Prisma } from '../../generated/prisma/client'
import { openStatusSql } from '../../sql/findings/open'
import { read } from '../../sql/read'
import { sidebarBadges } from '../badges'
import { nobodyKey } from '../findings/count'
import { groupFindings } from '../findings/groups/groups'
import { listFindings } from '../findings/list'
import { getHome } from '../home/home'
import { listTeams } from '../teams/teams'
import type { Differences, SqlCheck } from './differences'
import { scoresSql } from './scores'

const { sql } = Prisma
type Reader = Access<Permission>

/** Findings that share all of these values, counted from their rows. */
export interface Group {
  account: string
  environment: string | null
  /** Whether the account has left the organisation: lists omit it. */
  closed: boolean
  team: TeamId
  owner: string
  status: Status
  severity: number
  overdue: boolean
  n: number
}

/** Compares the counts of open findings by source with the findings. */
const sourceFindings: SqlCheck = {
  check: 'sourceFindings',
  sql: sql`SELECT concat_ws(' ', account_id, source, severity, CASE WHEN unread THEN 'unread' END) AS of,
      coalesce(c.n, 0)::text AS shown, coalesce(f.m, 0)::text AS recomputed
    FROM source_count c FULL JOIN (
      SELECT f.account_id, s.source, f.severity, f.status = 'new' AS unread, count(*) AS m
      FROM finding f, unnest(f.sources) AS s(source) WHERE f.status IN (${openStatusSql}) GROUP BY 1, 2, 3, 4
    ) AS f USING (account_id, source, severity, unread)
    WHERE coalesce(c.n, 0) <> coalesce(f.m, 0)`,
}

/** Compares every count of findings that a page, the API or a badge shows with the rows. Returns the groups of rows. */
export async function checkCounts(access: Reader, differences: Differences): Promise<Group[]> {
  const groups = await read<Group>(sql`
    SELECT f.account_id AS account, a.environment, a.closed_at IS NOT NULL AS closed, f.team,
      coalesce(f.owner_id::text, ${nobodyKey}) AS owner, f.status, f.severity, f.overdue, count(*)::int AS n
    FROM finding f LEFT JOIN account a ON a.id = f.account_id GROUP BY 1, 2, 3, 4, 5, 6, 7, 8`)
  const teams = await listTeams(access)
  await checkHomes(access, { teams, groups }, differences)
  await checkBadges(access, groups, differences)
  await checkLists(access, { teams, groups }, differences)
  await checkGroups(access, { teams, groups }, differences)
  await differences.run([sourceFindings])
  return groups
}

interface Counted {
  teams: readonly Team[]
  groups: readonly Group[]
}

type Wanted = (group: Group) => boolean
const isWork: Wanted = group => isOpen(group.status) && !group.closed

function countOf(groups: readonly Group[], wanted: Wanted): number {
  return groups.reduce((sum, group) => (wanted(group) ? sum + group.n : sum), 0)
}

async function checkHomes(access: Reader, { teams, groups }: Counted, differences: Differences): Promise<void> {
  const scores = await listedScores()
  for (const { id: team, kind } of teams) {
    const home = await getHome(access, { id: team, kind })
    const work = groups.filter(group => isWork(group) && group.team === team)
    for (const severity of severities) {
      const n = countOf(work, group => group.severity === severityRank(severity))
      differences.compare('homeOpen', `${team} ${severity}`, home.open[severity], n)
    }
    differences.compare(
      'homeOpen',
      team,
      home.openTotal,
      countOf(work, () => true),
    )
    differences.compare(
      'homeOverdue',
      team,
      home.overdue,
      countOf(work, group => group.overdue),
    )
    differences.compare(
      'homeUnowned',
      team,
      home.unowned,
      countOf(work, group => group.owner === nobodyKey),
    )
    if (!homeLayouts[kind].accounts) continue
    const shown = home.accounts.map(account => account.id)
    differences.compare('homeAccounts', team, shown.join(' '), riskiestOf(work, scores).slice(0, 8).join(' '))
  }
}

/** The accounts with work, lowest score first and those without a score last. */
function riskiestOf(work: readonly Group[], scores: ReadonlyMap<string, number>): string[] {
  const scoreOf = (id: string) => scores.get(id) ?? Number.POSITIVE_INFINITY
  return [...new Set(work.map(({ account }) => account))].sort((a, b) => scoreOf(a) - scoreOf(b) || (a < b ? -1 : 1))
}

/** The score of each account by its newest snapshot, or by its rows where that is missing or has another method. */
async function listedScores(): Promise<Map<string, number>> {
  const rows = await read<{ id: string; score: number | null }>(sql`
    WITH newest AS (SELECT DISTINCT ON (account_id) account_id, score, method FROM snapshot ORDER BY account_id, day DESC)
    SELECT p.id, CASE WHEN n.method = ${scoreMethod}::int THEN n.score ELSE p.score END AS score
    FROM (${scoresSql([])}) AS p LEFT JOIN newest n ON n.account_id = p.id`)
  return new Map(rows.flatMap(({ id, score }) => (score === null ? [] : [[id, score]])))
}

/** Each member's own work, as the sidebar shows it to them. */
async function checkBadges(access: Reader, groups: readonly Group[], differences: Differences): Promise<void> {
  const members = await read<{ id: string; name: string; email: string; limited: boolean; accounts: string[] }>(
    sql`SELECT id::text AS id, name, email::text AS email, limited, accounts FROM member WHERE removed_at IS NULL ORDER BY id`,
  )
  for (const { id, name, email, limited, accounts } of members) {
    const actor = { kind: 'member' as const, id, name, email, role: 'viewer' as const, teams: [] }
    const badges = await sidebarBadges({ ...access, actor, accounts: limited ? accounts : 'all' })
    const own = groups.filter(
      group => isWork(group) && group.owner === id && (!limited || accounts.includes(group.account)),
    )
    differences.compare(
      'badge',
      email,
      badges.mine,
      countOf(own, () => true),
    )
    differences.compare(
      'badgeOverdue',
      email,
      badges.mineOverdue,
      countOf(own, group => group.overdue),
    )
  }
}

/** Compares the totals of typical filtered lists of findings. */
async function checkLists(access: Reader, { teams, groups }: Counted, differences: Differences): Promise<void> {
  const lists: [string, Partial<FindingFilter>, Wanted][] = [
    ['open', {}, isWork],
    ['overdue', { overdue: true }, group => isWork(group) && group.overdue],
    ['owner none', { owner: ['none'] }, group => isWork(group) && group.owner === nobodyKey],
  ]
  for (const status of statuses)
    lists.push([`status ${status}`, { status: [status] }, group => !group.closed && group.status === status])
  for (const { id: team } of teams)
    lists.push([`team ${team}`, { team: [team] }, group => isWork(group) && group.team === team])
  for (const severity of severities) {
    const wanted: Wanted = group => isWork(group) && group.severity === severityRank(severity)
    lists.push([`severity ${severity}`, { severity: [severity] }, wanted])
  }
  for (const environment of environments) {
    const wanted: Wanted = group => isWork(group) && group.environment === environment
    lists.push([`environment ${environment}`, { environment: [environment] }, wanted])
  }
  for (const [name, filter, wanted] of lists) {
    const { total, exact } = await listFindings(access, { ...everyFinding, ...filter }, { cursor: null, limit: 1 })
    const n = countOf(groups, wanted)
    // A list that is counted up to a limit only shows that there are more.
    differences.compare('list', name, exact || n < total ? total : n, n)
  }
}

/** Compares lists grouped by control, account and owner, of open and of closed findings. */
async function checkGroups(access: Reader, { teams, groups }: Counted, differences: Differences): Promise<void> {
  const filters: [string, Partial<FindingFilter>, Wanted][] = [
    ['open', {}, isWork],
    ['resolved', { status: ['resolved'] }, group => !group.closed && group.status === 'resolved'],
    ...teams.map(({ id: team }): [string, Partial<FindingFilter>, Wanted] => [
      `team ${team}`,
      { team: [team] },
      group => isWork(group) && group.team === team,
    ]),
  ]
  for (const [name, filter, wanted] of filters) {
    const found = groups.filter(wanted)
    // Home pages show the counts of teams; only the grouping by control is shown for a team as well.
    for (const by of filter.team ? (['control'] as const) : findingGroupings) {
      const recomputed = by === 'control' || by === 'regions' ? await controlsOf(filter, by) : sumsOf(found, by)
      const shown = await groupsOf(access, { ...everyFinding, ...filter }, by)
      const label = (rows: Sums, pick: 'n' | 'severity') =>
        new Map([...rows].map(([key, row]) => [`${name}, ${by} ${key}`, row[pick]]))
      differences.compareAll('group', label(shown, 'n'), label(recomputed, 'n'))
      differences.compareAll('groupSeverity', label(shown, 'severity'), label(recomputed, 'severity'))
    }
  }
}

/** How many findings each group has, and their worst severity. */
type Sums = Map<string, { n: number; severity: number }>

function sumsOf(groups: readonly Group[], by: 'account' | 'owner'): Sums {
  const sums: Sums = new Map()
  for (const group of groups) {
    const { n, severity } = sums.get(group[by]) ?? { n: 0, severity: 0 }
    sums.set(group[by], { n: n + group.n, severity: Math.max(severity, group.severity) })
  }
  return sums
}

/** By control, or by account and control. */
async function controlsOf(
  { status = [], team = [] }: Partial<FindingFilter>,
  by: 'control' | 'regions',
): Promise<Sums> {
  const key = by === 'control' ? sql`control` : sql`account_id || '/' || control`
  const wanted = status.length > 0 ? status : statuses.filter(isOpen)
  const rows = await read<{ control: string; n: number; severity: number }>(sql`
    SELECT ${key} AS control, count(*)::int AS n, max(severity) AS severity FROM finding f
    WHERE f.status = ANY(${[...wanted]}::text[]) AND (${team.length === 0}::boolean OR f.team = ANY(${team}::text[]))
      AND f.account_id NOT IN (SELECT id FROM account WHERE closed_at IS NOT NULL)
    GROUP BY 1`)
  return new Map(rows.map(({ control, ...sums }) => [control, sums]))
}

/** Every page of a grouped list. */
async function groupsOf(access: Reader, filter: FindingFilter, by: FindingGrouping): Promise<Sums> {
  const sums: Sums = new Map()
  let cursor: string | null = null
  do {
    const page: Awaited<ReturnType<typeof groupFindings>> = await groupFindings(access, filter, by, cursor)
    for (const { key, count, severity } of page.rows) sums.set(key, { n: count, severity: severityRank(severity) })
    cursor = page.next
  } while (cursor !== null)
  return sums
}
