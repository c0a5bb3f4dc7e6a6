import type { AccountId } from '../accounts/account-id'
import { categoryOf } from '../controls/category-of'
import { renamedControl } from '../controls/table'
import { severityRank } from '../findings/severity'
import type { Tags } from '../identity/tags'
import type { FindingClass, SourceId } from '../imports/outcome'
import { activeTeamOf, defaultTeamOf, type Environment, type Team, type TeamId } from '../people/team'
import { fitsPattern } from './pattern'
import { defaultKinds, type RoutingRule } from './routing'

export interface Routable {
  class: FindingClass
  control: string
  accountId: AccountId
  environment: Environment | null
  /** Tags of the account. */
  tags: Tags
  ownerTeam: TeamId
  sources: readonly SourceId[]
  /** A rank, 5 worst. */
  severity: number
}

/** The tag of an account with the id of the team for findings that no rule assigns. */
const OWNER_TAG = 'owner-team'

/**
 * The team of a finding, and its owner if a rule names one. `teams` are those of the organization in their order; the
 * successor takes the place of a retired team.
 */
export function routeTo(
  finding: Routable,
  rules: readonly RoutingRule[],
  teams: readonly Team[],
): { team: TeamId; owner: string | null } {
  const rule = rules.find(each => fits(each, finding))
  const ruled = rule && activeTeamOf(teams, rule.team)
  if (rule && ruled) return { team: ruled, owner: rule.owner }
  const kind = defaultKinds[categoryOf(finding)]
  if (kind) return { team: defaultTeamOf(teams, kind), owner: null }
  const tag = finding.tags[OWNER_TAG]?.toLowerCase()
  const tagged = tag === undefined ? null : activeTeamOf(teams, tag)
  return { team: tagged ?? activeTeamOf(teams, finding.ownerTeam) ?? finding.ownerTeam, owner: null }
}

function fits(rule: RoutingRule, finding: Routable): boolean {
  const { tag } = rule
  return (
    (rule.categories.length === 0 || rule.categories.includes(categoryOf(finding))) &&
    (rule.control === null ||
      fitsPattern(rule.control, finding.control) ||
      renamedControl(rule.control) === finding.control) &&
    (rule.sources.length === 0 || finding.sources.some(source => rule.sources.includes(source))) &&
    (rule.accounts.length === 0 || rule.accounts.includes(finding.accountId)) &&
    (rule.environments.length === 0 || rule.environments.some(name => name === finding.environment)) &&
    (rule.severityAtLeast === null || finding.severity >= severityRank(rule.severityAtLeast)) &&
    (tag === null ||
      (Object.hasOwn(finding.tags, tag.key) && (tag.value === null || finding.tags[tag.key] === tag.value)))
  )
}
