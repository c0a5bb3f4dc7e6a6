import { accountOfPrincipal } from '../accounts/account-id'
import { accountProblems, type Surroundings } from './account-checks'
import { statementsOf } from './document'
import { issuerOf } from './issuers'
import { addressesIn, grantsOf, oidcProblems, type Provider } from './oidc-checks'
import { type Documents, type Permitted, powerOf } from './permissions'
import type { TrustProblem } from './trust-check'

const DAY = 86_400_000
const UNUSED_DAYS = 90

/** A role as its collector describes it. */
export interface Role extends Permitted {
  arn: string
  trustPolicy: unknown
  createdAt: Date | null
  lastUsedAt: Date | null
}

export interface TrustContext extends Surroundings {
  documents: Documents
  /** Identity providers of the account by their addresses. */
  providers: ReadonlyMap<string, Provider>
  /** When the account was read. */
  at: Date
}

/** The faults of a role's trust policy; null where the trust policy is no policy, so that it was not examined. */
export function roleProblems(role: Role, context: TrustContext): TrustProblem[] | null {
  const statements = statementsOf(role.trustPolicy)
  if (statements === null) return null
  const power = powerOf([role], context.documents)
  const problems = [
    ...oidcProblems(statements, context.providers, power),
    ...accountProblems(statements, context, power),
  ]
  const [grant] = grantsOf(statements)
  if (grant && isUnused(role, context.at)) {
    const values = role.lastUsedAt ? [dayOf(role.lastUsedAt)] : []
    problems.push({ check: 'oidc-unused', severity: 'low', statement: null, sid: null, subject: grant.address, values })
  }
  return problems
}

/**
 * The kinds of principals that a role trusts: issuers of tokens, and others than its own account. Roles of services
 * trust neither.
 */
export function trustedBy({ trustPolicy }: Role, { account }: Surroundings): { issuers: boolean; accounts: boolean } {
  const allowed = (statementsOf(trustPolicy) ?? []).filter(({ allow }) => allow)
  const others = allowed.some(
    ({ principals, notPrincipal }) =>
      notPrincipal ||
      principals.some(
        ({ kind, value }) => kind === 'everybody' || (kind === 'aws' && accountOfPrincipal(value) !== account),
      ),
  )
  return { issuers: allowed.some(({ principals }) => addressesIn(principals).length > 0), accounts: others }
}

/** The faults of an identity provider. `roles`: all roles of the account. */
export function providerProblems(address: string, { audiences }: Provider, roles: readonly Role[]): TrustProblem[] {
  const problems: TrustProblem[] = []
  const base = { statement: null, sid: null, subject: address }
  const { audience } = issuerOf(address)
  const others = audiences.filter(value => audience !== undefined && !audience.test(value))
  if (others.length > 0)
    problems.push({ ...base, check: 'oidc-provider-audiences', severity: 'medium', values: others })
  const used = roles.some(({ trustPolicy }) => {
    const statements = statementsOf(trustPolicy)
    return statements === null || grantsOf(statements).some(grant => grant.address === address)
  })
  if (!used) problems.push({ ...base, check: 'oidc-unused', severity: 'low', values: [] })
  return problems
}

/** AWS keeps the last use of roles for 400 days. */
function isUnused({ createdAt, lastUsedAt }: Role, at: Date): boolean {
  const last = lastUsedAt ?? createdAt
  return last !== null && at.getTime() - last.getTime() > UNUSED_DAYS * DAY
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10)
}
