import { accountOfPrincipal } from '../accounts/account-id'
import type { Condition, Statement } from './document'
import { coversAction, hasWildcard, holdsWithoutKey, isPositive, takesWildcards } from './matching'
import { problemOf } from './oidc-checks'
import type { Power } from './permissions'
import type { TrustProblem } from './trust-check'

const ASSUME = 'sts:assumerole'

/** An account, and the accounts of the same company. */
export interface Surroundings {
  account: string
  /** The accounts that the company owns: those of its organization, and those that it connected by themselves. */
  own: ReadonlySet<string>
}

/**
 * Problems of a trust policy with accounts and everybody. A third party that assumes roles for several customers needs
 * an external id:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
 */
export function accountProblems(
  statements: readonly Statement[],
  { account, own }: Surroundings,
  power: Power,
): TrustProblem[] {
  const problems: TrustProblem[] = []
  for (const statement of statements) {
    if (!statement.allow || !coversAction(statement, ASSUME)) continue
    const { principals, conditions } = statement
    const everybody = principals.find(({ kind }) => kind === 'everybody')
    if (statement.notPrincipal || everybody) {
      const limit = limitOf(conditions)
      const subject = statement.notPrincipal ? 'NotPrincipal' : 'Principal'
      const named = principals.map(({ value }) => value)
      if (limit === null) problems.push(problemOf({ statement }, 'trust-everybody', 'critical', subject, named))
      else if (isOrganization(limit))
        problems.push(problemOf({ statement }, 'trust-whole-organization', 'medium', limit.key, limit.values))
      continue
    }
    const outside = principals.filter(({ kind, value }) => kind === 'aws' && isOutside(value, account, own))
    if (outside.length === 0 || conditions.some(isOrganizationLimit)) continue
    const named = outside.map(({ value }) => value)
    if (!conditions.some(hasExternalId) && !conditions.some(needsPerson))
      problems.push(problemOf({ statement }, 'trust-no-external-id', 'high', externalIdOf(conditions), named))
    if (power === 'admin') problems.push(problemOf({ statement }, 'trust-outside-admin', 'high', 'Principal', named))
  }
  return problems
}

/** A deleted user or role stands as its unique id, which nobody can have again. */
function isOutside(principal: string, account: string, own: ReadonlySet<string>): boolean {
  const of = accountOfPrincipal(principal)
  return of !== null && of !== account && !own.has(of)
}

const ORGANIZATION_KEYS = ['aws:principalorgid', 'aws:principalorgpaths']
const LIMITING_KEYS = [
  ...ORGANIZATION_KEYS,
  'aws:principalaccount',
  'aws:principalarn',
  'aws:sourceaccount',
  'aws:userid',
]

/** The condition that limits everybody to an organization, to accounts or to principals; null without one. */
function limitOf(conditions: readonly Condition[]): Condition | null {
  const limits = conditions.filter(condition => LIMITING_KEYS.includes(condition.key) && fixesOwner(condition))
  return limits.find(condition => !isOrganization(condition)) ?? limits[0] ?? null
}

function isOrganization({ key }: Condition): boolean {
  return ORGANIZATION_KEYS.includes(key)
}

function isOrganizationLimit(condition: Condition): boolean {
  return isOrganization(condition) && fixesOwner(condition)
}

/** Whether every value names its account or organization without a wildcard in it. */
function fixesOwner(condition: Condition): boolean {
  if (!isPositive(condition) || holdsWithoutKey(condition) || condition.values.length === 0) return false
  if (!takesWildcards(condition)) return true
  return condition.values.every(value => {
    if (isOrganization(condition)) return /^o-[a-z0-9]+(?:\/|$)/.test(value)
    if (condition.key === 'aws:principalarn') return accountOfPrincipal(value) !== null
    return !hasWildcard(value)
  })
}

/** An external id that everybody would meet, such as `*`, is none. */
function hasExternalId(condition: Condition): boolean {
  if (condition.key !== 'sts:externalid' || !isPositive(condition) || holdsWithoutKey(condition)) return false
  return (
    condition.values.length > 0 && !(takesWildcards(condition) && condition.values.some(value => /^[*?]/.test(value)))
  )
}

/** Sign-in with MFA: a person does that, and no service that works for several customers. */
function needsPerson({ key, operator, ifExists, values }: Condition): boolean {
  const isTrue = values.length > 0 && values.every(value => value.toLowerCase() === 'true')
  return key === 'aws:multifactorauthpresent' && operator === 'bool' && !ifExists && isTrue
}

function externalIdOf(conditions: readonly Condition[]): string {
  return conditions.find(({ key }) => key === 'sts:externalid')?.key ?? 'sts:externalid'
}
