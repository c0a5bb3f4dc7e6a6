import type { Severity } from '../findings/severity'

/** Checks of trust policies and identity providers. Their ids are stored with findings and never change. */
export const trustCheckIds = [
  'oidc-no-identity',
  'oidc-any-project',
  'oidc-whole-organization',
  'oidc-all-refs',
  'oidc-no-audience',
  'oidc-literal-wildcard',
  'oidc-provider-audiences',
  'oidc-admin-role',
  'oidc-unused',
  'oidc-classic-subject',
  'oidc-mixed-issuers',
  'trust-everybody',
  'trust-no-external-id',
  'trust-whole-organization',
  'trust-outside-admin',
] as const
export type TrustCheck = (typeof trustCheckIds)[number]

/** A fault in a trust policy: the statement, and the condition or principal that is wrong. */
export interface TrustProblem {
  check: TrustCheck
  severity: Severity
  /** The statement by its place, from 1; null for the role or provider as a whole. */
  statement: number | null
  sid: string | null
  /** The condition key or the principal that it is about, and its values. */
  subject: string
  values: readonly string[]
}
