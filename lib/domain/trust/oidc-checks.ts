import type { Condition, Principal, Statement } from './document'
import { addressOf, type Breadth, breadthOf, breadths, type Issuer, issuerOf } from './issuers'
import {
  coversAction,
  hasWildcard,
  holdsWithoutKey,
  isNegative,
  isPositive,
  takesWildcards,
  withoutEscapes,
} from './matching'
import type { Power } from './permissions'
import type { TrustProblem } from './trust-check'

const WEB_IDENTITY = 'sts:assumerolewithwebidentity'

/** Claims that every token has, so that a condition with IfExists always compares them. */
const ALWAYS = ['sub', 'aud', 'repository', 'repository_id']

/** An identity provider of the account. */
export interface Provider {
  audiences: readonly string[]
}

interface Grant {
  statement: Statement
  address: string
  issuer: Issuer
  /** The conditions on claims of the issuer by their names, with those that statements with Deny make necessary. */
  claims: { claim: string; condition: Condition }[]
}

/** Every way in which tokens of an OpenID Connect issuer may assume the role. */
export function grantsOf(statements: readonly Statement[]): Grant[] {
  return statements
    .filter(statement => statement.allow && coversAction(statement, WEB_IDENTITY) && !statement.notPrincipal)
    .flatMap(statement =>
      addressesIn(statement.principals).map(address => {
        const needed = statements.flatMap(other => (deniesOthers(other, address) ? other.conditions : []))
        const claims = [...statement.conditions.filter(condition => !isNegative(condition)), ...needed].flatMap(
          condition => {
            const claim = condition.key.startsWith(`${address}:`) ? condition.key.slice(address.length + 1) : null
            return claim === null ? [] : [{ claim, condition }]
          },
        )
        return { statement, address, issuer: issuerOf(address), claims }
      }),
    )
}

/** The addresses of the OIDC providers among principals, each once. */
export function addressesIn(principals: readonly Principal[]): string[] {
  const federated = principals.filter(({ kind }) => kind === 'federated').flatMap(({ value }) => addressOf(value) ?? [])
  return [...new Set(federated)]
}

/**
 * Whether it denies tokens with other values of a claim: one condition, and a negative one. Two would have to hold
 * together.
 */
function deniesOthers(
  { allow, conditions, principals, notPrincipal, ...statement }: Statement,
  address: string,
): boolean {
  const [condition] = conditions
  if (allow || notPrincipal || conditions.length !== 1 || !condition || !isNegative(condition)) return false
  const everybody = principals.some(({ kind }) => kind === 'everybody')
  if (!everybody && !addressesIn(principals).includes(address)) return false
  return (
    condition.set === null && coversAction({ ...statement, allow, conditions, principals, notPrincipal }, WEB_IDENTITY)
  )
}

/** Problems of the trust policy of a role. */
export function oidcProblems(
  statements: readonly Statement[],
  providers: ReadonlyMap<string, Provider>,
  power: Power,
): TrustProblem[] {
  const grants = grantsOf(statements)
  const problems = grants.flatMap(grant => grantProblems(grant, providers.get(grant.address), power))
  const [first] = grants
  if (first && power === 'admin') problems.push(problemOf(first, 'oidc-admin-role', 'high', first.address, []))
  for (const { statement } of grants.filter(
    ({ statement: { place } }, at) => grants[at - 1]?.statement.place !== place,
  )) {
    const addresses = addressesIn(statement.principals)
    if (addresses.length > 1)
      problems.push({ ...problemOf({ statement }, 'oidc-mixed-issuers', 'high', 'Principal', addresses) })
  }
  return problems
}

function grantProblems(grant: Grant, provider: Provider | undefined, power: Power): TrustProblem[] {
  const { address, issuer, claims } = grant
  const problems: TrustProblem[] = []
  const broken = claims.filter(({ condition }) => neverHolds(condition))
  for (const { condition } of broken) {
    const values = condition.values.filter(hasWildcard)
    problems.push(problemOf(grant, 'oidc-literal-wildcard', 'high', condition.key, values))
  }
  // Nobody gets in through a statement with a condition that never holds.
  if (broken.some(({ condition }) => condition.values.every(hasWildcard))) return problems
  problems.push(...identityProblems(grant, power))
  const named = claims.some(({ claim, condition }) => claim === 'aud' && narrows(condition))
  if (!named && !('aud' in issuer.claims)) {
    const several = (provider?.audiences.length ?? 0) > 1
    problems.push(
      problemOf(grant, 'oidc-no-audience', several ? 'high' : 'medium', `${address}:aud`, provider?.audiences ?? []),
    )
  }
  return problems
}

