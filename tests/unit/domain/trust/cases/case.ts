import type { TrustCheck } from '../../../../../lib/domain/trust/trust-check'

export const ACCOUNT = '210987654321'
export const PARTNER = '345678901234'
export const VENDOR = '678901234567'
export const GITHUB = 'token.actions.githubusercontent.com'

/** A trust policy with the checks that it fails. What is not expected must not be reported. */
export interface TrustCase {
  name: string
  trust: unknown
  fails: TrustCheck[]
  /** What the role may do; `write` where a case is not about it. */
  power?: 'admin' | 'write' | 'read'
  /** Audiences of the issuer's provider. */
  audiences?: string[]
  lastUsedAt?: string
}

type Conditions = Record<string, Record<string, unknown>>

export function providerArn(host: string): string {
  return `arn:aws:iam::${ACCOUNT}:oidc-provider/${host}`
}

/** A policy of one statement for tokens of an issuer. Keys of conditions are written without the issuer. */
export function tokens(conditions: Conditions, host = GITHUB): unknown {
  return { Version: '2012-10-17', Statement: [tokenStatement(conditions, host)] }
}

export function tokenStatement(conditions: Conditions, host = GITHUB): Record<string, unknown> {
  const full = Object.entries(conditions).map(([operator, keys]) => {
    return [operator, Object.fromEntries(Object.entries(keys).map(([claim, value]) => [`${host}:${claim}`, value]))]
  })
  return {
    Effect: 'Allow',
    Principal: { Federated: providerArn(host) },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: Object.fromEntries(full),
  }
}

/** Conditions of GitHub with the right audience. */
export function github(sub: unknown, operator = 'StringLike', more: Conditions = {}): unknown {
  const audience = { aud: 'sts.amazonaws.com' }
  const same = operator === 'StringEquals' ? { StringEquals: { ...audience, sub } } : { [operator]: { sub } }
  return tokens({ StringEquals: audience, ...same, ...more })
}

export function accounts(principal: unknown, condition?: unknown): unknown {
  const statement = { Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' }
  return {
    Version: '2012-10-17',
    Statement: [condition === undefined ? statement : { ...statement, Condition: condition }],
  }
}
