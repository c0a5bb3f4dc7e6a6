import 'server-only'
import type { Access } from '../../access/proof'
import { groupingOf } from '../../domain/controls/grouping'
import { canonicalRank } from '../../domain/controls/severities'
import { controlTable } from '../../domain/controls/table'
import { toSeverity } from '../../domain/findings/severity'
import type { Tags } from '../../domain/identity/tags'
import type { FindingClass, SourceId } from '../../domain/imports/outcome'
import type { Permission } from '../../domain/people/role'
import { Environment } from '../../domain/people/team'
import { type Dated, dueAt, respondBy } from '../../domain/policies/due'
import type { DuePolicy } from '../../domain/policies/due-policy'
import { countedBy, type ExploitSignals } from '../../domain/policies/exploited'
import { routeTo } from '../../domain/policies/route'
import { env } from '../../env'
import { Prisma } from '../../generated/prisma/client'
import { clockStartSql } from '../../sql/findings/deadline'
import { read } from '../../sql/read'
import { type KnownExploitedList, knownExploited } from '../../sql/vulnerabilities/known-exploited'
import { getControlSeverities } from '../policies/control-severity'
import { getDuePolicy } from '../policies/due-policy'
import { getRouting } from '../policies/routing'
import { listTeams } from '../teams/teams'
import { checkAccountRules } from './account-rules'
import type { Differences, SqlCheck } from './differences'
import { findingName, isOpenSql } from './findings'

const { sql } = Prisma

interface Account {
  id: string
  environment: string | null
  tags: Tags
  owner_team: string
  /** Policies that a job is still applying to this account. */
  moving: string[]
}

/** Every team that a row refers to exists, and is active for open findings. Findings may have the former team until they are routed. */
const teamReferences: SqlCheck = {
  check: 'teamReference',
  sql: sql`
    WITH named AS (
      SELECT ${findingName} AS of, f.team, f.status <> 'resolved' AND NOT EXISTS (
          SELECT FROM policy_work w WHERE w.account_id = f.account_id AND w.policy = 'routing') AS now
      FROM finding f WHERE f.team NOT IN (SELECT id FROM team WHERE retired_at IS NULL)
      UNION ALL SELECT id, owner_team, TRUE FROM account
      UNION ALL SELECT m.email::text, t.id, TRUE FROM member m, unnest(m.teams) AS t(id) WHERE m.removed_at IS NULL
      UNION ALL SELECT i.email::text, t.id, TRUE FROM invite i, unnest(i.teams) AS t(id) WHERE i.accepted_at IS NULL AND i.revoked_at IS NULL
      UNION ALL SELECT r.rule ->> 'name', r.rule ->> 'team', TRUE FROM setting s, jsonb_array_elements(s.value -> 'policy') AS r(rule)
        WHERE s.key = 'routing'
    )
    SELECT n.of, n.team AS shown, active_team(n.team) AS recomputed FROM named n LEFT JOIN team t ON t.id = n.team
    WHERE t.id IS NULL OR (t.retired_at IS NOT NULL AND n.now)`,
}

/** Checks that due dates and teams that no person set follow the policies, except in accounts where a job is still applying them. */
export async function checkPolicies(access: Access<Permission>, differences: Differences): Promise<void> {
  await differences.run([teamReferences])
  // Otherwise the first worker of this version is about to group, rate and route everything.
  const grouped = await isGrouped()
  if (grouped) await checkControlSeverities(access, differences)
  const { policy } = await getDuePolicy(access)
  const { rules } = await getRouting(access)
  const teams = await listTeams(access)
  await checkAccountRules(teams, differences)
  const { byCve } = await knownExploited()
  const zone = env().HINOMI_TIME_ZONE
  const accounts = await read<Account>(sql`
    SELECT a.id, a.environment, a.tags, a.owner_team, ARRAY(SELECT w.policy FROM policy_work w WHERE w.account_id = a.id) AS moving
    FROM account a ORDER BY a.id`)
  for (const account of accounts) {
    const environment = Environment.nullable().parse(account.environment)
    if (!account.moving.includes('due-policy')) {
      for (const { of, n, shown, ...finding } of await countedOf(account.id))
        differences.compare('countsAs', nameOf(of, n), shown, countedText(policy, byCve, finding))
      for (const { of, due_at: due, n, ...finding } of await datesOf(account.id, zone, policy))
        differences.compare('dueDate', nameOf(of, n), due, dueAt(toDated(finding, environment), zone, policy))
      for (const { of, respond_by: stored, ...finding } of await responseDatesOf(account.id))
        differences.compare('respondDate', of, stored, respondBy(toDated(finding, environment), policy))
    }
    if (!grouped || account.moving.includes('routing')) continue
    const known = { accountId: account.id, environment, tags: account.tags, ownerTeam: account.owner_team }
    for (const { of, n, team, ...finding } of await teamsOf(account.id))
      differences.compare('team', nameOf(of, n), team, routeTo({ ...known, ...finding }, rules, teams).team)
  }
}