/** How far the claims narrow down who may come in, and what is wrong with that. */
function identityProblems(grant: Grant, power: Power): TrustProblem[] {
  const { address, issuer, claims } = grant
  const identities = claims.flatMap(({ claim, condition }) => {
    const known = Object.hasOwn(issuer.claims, claim) ? issuer.claims[claim] : undefined
    if (!known) return []
    const wildcards = takesWildcards(condition)
    const usable = condition.values.filter(value => wildcards || !hasWildcard(value)).map(withoutEscapes)
    const read = usable.map(value => breadthOf(issuer, known, value, wildcards))
    return [{ claim, condition, breadth: widest(read), effective: isEffective(claim, condition) && usable.length > 0 }]
  })
  const effective = identities.filter(each => each.effective)
  const sub = `${address}:sub`
  if (effective.length === 0) {
    const open = identities.find(({ condition }) => isPositive(condition) && condition.set === 'forallvalues')
    if (open)
      return [
        problemOf(
          grant,
          'oidc-any-project',
          issuer.shared ? 'critical' : 'high',
          open.condition.key,
          open.condition.values,
        ),
      ]
    const check = issuer.shared ? 'oidc-no-identity' : 'oidc-whole-organization'
    return [problemOf(grant, check, issuer.shared ? 'critical' : 'high', sub, [])]
  }
  const breadth = narrowest(effective.map(each => each.breadth))
  const [at] = effective.filter(each => each.breadth === breadth)
  const { key, values } = at?.condition ?? { key: sub, values: [] }
  if (breadth === 'anyone') return [problemOf(grant, 'oidc-any-project', 'critical', key, values)]
  const problems: TrustProblem[] = []
  if (breadth === 'owner') problems.push(problemOf(grant, 'oidc-whole-organization', 'high', key, values))
  const chosen = claims.some(({ claim, condition }) => issuer.chosen?.includes(claim) && narrows(condition))
  if (breadth === 'refs' && power !== 'read' && !chosen)
    problems.push(problemOf(grant, 'oidc-all-refs', 'medium', key, values))
  const classic = effective.filter(({ claim, condition }) => claim === 'sub' && condition.values.every(isClassic))
  const [old] = classic
  if (issuer.id === 'github' && old)
    problems.push(problemOf(grant, 'oidc-classic-subject', 'low', sub, old.condition.values))
  return problems
}

/**
 * A subject that only the old form fits. Repositories created or renamed since 2026-07-15 send
 * `repo:ORG@ID/REPO@ID:...`.
 * https://github.blog/changelog/2026-04-23-immutable-subject-claims-for-github-actions-oidc-tokens/
 */
function isClassic(value: string): boolean {
  return /^repo:[^@*?]+(?:[:/]|$)/.test(value) && !value.includes('@')
}

/** Whether it keeps out tokens with other values, also those without the claim. */
function isEffective(claim: string, condition: Condition): boolean {
  if (isNegative(condition)) return condition.set === null
  if (!isPositive(condition) || condition.set === 'forallvalues') return false
  return !holdsWithoutKey(condition) || ALWAYS.includes(claim)
}

/** Whether it names at least some of its values, and not only `*`. */
function narrows(condition: Condition): boolean {
  const open = takesWildcards(condition) && condition.values.some(value => /^[*?]+$/.test(value))
  return isEffective('aud', condition) && condition.values.length > 0 && !open
}

/** Whether some of its values can never be met: a wildcard is a plain character for StringEquals. */
function neverHolds(condition: Condition): boolean {
  return isPositive(condition) && !takesWildcards(condition) && condition.values.some(hasWildcard)
}

function widest(found: readonly Breadth[]): Breadth {
  return breadths[Math.max(0, ...found.map(breadth => breadths.indexOf(breadth)))] ?? 'narrow'
}

function narrowest(found: readonly Breadth[]): Breadth {
  return breadths[Math.min(...found.map(breadth => breadths.indexOf(breadth)))] ?? 'anyone'
}

/** A problem of a statement, about one subject, with the values that are wrong. */
export function problemOf(
  { statement: { place, sid } }: { statement: Statement },
  check: TrustProblem['check'],
  severity: TrustProblem['severity'],
  subject: string,
  values: readonly string[],
): TrustProblem {
  return { check, severity, statement: place, sid, subject, values }
}
