import { defaultDuePolicy } from '../../domain/policies/due-policy'
import { approvedExceptions } from '../../store/exceptions/approved'
import { toVersions } from '../../store/policies/account-policy'
import { storedControlSeverities } from '../../store/policies/control-severity'
import { storedDuePolicy } from '../../store/policies/due-policy'
import { storedRouting } from '../../store/policies/routing'
import { currentKnownExploited } from '../../store/vulnerabilities/known-exploited'
import type { RunContext } from './context'

/** The policies of the organisation that a run uses, with their versions. */
type Policies = Pick<RunContext, 'duePolicy' | 'knownExploited' | 'routing' | 'severities' | 'versions'>
/** The settings and decisions of people that a run uses. */
type Decisions = Policies & Pick<RunContext, 'owners' | 'teams' | 'exceptions'>

/** The values before anything is read. */
export const defaultDecisions: Decisions = {
  duePolicy: defaultDuePolicy,
  knownExploited: new Map(),
  routing: [],
  severities: {},
  versions: '',
  owners: new Map(),
  teams: [],
  exceptions: [],
}

/** The current values. Exceptions that are decided during the run are applied after it. */
export async function currentDecisions({
  access,
  lane,
}: Pick<RunContext, 'access' | 'lane'>): Promise<Omit<Decisions, 'owners' | 'teams'>> {
  return { ...(await currentPolicies()), exceptions: await approvedExceptions(access, undefined, lane) }
}

export async function currentPolicies(): Promise<Policies> {
  const [due, routing, own] = [await storedDuePolicy(), await storedRouting(), await storedControlSeverities()]
  const list = await currentKnownExploited()
  const versions = toVersions({
    'due-policy': due.version,
    routing: routing.version,
    'control-severity': own.version,
    'known-exploited': list.version,
  })
  return {
    duePolicy: due.policy,
    knownExploited: list.byCve,
    routing: routing.policy,
    severities: own.policy,
    versions,
  }
}
