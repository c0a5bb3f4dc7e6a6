import 'server-only'
import { type Access, requireAllAccounts } from '../../access/proof'
import { now } from '../../clock'
import { prisma } from '../../db'
import type { Tags } from '../../domain/identity/tags'
import type { FindingClass, SourceId } from '../../domain/imports/outcome'
import { Environment, type Team, type TeamId } from '../../domain/people/team'
import { routeTo } from '../../domain/policies/route'
import { type RoutingRule, RoutingRules, type SaveRouting } from '../../domain/policies/routing'
import { AppError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { insertEvents } from '../../sql/findings/events'
import { openStatusSql } from '../../sql/findings/open'
import { executeIn, type ModelTx, runIn } from '../../sql/transaction'
import { holdTeams, requireActiveIn } from '../teams/rows'
import {
  type AccountPolicy,
  advanceAccount,
  advancePolicy,
  lockPolicy,
  type PolicyMover,
  rewritePolicy,
  type Step,
  type StepResult,
  savePolicy,
  storedPolicy,
} from './account-policy'
import { holdOwners, type Owners, ownerIn } from './routing-owners'

const { sql } = Prisma

interface Stored {
  id: string
  class: FindingClass
  control: string
  severity: number
  sources: SourceId[]
  team: TeamId
  /** Without an owner, and not unassigned by a person. */
  free: boolean
}

/** What rules refer to, locked while findings are routed. */
interface RuleTargets {
  teams: readonly Team[]
  owners: Owners
}

const routing: AccountPolicy<RoutingRule[]> = {
  key: 'routing',
  action: 'policy.routing',
  parse: stored => RoutingRules.parse(stored),
  initial: [],
  prepare: async (tx, rules) => {
    const targets = { teams: await holdTeams(tx), owners: await holdOwners(tx, rules) }
    return (access, step) => reroute(tx, access, step, rules, targets)
  },
}

/** The organization's rules, in order. */
export function storedRouting(): Promise<{ policy: RoutingRule[]; version: string | null }> {
  return storedPolicy(routing)
}

/**
 * Sets the rules. A job then moves open findings whose team no person set, and assigns unowned ones to the owner of
 * their rule unless a person unassigned them. Throws `conflict` if the rules changed since version `seen`, for a team
 * that is unknown or retired, and for an owner who may not own findings.
 */
export async function saveRouting(access: Access<'accounts:manage'>, input: SaveRouting): Promise<{ version: string }> {
  requireAllAccounts(access)
  const { teams, owners } = await prisma().$transaction(async tx => ({
    teams: await holdTeams(tx),
    owners: await holdOwners(tx, input.rules),
  }))
  requireActiveIn(
    teams,
    input.rules.map(rule => rule.team),
    'rules',
  )
  if (input.rules.some(rule => rule.owner !== null && !owners.has(rule.owner)))
    throw new AppError('conflict', { reason: 'ownerUnknown', field: 'rules' })
  return savePolicy(routing, access, input.rules, input.seen)
}

/** Routes the next findings of an account. Returns false if there are none left. */
export function routeFindings(access: PolicyMover, size?: number): Promise<boolean> {
  return advancePolicy(routing, access, size)
}

/** Routes an account's findings after its environment, tags or owner team changed. */
export function routeFindingsOf(access: PolicyMover, accountId: string): Promise<void> {
  return advanceAccount(routing, access, accountId)
}

/** Locks the rules until the transaction ends. Locked before accounts. */
export function lockRouting(tx: ModelTx): Promise<void> {
  return lockPolicy(routing, tx)
}

/**
 * Replaces a team in the rules, and returns the number of its rules. The caller has locked the rules and queued every
 * account.
 */
export async function replaceTeamInRules(
  tx: ModelTx,
  access: Access<'accounts:manage'>,
  { from, to }: { from: TeamId; to: TeamId },
): Promise<number> {
  let count = 0
  await rewritePolicy(routing, tx, access, rules => {
    count = rules.filter(rule => rule.team === from).length
    return rules.map(rule => (rule.team === from ? { ...rule, team: to } : rule))
  })
  return count
}

async function reroute(
  tx: ModelTx,
  _access: PolicyMover,
  { by, accountId, after, size }: Step,
  rules: readonly RoutingRule[],
  { teams, owners }: RuleTargets,
): Promise<StepResult> {
  const account = await tx.account.findUniqueOrThrow({ where: { id: accountId } })
  const known = {
    accountId,
    environment: Environment.nullable().parse(account.environment),
    tags: account.tags as Tags,
    ownerTeam: account.ownerTeam,
  }
  const rows = await runIn<Stored>(
    tx,
    sql`SELECT id::text AS id, class, control, severity, sources, team, owner_id IS NULL AND owner_by IS NULL AS free FROM finding
    WHERE account_id = ${accountId} AND id > ${after}::uuid AND status IN (${openStatusSql}) AND team_by = 'routing'
    ORDER BY id LIMIT ${size}`,
  )
  const moves = rows.flatMap(row => {
    const { team, owner } = routeTo({ ...known, ...row }, rules, teams)
    const person = row.free ? ownerIn(owners, owner, accountId) : null
    if (team === row.team && !person) return []
    return [{ id: row.id, before: row.team, after: team, owner: person?.id ?? null, owner_name: person?.name ?? null }]
  })
  if (moves.length > 0) {
    const source = { actor: by, at: now() }
    const event = { accountId: sql`${accountId}`, findingId: sql`p.id` }
    await executeIn(
      tx,
      sql`WITH picked AS (
        SELECT * FROM jsonb_to_recordset(${JSON.stringify(moves)}::jsonb) AS p(id uuid, before text, after text, owner uuid, owner_name text)
      ), changed AS (
        UPDATE finding f SET team = p.after, owner_id = coalesce(p.owner, f.owner_id), updated_at = ${now()}::timestamptz
        FROM picked p WHERE f.account_id = ${accountId} AND f.id = p.id
      ), owned AS (
        ${insertEvents(source, { ...event, kind: 'owner', after: sql`jsonb_build_object('id', p.owner, 'name', p.owner_name)` }, sql`picked p WHERE p.owner IS NOT NULL`)}
      )
      ${insertEvents(source, { ...event, kind: 'team', before: sql`to_jsonb(p.before)`, after: sql`to_jsonb(p.after)` }, sql`picked p WHERE p.before <> p.after`)}`,
    )
  }
  return { moved: moves.length, after: rows.length < size ? null : (rows.at(-1)?.id ?? null) }
}
