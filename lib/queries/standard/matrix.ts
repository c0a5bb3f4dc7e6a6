import 'server-only'
import { z } from 'zod'
import type { Access } from '../../access/proof'
import type { AccountId } from '../../domain/accounts/account-id'
import { OWN_FEED } from '../../domain/collection/collectors'
import { controlSeverity } from '../../domain/controls/severities'
import { severityRank } from '../../domain/findings/severity'
import type { Tags } from '../../domain/identity/tags'
import type { Environment, Team, TeamId } from '../../domain/people/team'
import { routeTo } from '../../domain/policies/route'
import { type RoutingRule, RoutingRules } from '../../domain/policies/routing'
import type { StandardAccount, StandardCell } from '../../domain/standard/api-standard'
import { StandardFilter } from '../../domain/standard/filter'
import { standardRows } from '../../domain/standard/rows'
import { type StandardPolicy, switchOf } from '../../domain/standard/settings'
import { verdictOf } from '../../domain/standard/state'
import { addAccounts, type StandardSummary } from '../../domain/standard/summary'
import { NotFoundError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { contains } from '../../sql/contains'
import { read } from '../../sql/read'
import { accountInScope } from '../accounts/rows'
import { decodeCursor, encodeCursor, PlaceText } from '../cursor'
import { listTeams } from '../teams/teams'
import { knownOf } from './known'
import { getStandardPolicy } from './settings'

const { sql } = Prisma

/** Accounts that are read at once, while those of a page are looked for. */
const BATCH = 100

interface Wanted {
  id: AccountId
  name: string
  place: string
  environment: Environment | null
  ownerTeam: TeamId
  tags: Tags
  addedAt: Date
}

/**
 * Accounts in scope by name, with the state of each check that the filter wants. An account without one is left out, unless nothing but
 * accounts is filtered. Throws `conflict` for a cursor of another list.
 */
export async function listStandard(
  access: Access<'findings:read'>,
  filter: StandardFilter,
  { cursor, limit }: { cursor: string | null; limit: number },
): Promise<{ rows: StandardAccount[]; next: string | null }> {
  let after = cursor === null ? null : decodeCursor(cursor, z.tuple([PlaceText, PlaceText]))
  const [context, first] = await Promise.all([contextOf(access), accountsAfter(access, filter, after)])
  const rows: StandardAccount[] = []
  for (let batch = first; ; batch = await accountsAfter(access, filter, after)) {
    const checked = await checkedAccounts(batch, context)
    for (const [at, account] of batch.entries()) {
      const row = checked[at]
      if (!row) continue
      const cells = row.cells.filter(cell => isWanted(cell, filter))
      if (cells.length === 0) continue
      if (rows.length === limit) return { rows, next: encodeCursor(after) }
      rows.push({ ...row, cells })
      after = [account.place, account.id]
    }
    const last = batch.at(-1)
    if (batch.length < BATCH || !last) return { rows, next: null }
    after = [last.place, last.id]
  }
}

/** How many accounts in scope are in each state of each check. */
export async function standardSummary(access: Access<'findings:read'>): Promise<StandardSummary> {
  const summary: StandardSummary = { accounts: 0, checks: new Map() }
  const everything = StandardFilter.parse({})
  for (let cursor: string | null = null; ; ) {
    const { rows, next } = await listStandard(access, everything, { cursor, limit: BATCH })
    addAccounts(summary, rows)
    if (next === null) return summary
    cursor = next
  }
}

/** Every check of an account. Throws NotFoundError outside the reader's accounts. */
export async function accountStandard(access: Access<'findings:read'>, id: AccountId): Promise<StandardAccount> {
  const accounts = await read<Wanted>(
    sql`SELECT ${columns} FROM account a WHERE a.id = ${id} AND ${accountInScope(access)}`,
  )
  const [row] = await checkedAccounts(accounts, await contextOf(access))
  if (!row) throw new NotFoundError()
  return row
}

const columns = sql`a.id, a.name, lower(coalesce(nullif(a.name, ''), a.id)) AS place, a.environment,
  a.owner_team AS "ownerTeam", a.tags, a.created_at AS "addedAt"`

function accountsAfter(
  access: Access<'findings:read'>,
  { text, account, environment }: StandardFilter,
  after: [string, string] | null,
): Promise<Wanted[]> {
  return read<Wanted>(
    sql`SELECT * FROM (
        SELECT ${columns} FROM account a WHERE ${accountInScope(access)} AND a.closed_at IS NULL
          AND (${text === ''} OR a.name ILIKE ${contains(text)} OR a.id LIKE ${contains(text)})
          AND (${account.length === 0} OR a.id = ANY(${account}::text[]))
          AND (${environment.length === 0} OR a.environment = ANY(${environment}::text[]))
      ) AS w
      WHERE ${after === null} OR (w.place, w.id) > (${after?.[0] ?? ''}, ${after?.[1] ?? ''})
      ORDER BY w.place, w.id LIMIT ${BATCH}`,
  )
}

function isWanted({ check, team, state }: StandardCell, wanted: StandardFilter): boolean {
  return (
    (wanted.check.length === 0 || wanted.check.includes(check)) &&
    (wanted.team.length === 0 || wanted.team.includes(team)) &&
    (wanted.state.length === 0 || wanted.state.includes(state))
  )
}

interface Context {
  policy: StandardPolicy
  rules: readonly RoutingRule[]
  teams: readonly Team[]
  /** The teams of checks that are known already, by what decides about them. */
  routed: Map<string, ReadonlyMap<string, TeamId>>
}

async function contextOf(access: Access<'findings:read'>): Promise<Context> {
  const [policy, teams, [routing]] = await Promise.all([
    getStandardPolicy(access),
    listTeams(access),
    read<{ policy: unknown }>(sql`SELECT value->'policy' AS policy FROM setting WHERE key = 'routing'`),
  ])
  return { policy: policy.value, teams, rules: routing ? RoutingRules.parse(routing.policy) : [], routed: new Map() }
}

/** The state of every check in each account, in the order of the accounts. */
async function checkedAccounts(accounts: readonly Wanted[], context: Context): Promise<StandardAccount[]> {
  if (accounts.length === 0) return []
  const known = await knownOf(accounts.map(({ id }) => id))
  return accounts.map(account => {
    const facts = known(account.id)
    const teams = teamsOf(account, context)
    return {
      account: account.id,
      name: account.name,
      environment: account.environment,
      addedAt: account.addedAt,
      checkedAt: facts.readAt,
      cells: standardRows.map(row => {
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
function teamsOf(account: Wanted, { rules, teams, routed }: Context): ReadonlyMap<string, TeamId> {
  const key = rules.length === 0 ? JSON.stringify([account.ownerTeam, account.tags]) : account.id
  const known = routed.get(key)
  if (known) return known
  const { id: accountId, environment, ownerTeam, tags } = account
  const all = new Map(
    standardRows.map(row => {
      const [control = row.id] = row.controls
      const severity = severityRank(controlSeverity(control) ?? row.severity)
      const finding = { class: 'posture' as const, control, accountId, environment, tags, ownerTeam, severity }
      return [row.id, routeTo({ ...finding, sources: [OWN_FEED] }, rules, teams).team]
    }),
  )
  routed.set(key, all)
  return all
}
