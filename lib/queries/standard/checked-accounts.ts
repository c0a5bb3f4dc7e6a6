import 'server-only'
import type { Access } from '../../access/proof'
import type { AccountId } from '../../domain/accounts/account-id'
import { OWN_FEED } from '../../domain/collection/collectors'
import { controlSeverity } from '../../domain/controls/severities'
import { severityRank } from '../../domain/findings/severity'
import type { Tags } from '../../domain/identity/tags'
import type { Environment, Team, TeamId } from '../../domain/people/team'
import { routeTo } from '../../domain/policies/route'
import { type RoutingRule, RoutingRules } from '../../domain/policies/routing'
import type { StandardAccount } from '../../domain/standard/api-standard'
import { type StandardRow, standardRows } from '../../domain/standard/rows'
import { type StandardPolicy, switchOf } from '../../domain/standard/settings'
import { verdictOf } from '../../domain/standard/state'
import { Prisma } from '../../generated/prisma/client'
import { read } from '../../sql/read'
import { listTeams } from '../teams/teams'
import { knownOf } from './known'
import { getStandardPolicy } from './settings'

const { sql } = Prisma

/** What the standard needs to know about an account. */
export interface CheckedAccount {
  id: AccountId
  name: string
  /** Its place in lists by name. */
  place: string
  environment: Environment | null
  ownerTeam: TeamId
  tags: Tags
  addedAt: Date
}

/** The columns of CheckedAccount, of `account AS a`. */
export const checkedColumns = sql`a.id, a.name, lower(coalesce(nullif(a.name, ''), a.id)) AS place, a.environment,
  a.owner_team AS "ownerTeam", a.tags, a.created_at AS "addedAt"`

interface Context {
  checks: readonly StandardRow[]
  policy: StandardPolicy
  rules: readonly RoutingRule[]
  teams: readonly Team[]
  /** The teams of checks that are known already, by what decides about them. */
  routed: Map<string, ReadonlyMap<string, TeamId>>
}

/** What decides about the states of checks besides the results; of all checks of the standard, or of some. */
export async function contextOf(access: Access<'findings:read'>, checks = standardRows): Promise<Context> {
  const [policy, teams, [routing]] = await Promise.all([
    getStandardPolicy(access),
    listTeams(access),
    read<{ policy: unknown }>(sql`SELECT value->'policy' AS policy FROM setting WHERE key = 'routing'`),
  ])
  const rules = routing ? RoutingRules.parse(routing.policy) : []
  return { checks, policy: policy.value, teams, rules, routed: new Map() }
}

/** The state of every check in each account, in the order of the accounts. */
export async function checkedAccounts(
  accounts: readonly CheckedAccount[],
  context: Context,
): Promise<StandardAccount[]> {
  if (accounts.length === 0) return []
  const known = await knownOf(
    accounts.map(({ id }) => id),
    context.checks,
  )
  return accounts.map(account => {
    const facts = known(account.id)
    const teams = teamsOf(account, context)
    return {
      account: account.id,
      name: account.name,
      environment: account.environment,
      addedAt: account.addedAt,
      checkedAt: facts.readAt,
      cells: context.checks.map(row => {
        const off = switchOf(context.policy, row.id, account.environment)
        const verdict = verdictOf(row, facts, off !== null)
        return {
          check: row.id,
          team: teams.get(row.id) ?? account.ownerTeam,
          reason: off?.reason ?? null,
          state: verdict.state,
          failed: verdict.failed,
          excepted: verdict.excepted,
          passed: verdict.passed,
          unknown: verdict.unknown,
          unexamined: [...verdict.unexamined],
        }
      }),
    }
  })
}

/** The team that the routing gives the findings of each check to. Without rules, accounts of one owner have the same. */
function teamsOf(account: CheckedAccount, { checks, rules, teams, routed }: Context): ReadonlyMap<string, TeamId> {
  const key = rules.length === 0 ? JSON.stringify([account.ownerTeam, account.tags]) : account.id
  const known = routed.get(key)
  if (known) return known
  const { id: accountId, environment, ownerTeam, tags } = account
  const all = new Map(
    checks.map(row => {
      const [control = row.id] = row.controls
      const severity = severityRank(controlSeverity(control) ?? row.severity)
      const finding = { class: 'posture' as const, control, accountId, environment, tags, ownerTeam, severity }
      return [row.id, routeTo({ ...finding, sources: [OWN_FEED] }, rules, teams).team]
    }),
  )
  routed.set(key, all)
  return all
}
