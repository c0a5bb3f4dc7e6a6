import { z } from 'zod'
import { roles } from '../people/role'

export const secondFactors = ['totp', 'passkey'] as const
export type SecondFactor = (typeof secondFactors)[number]

/** Stages of a sign-in. Before `complete`, only the page of the next step is open. */
export const sessionStages = ['complete', 'second-factor', 'enrolment'] as const
export type SessionStage = (typeof sessionStages)[number]
export type PendingStage = Exclude<SessionStage, 'complete'>

/** Roles whose members need a second factor when they sign in with a password. */
export const FactorPolicy = z.strictObject({ roles: z.array(z.enum(roles)).max(roles.length) })
export type FactorPolicy = z.infer<typeof FactorPolicy>

/** The setting that keeps it. */
export const FACTOR_POLICY = 'second-factor'

/** The policy in a value of the setting; no role if it was never set. */
export function toFactorPolicy(stored: unknown): FactorPolicy {
  return stored === undefined ? { roles: [] } : FactorPolicy.parse(stored)
}

/** The number of recovery codes in a set, and the remaining number at which the member is asked for a new set. */
export const RECOVERY_CODES = 10
export const FEW_RECOVERY_CODES = 3

/** The reader's second factors, as on the profile page. */
export interface OwnFactors {
  totpSince: Date | null
  passkeys: number
  /** Recovery codes that were not used. */
  codesLeft: number
  /** Whether the policy requires a second factor for the reader's role. */
  required: boolean
}

/** A new secret for an authenticator app, which is stored once one of its codes was entered. */
export interface TotpOffer {
  /** Base32, to be typed if the QR code cannot be scanned. */
  secret: string
  qr: { size: number; path: string }
  /** The same secret, sealed for this member and session. */
  offer: string
}

export type CodeKind = 'totp' | 'recovery'

/** A typed code without spaces and hyphens, in half-width capitals, and its possible kind. */
export function readCode(typed: string): { kind: CodeKind; code: string } | null {
  const code = typed
    .normalize('NFKC')
    .replace(/[\s\p{Dash}]/gu, '')
    .toUpperCase()
  if (/^\d{6}$/.test(code)) return { kind: 'totp', code }
  // Crockford's base 32 reads O as 0, and I and L as 1: https://www.crockford.com/base32.html
  const read = code.replaceAll('O', '0').replace(/[IL]/g, '1')
  return /^[0-9A-HJKMNP-TV-Z]{24}$/.test(read) ? { kind: 'recovery', code: read } : null
}
