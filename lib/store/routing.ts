import 'server-only'
import { assignableRoles } from '../access/permissions'
import { type Access, type Actor, requireAllAccounts } from '../access/proof'
import { now } from '../clock'
import { pool } from '../db'
import type { FindingClass, SourceId } from '../domain/outcome'
import { type RoutingRule, RoutingRules, routeTo, type SaveRouting } from '../domain/routing'
import type { Tags } from '../domain/tags'
import { Environment, Team } from '../domain/team'
import { AppError } from '../errors'
import type { Prisma } from '../generated/prisma/client'
import { accountPolicy } from './account-policy'

type Tx = Prisma.TransactionClient

const kept = accountPolicy<RoutingRule[]>({
  key: 'routing',
  action: 'policy.routing',
  read: stored => RoutingRules.parse(stored),
  start: [],
  bring: reroute,
})

/** The organisation's rules, in order. */
export const storedRouting = kept.stored

/**
 * Sets the rules. A job moves open findings whose team no person set, and gives those that nobody owns to the person whom a rule
 * names. Throws `conflict` where somebody else changed them since they were seen, `invalid` for an owner who may not work on findings.
 */
export async function saveRouting(access: Access<'accounts:manage'>, input: SaveRouting): Promise<{ version: string }> {
  requireAllAccounts(access)
  const owners = await routingOwners()
  if (input.rules.some(rule => rule.owner !== null && !owners.has(rule.owner)))
    throw new AppError('invalid', { reason: 'ownerUnknown', field: 'rules' })
  return kept.save(access, input.rules, input.seen)
}

/** Routes the findings of one more account. False where there is none left. */
export const routeFindings = kept.advance

/** Members who may be given findings, with their names and the accounts that they may see; null for every account. */
export async function routingOwners(): Promise<Map<string, { name: string; accounts: string[] | null }>> {
  const { rows } = await pool().query<{ id: string; name: string; limited: boolean; accounts: string[] }>(
    'SELECT id, name, limited, accounts FROM member WHERE removed_at IS NULL AND role = ANY($1)',
    [assignableRoles],
  )
  return new Map(rows.map(row => [row.id, { name: row.name, accounts: row.limited ? row.accounts : null }]))
}

async function reroute(
  tx: Tx,
  _access: Access<'accounts:manage'>,
  by: Pick<Actor, 'kind' | 'id' | 'name'>,
  accountId: string,
  rules: readonly RoutingRule[],
): Promise<number> {
  const account = await tx.account.findUniqueOrThrow({ where: { id: accountId } })
  const known = {
    accountId,
    environment: Environment.nullable().parse(account.environment),
    tags: account.tags as Tags,
    ownerTeam: Team.parse(account.ownerTeam),
  }
  const owners = await routingOwners()
  const kinds = await tx.$queryRaw<{ class: FindingClass; control: string; severity: number; sources: SourceId[] }[]>`
    SELECT DISTINCT class, control, severity, sources FROM finding
    WHERE account_id = ${accountId} AND status IN ('new', 'acknowledged', 'in_progress') AND team_by = 'routing'`
  const targets = kinds.map(kind => {
    const { team, owner } = routeTo({ ...known, ...kind }, rules)
    const person = owner === null ? undefined : owners.get(owner)
    const sees = person && (person.accounts === null || person.accounts.includes(accountId))
    return { ...kind, team, owner: sees ? owner : null, owner_name: sees ? person.name : null }
  })
  return tx.$executeRaw`
    WITH target AS (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(targets)}::jsonb)
        AS t(class text, control text, severity smallint, sources text[], team text, owner uuid, owner_name text)
    ), picked AS MATERIALIZED (
      SELECT f.id, f.team AS before, t.team AS after, CASE WHEN f.owner_id IS NULL THEN t.owner END AS owner, t.owner_name
      FROM finding f JOIN target t ON t.class = f.class AND t.control = f.control AND t.severity = f.severity AND t.sources = f.sources
      WHERE f.account_id = ${accountId} AND f.status IN ('new', 'acknowledged', 'in_progress') AND f.team_by = 'routing'
        AND (f.team <> t.team OR (f.owner_id IS NULL AND t.owner IS NOT NULL))
    ), changed AS (
      UPDATE finding f SET team = p.after, owner_id = coalesce(p.owner, f.owner_id), updated_at = ${now()}::timestamptz
      FROM picked p WHERE f.account_id = ${accountId} AND f.id = p.id
    ), owned AS (
      INSERT INTO finding_event (account_id, finding_id, at, actor_kind, actor_id, actor_name, kind, after)
      SELECT ${accountId}, p.id, ${now()}::timestamptz, ${by.kind}, ${by.id}, ${by.name}, 'owner', jsonb_build_object('id', p.owner, 'name', p.owner_name)
      FROM picked p WHERE p.owner IS NOT NULL
    ), moved AS (
      INSERT INTO finding_event (account_id, finding_id, at, actor_kind, actor_id, actor_name, kind, before, after)
      SELECT ${accountId}, p.id, ${now()}::timestamptz, ${by.kind}, ${by.id}, ${by.name}, 'team', to_jsonb(p.before), to_jsonb(p.after)
      FROM picked p WHERE p.before <> p.after
    )
    SELECT 1 FROM picked`
}

/** Days after which work that nobody took goes to the team that owns its account. */
const LEFT_DAYS = 7

/**
 * Gives what has been open and nobody's for a week to the owner team of its account, once each, unless a person chose the team. At
 * most 5,000 at once; returns how many.
 */
export async function giveToOwnerTeams(access: Access<'findings:triage-any'>): Promise<number> {
  const { actor } = access
  const { rowCount } = await pool().query(
    `WITH picked AS MATERIALIZED (
       SELECT f.account_id, f.id, f.team AS before, a.owner_team AS after FROM finding f JOIN account a ON a.id = f.account_id
       WHERE f.status IN ('new', 'acknowledged', 'in_progress') AND f.owner_id IS NULL AND f.team_by = 'routing'
         AND f.opened_at <= $1::timestamptz - make_interval(days => $2) AND f.team <> a.owner_team
       ORDER BY f.account_id, f.id LIMIT 5000 FOR UPDATE OF f SKIP LOCKED
     ), changed AS (
       UPDATE finding f SET team = p.after, team_by = 'left', updated_at = $1 FROM picked p
       WHERE f.account_id = p.account_id AND f.id = p.id
     )
     INSERT INTO finding_event (account_id, finding_id, at, actor_kind, actor_id, actor_name, kind, before, after, text)
     SELECT account_id, id, $1, $3, $4, $5, 'left', to_jsonb(before), to_jsonb(after), NULL FROM picked`,
    [now(), LEFT_DAYS, actor.kind, actor.id, actor.name],
  )
  return rowCount ?? 0
}
