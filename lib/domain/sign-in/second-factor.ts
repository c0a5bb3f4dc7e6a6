import { z } from 'zod'
import { roles } from '../people/role'

export const secondFactors = ['totp', 'passkey'] as const
export type SecondFactor = (typeof secondFactors)[number]

/** How far a sign-in has come. Only a complete one opens anything but its own next step. */
export const sessionStages = ['complete', 'second-factor', 'enrolment'] as const
export type SessionStage = (typeof sessionStages)[number]
export type PendingStage = Exclude<SessionStage, 'complete'>

/** Roles whose members need a second factor when they sign in with a password. */
export const FactorPolicy = z.strictObject({ roles: z.array(z.enum(roles)).max(roles.length) })
export type FactorPolicy = z.infer<typeof FactorPolicy>

/** The setting that keeps it. */
export const FACTOR_POLICY = 'second-factor'

/** The policy by the value of its setting; no role where it was never set. */
export function toFactorPolicy(stored: unknown): FactorPolicy {
  return stored === undefined ? { roles: [] } : FactorPolicy.parse(stored)
}

/** How many recovery codes a set has, and from which number on the member is asked to create a new set. */
export const RECOVERY_CODES = 10
export const FEW_RECOVERY_CODES = 3

/** What the profile page shows of the reader's second factors. */
export interface OwnFactors {
  totpSince: Date | null
  passkeys: number
  /** Recovery codes that were not used. */
  codesLeft: number
  /** Whether the policy asks for a second factor of the reader's role. */
  required: boolean
}

/** A new secret for an authenticator app, which counts once a code of it was given. */
export interface TotpOffer {
  /** Base32, to be typed where the QR code cannot be scanned. */
  secret: string
  qr: { size: number; path: string }
  /** The same secret, sealed for this member and session. */
  offer: string
}

export type CodeKind = 'totp' | 'recovery'

/** A code as it was typed, without spaces and hyphens and in half-width capitals, and which kind it can be. */
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
