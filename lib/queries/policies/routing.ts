import 'server-only'
import { assignableRoles } from '../../access/permissions'
import { type Access, requireAllAccounts } from '../../access/proof'
import type { AccountId } from '../../domain/accounts/account-id'
import type { Tags } from '../../domain/identity/tags'
import type { FindingClass, SourceId } from '../../domain/imports/outcome'
import { Environment, type TeamId } from '../../domain/people/team'
import { routeTo } from '../../domain/policies/route'
import { type RoutingRule, RoutingRules } from '../../domain/policies/routing'
import type { RoutingPreview, RoutingView } from '../../domain/policies/views'
import { Prisma } from '../../generated/prisma/client'
import { openStatusSql } from '../../sql/findings/open'
import { read } from '../../sql/read'
import { listTeams } from '../teams/teams'

const { sql } = Prisma

/**
 * The organisation's rules in order, who changed them last, and whether they are still being applied. Rules name accounts and people:
 * throws ForbiddenError for readers who may not see every account.
 */
export async function getRouting(access: Access<'findings:read'>): Promise<RoutingView> {
  requireAllAccounts(access)
  const [row] = await read<{
    value: { policy: unknown; version: string; at: string; by: { name: string }; moved: number }
    moving: boolean
  }>(
    sql`SELECT value, EXISTS (SELECT FROM policy_work WHERE policy = 'routing') AS moving FROM setting WHERE key = 'routing'`,
  )
  if (!row) return { rules: [], version: null, changedBy: null, changedAt: null, moving: false, moved: 0 }
  const { policy, version, at, by, moved } = row.value
  const rules = RoutingRules.parse(policy)
  return { rules, version, changedBy: by.name, changedAt: new Date(at), moving: row.moving, moved }
}

/**
 * What rules would change for open findings whose team no person chose: how many move, from which team to which, and how many would
 * get an owner. Counted in groups that no rule can distinguish. Throws ForbiddenError for readers who may not see every account.
 */
export async function previewRouting(access: Access<'accounts:manage'>, rules: RoutingRule[]): Promise<RoutingPreview> {
  requireAllAccounts(access)
  const groups = await read<{
    account_id: AccountId
    environment: string | null
    tags: Tags
    owner_team: TeamId
    class: FindingClass
    control: string
    severity: number
    sources: SourceId[]
    team: TeamId
    unowned: boolean
    n: number
  }>(sql`
    SELECT g.*, a.environment, a.tags, a.owner_team FROM (
      SELECT f.account_id, f.class, f.control, f.severity, f.sources, f.team, f.owner_id IS NULL AND f.owner_by IS NULL AS unowned, count(*)::int AS n
      FROM finding f
      WHERE f.status IN (${openStatusSql}) AND f.team_by = 'routing'
      GROUP BY 1, 2, 3, 4, 5, 6, 7
    ) AS g JOIN account a ON a.id = g.account_id`)
  const teams = await listTeams(access)
  const people = await read<{ id: string; accounts: AccountId[] | null }>(sql`
    SELECT id::text AS id, CASE WHEN limited THEN accounts END AS accounts FROM member
    WHERE removed_at IS NULL AND role = ANY(${assignableRoles}::text[])`)
  const mayOwn = (id: string | null, account: AccountId) =>
    people.some(person => person.id === id && (person.accounts === null || person.accounts.includes(account)))
  const moves = new Map<string, { from: TeamId; to: TeamId; count: number }>()
  const preview: RoutingPreview = { moved: 0, unmoved: 0, assigned: 0, moves: [] }
  for (const group of groups) {
    const { team, owner } = routeTo(
      {
        ...group,
        accountId: group.account_id,
        environment: Environment.nullable().parse(group.environment),
        ownerTeam: group.owner_team,
      },
      rules,
      teams,
    )
    if (group.unowned && mayOwn(owner, group.account_id)) preview.assigned += group.n
    if (team === group.team) {
      preview.unmoved += group.n
      continue
    }
    preview.moved += group.n
    const move = moves.get(`${group.team}/${team}`) ?? { from: group.team, to: team, count: 0 }
    move.count += group.n
    moves.set(`${group.team}/${team}`, move)
  }
  preview.moves = [...moves.values()].sort((a, b) => b.count - a.count)
  return preview
}
