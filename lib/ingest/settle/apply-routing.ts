import { defaultTeamOf, type TeamId } from '../../domain/people/team'
import { type Routable, routeTo } from '../../domain/policies/route'
import { type Owner, ownerIn } from '../../store/policies/routing-owners'
import type { FindingMove, FindingUpdate, ImportEvent, StoredFinding } from '../../store/sightings/settled-findings'
import type { RunContext } from '../run/context'

/** Team and owner of a finding by the current rules; an owner only if that person may see the account. */
export function applyRouting(
  run: RunContext,
  finding: Pick<Routable, 'accountId' | 'class' | 'control' | 'severity' | 'sources'>,
): { team: TeamId; owner: Owner | null } {
  const { accountId, class: kind, control, severity, sources } = finding
  const account = run.accounts.get(accountId)
  const { team, owner } = routeTo(
    {
      environment: account?.environment ?? null,
      tags: account?.tags ?? {},
      ownerTeam: account?.ownerTeam ?? defaultTeamOf(run.teams, 'infrastructure'),
      class: kind,
      accountId,
      control,
      severity,
      sources,
    },
    run.routing,
    run.teams,
  )
  return { team, owner: ownerIn(run.owners, owner, accountId) }
}

/**
 * The changes of the current rules to a finding that was reopened, or whose routed fields changed; null for none. Teams and owners that
 * a person set or removed stay.
 */
export function reapplyRouting(
  run: RunContext,
  finding: StoredFinding,
  { state }: FindingUpdate,
): { move: FindingMove; events: ImportEvent[] } | null {
  if (finding.teamBy !== 'routing') return null
  const { team, owner: named } = applyRouting(run, { ...finding, severity: state.severity, sources: state.sources })
  const owner = finding.free ? named : null
  if (team === finding.team && !owner) return null
  const key = { accountId: finding.accountId, id: finding.id }
  const events: ImportEvent[] = []
  if (team !== finding.team) events.push({ ...key, kind: 'team', before: finding.team, after: team })
  if (owner) events.push({ ...key, kind: 'owner', before: null, after: { id: owner.id, name: owner.name } })
  return { move: { ...key, team, ownerId: owner?.id ?? null }, events }
}