/** Whether the stored findings were last grouped by this version's table of controls, and not by an earlier one. */
async function isGrouped(): Promise<boolean> {
  const rows = await read<{ by: string }>(sql`SELECT value #>> '{}' AS by FROM setting WHERE key = 'equivalence'`)
  return rows.some(({ by }) => by === groupingOf())
}

/** Checks that the one severity of each control, which statements read, is the organization's or that of the table of controls. */
async function checkControlSeverities(access: Access<Permission>, differences: Differences): Promise<void> {
  const { severities: own } = await getControlSeverities(access)
  const stored = await read<{ control: string; severity: number }>(sql`SELECT control, severity FROM control_severity`)
  // The first worker writes them at its first start.
  if (stored.length === 0) return
  const ranks = new Map(stored.map(({ control, severity }) => [control, severity]))
  const controls = new Set([...ranks.keys(), ...Object.keys(own), ...controlTable.controls.map(({ id }) => id)])
  for (const control of controls)
    differences.compare('controlSeverity', control, ranks.get(control) ?? null, canonicalRank(own, 'posture', control))
}

/** A finding, with how many others like it there are. */
function nameOf(of: string, n: number): string {
  return n === 1 ? of : `${of} (${n})`
}

interface StoredDates {
  of: string
  class: FindingClass
  severity: number
  opened_at: Date
}

function toDated(
  { class: kind, severity, opened_at: openedAt }: Omit<StoredDates, 'of'>,
  environment: Environment | null,
): Dated {
  return { class: kind, severity: toSeverity(severity), openedAt, environment }
}

function responseDatesOf(account: string) {
  return read<StoredDates & { respond_by: Date | null }>(sql`
    SELECT ${findingName} AS of, f.class, f.severity, f.opened_at, f.respond_by FROM finding f
    WHERE f.account_id = ${account} AND ${isOpenSql} AND (f.class = 'threat' OR f.respond_by IS NOT NULL)`)
}

/** By the day on which their clock started, as the opening. */
function datesOf(account: string, zone: string, { clock }: DuePolicy) {
  const start = clockStartSql(clock)
  return read<StoredDates & { due_at: Date | null; n: number }>(sql`
    SELECT min(${findingName}) AS of, f.class, coalesce(f.counts_as, f.severity) AS severity, min(${start}) AS opened_at, f.due_at, count(*)::int AS n FROM finding f
    WHERE f.account_id = ${account} AND ${isOpenSql} AND f.due_by = 'policy'
    GROUP BY f.class, 3, (${start} AT TIME ZONE ${zone})::date, f.due_at`)
}

/** What the vulnerabilities of an account count as, and what decides it. */
function countedOf(account: string) {
  return read<Omit<ExploitSignals, 'listed'> & { of: string; control: string; shown: string; n: number }>(sql`
    SELECT min(${findingName}) AS of, f.class, f.control, f.severity, f.exploit, f.epss, concat_ws(' ', f.counts_as, f.counts_by, CASE WHEN f.kev THEN 'KEV' END) AS shown,
      count(*)::int AS n
    FROM finding f WHERE f.account_id = ${account} AND f.class = 'vulnerability' AND f.status <> 'resolved' GROUP BY 2, 3, 4, 5, 6, 7`)
}

function countedText(
  { exploited }: DuePolicy,
  known: KnownExploitedList['byCve'],
  finding: Omit<ExploitSignals, 'listed'> & { control: string },
): string {
  const { countsAs, countsBy, kev } = countedBy(exploited, { ...finding, listed: known.has(finding.control) })
  return [countsAs, countsBy, kev ? 'KEV' : null].filter(each => each !== null).join(' ')
}

function teamsOf(account: string) {
  return read<{
    of: string
    class: FindingClass
    control: string
    severity: number
    sources: SourceId[]
    team: string
    n: number
  }>(sql`
    SELECT min(${findingName}) AS of, f.class, f.control, f.severity, f.sources, f.team, count(*)::int AS n FROM finding f
    WHERE f.account_id = ${account} AND ${isOpenSql} AND f.team_by = 'routing' GROUP BY 2, 3, 4, 5, 6`)
}
