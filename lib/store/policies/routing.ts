import 'server-only'
import { type Access, type JobAccess, requireAllAccounts } from '../../access/proof'
import { now } from '../../clock'
import { prisma } from '../../db'
import type { Tags } from '../../domain/identity/tags'
import type { FindingClass, SourceId } from '../../domain/imports/outcome'
import { Environment, type Team, type TeamId } from '../../domain/people/team'
import { type RoutingRule, RoutingRules, routeTo, type SaveRouting } from '../../domain/policies/routing'
import { AppError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { insertEvents } from '../../sql/findings/events'
import { openStatusSql } from '../../sql/findings/open'
import { executeIn, type ModelTx, runIn } from '../../sql/transaction'
import { holdTeams, requireActiveIn } from '../teams/rows'
import { accountPolicy, type Step, type StepResult } from './account-policy'
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

/** Locked while findings are routed: first teams, then members whom rules name. */
interface Locked {
  teams: readonly Team[]
  owners: Owners
}

const routingPolicy = accountPolicy<RoutingRule[], Locked>({
  key: 'routing',
  action: 'policy.routing',
  read: stored => RoutingRules.parse(stored),
  initial: [],
  lockFirst: async (tx, rules) => ({ teams: await holdTeams(tx), owners: await holdOwners(tx, rules) }),
  apply: reroute,
})

/** The organization's rules, in order. */
export const storedRouting = routingPolicy.stored

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
  return routingPolicy.save(access, input.rules, input.seen)
}

/** Routes the next findings of an account. Returns false if there are none left. */
export const routeFindings = routingPolicy.advance
/** Routes an account's findings after the account changed. */
export const routeFindingsOf = routingPolicy.applyToAccount

/** Locks the rules until the transaction ends. Locked before accounts. */
export const lockRouting = routingPolicy.lock

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
  await routingPolicy.rewrite(tx, access, rules => {
    count = rules.filter(rule => rule.team === from).length
    return rules.map(rule => (rule.team === from ? { ...rule, team: to } : rule))
  })
  return count
}

async function reroute(
  tx: ModelTx,
  _access: JobAccess | Access<'accounts:manage'>,
  { by, accountId, after, size }: Step,
  rules: readonly RoutingRule[],
  { teams, owners }: Locked,
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
    const keys = { accountId: sql`${accountId}`, findingId: sql`p.id` }
    const owned = {
      ...keys,
      kind: 'owner' as const,
      after: sql`jsonb_build_object('id', p.owner, 'name', p.owner_name)`,
    }
    const rerouted = {
      ...keys,
      kind: 'team' as const,
      before: sql`to_jsonb(p.before)`,
      after: sql`to_jsonb(p.after)`,
    }
    await executeIn(
      tx,
      sql`WITH picked AS (
        SELECT * FROM jsonb_to_recordset(${JSON.stringify(moves)}::jsonb) AS p(id uuid, before text, after text, owner uuid, owner_name text)
      ), changed AS (
        UPDATE finding f SET team = p.after, owner_id = coalesce(p.owner, f.owner_id), updated_at = ${now()}::timestamptz
        FROM picked p WHERE f.account_id = ${accountId} AND f.id = p.id
      ), owned AS (
        ${insertEvents(source, owned, sql`picked p WHERE p.owner IS NOT NULL`)}
      )
      ${insertEvents(source, rerouted, sql`picked p WHERE p.before <> p.after`)}`,
    )
  }
  return { moved: moves.length, after: rows.length < size ? null : (rows.at(-1)?.id ?? null) }
}
