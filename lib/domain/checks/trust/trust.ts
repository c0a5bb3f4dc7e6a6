import {
  documentsOf,
  POLICY_TYPE,
  PROVIDER_TYPE,
  providersOf,
  ROLE_TYPE,
  toRole,
} from '../../access-keys/iam-resources'
import type { Evidence } from '../../findings/facts'
import { type Severity, severities } from '../../findings/severity'
import { cutText } from '../../text/cut-text'
import { providerProblems, roleProblems, trustedBy } from '../../trust/check-trust'
import { type TrustCheck, type TrustProblem, trustCheckIds } from '../../trust/trust-check'
import { type CheckDefinition, type CheckResult, type Inventory, ownControl } from '../check'

/** The severity of each check where a problem has none of its own. */
const SEVERITIES: Readonly<Record<TrustCheck, Severity>> = {
  'oidc-no-identity': 'critical',
  'oidc-any-project': 'critical',
  'oidc-whole-organization': 'high',
  'oidc-all-refs': 'medium',
  'oidc-no-audience': 'medium',
  'oidc-literal-wildcard': 'high',
  'oidc-provider-audiences': 'medium',
  'oidc-admin-role': 'high',
  'oidc-unused': 'low',
  'oidc-classic-subject': 'low',
  'oidc-mixed-issuers': 'high',
  'trust-everybody': 'critical',
  'trust-no-external-id': 'high',
  'trust-whole-organization': 'medium',
  'trust-outside-admin': 'high',
}

interface Examined {
  resource: { id: string; type: string }
  /** Checks that were made of it. */
  checks: ReadonlySet<TrustCheck>
  problems: readonly TrustProblem[]
}

const ofTokens = trustCheckIds.filter(id => id.startsWith('oidc-') && id !== 'oidc-provider-audiences')
const ofAccounts = trustCheckIds.filter(id => id.startsWith('trust-'))
const ofProviders: readonly TrustCheck[] = ['oidc-provider-audiences', 'oidc-unused']

/** All checks of an account read the same policies: they are judged once. */
const judged = new WeakMap<Inventory, readonly Examined[]>()

function examinedOf(inventory: Inventory): readonly Examined[] {
  const known = judged.get(inventory)
  if (known) return known
  const { account, now, ownAccounts, resources } = inventory
  const roles = resources(ROLE_TYPE).map(toRole)
  const providers = providersOf(resources(PROVIDER_TYPE))
  const documents = documentsOf(resources(POLICY_TYPE))
  const context = { account: account.id, own: ownAccounts, documents, providers, at: now }
  const found: Examined[] = []
  for (const role of roles) {
    const trusted = trustedBy(role, context)
    const checks = new Set([...(trusted.issuers ? ofTokens : []), ...(trusted.accounts ? ofAccounts : [])])
    const problems = checks.size > 0 ? roleProblems(role, context) : null
    if (problems) found.push({ resource: { id: role.arn, type: 'AwsIamRole' }, checks, problems })
  }
  for (const [address, provider] of providers) {
    const problems = providerProblems(address, provider, roles)
    found.push({ resource: { id: provider.arn, type: PROVIDER_TYPE }, checks: new Set(ofProviders), problems })
  }
  judged.set(inventory, found)
  return found
}

function* resultsOf(inventory: Inventory, check: TrustCheck): Generator<CheckResult> {
  for (const { resource, checks, problems } of examinedOf(inventory)) {
    if (!checks.has(check)) continue
    const own = problems.filter(problem => problem.check === check)
    if (own.length === 0) yield { resource, result: 'passed' }
    else yield { resource, result: 'failed', severity: worstOf(own), evidence: evidenceOf(own) }
  }
}

function worstOf(problems: readonly TrustProblem[]): Severity {
  return severities.find(severity => problems.some(problem => problem.severity === severity)) ?? 'informational'
}

const MOST_VALUES = 5

/** Where in the policy it is, in the words of the policy. */
function evidenceOf(problems: readonly TrustProblem[]): Evidence[] {
  return problems
    .slice(0, MOST_VALUES)
    .flatMap(({ statement, sid, subject, values }) => [
      ...(statement === null
        ? []
        : [{ name: 'trustStatement', value: sid ? `${statement} (${sid})` : String(statement) }]),
      { name: 'trustSubject', value: cutText(subject, 400), as: 'code' as const },
      ...values
        .slice(0, MOST_VALUES)
        .map(value => ({ name: 'trustValue', value: cutText(value, 400), as: 'code' as const })),
    ])
}

/** Checks of who may assume the roles of an account from outside, and of its identity providers. */
export const trustChecks: readonly CheckDefinition[] = trustCheckIds.map(id => ({
  id,
  controls: [ownControl(id)],
  severity: SEVERITIES[id],
  needs: ['iam'],
  regional: false,
  run: inventory => resultsOf(inventory, id),
}))
