import 'server-only'
import { Secret, TOTP } from 'otpauth'
import { z } from 'zod'
import { qrPath } from '../../domain/sign-in/qr-path'
import type { TotpOffer } from '../../domain/sign-in/second-factor'
import { openSealed, sealText } from '../seal/seal'

const OFFER_MS = 15 * 60 * 1000
const PERIOD_SECONDS = 30
const Offer = z.object({ secret: z.string(), until: z.number() })

/** Creates a secret of 160 bits (RFC 4226, section 4) for an authenticator app. Nothing is stored: the client returns the sealed offer. */
export function offerTotp(member: { id: string; email: string }, session: string): TotpOffer {
  const secret = new Secret({ size: 20 }).base32
  const uri = totpOf(secret, member.email).toString()
  const offer = sealText(offerPurpose(member.id, session), JSON.stringify({ secret, until: Date.now() + OFFER_MS }))
  return { secret, qr: qrPath(uri), offer }
}

/** The secret of an offer; null where it is for another member or session, older than 15 minutes or cannot be decrypted. */
export function openOffer(member: string, session: string, offer: string): string | null {
  const opened = openSealed(offerPurpose(member, session), offer)
  const parsed = opened ? Offer.safeParse(JSON.parse(opened)) : null
  return parsed?.success && parsed.data.until > Date.now() ? parsed.data.secret : null
}

/** A secret, encrypted for the member's row. */
export function sealTotp(member: string, secret: string): string {
  return sealText(purpose(member), secret)
}

/** The secret of a member's row; null where its key is no longer configured or it belongs to another member. */
export function openTotp(member: string, sealed: string): string | null {
  return openSealed(purpose(member), sealed)
}

/**
 * The time step (RFC 6238) of a code: the current one, the previous or the next one; null where the code matches none of these. Uses
 * the real clock, never the demo's fixed one.
 */
export function totpStep(secret: string, code: string, at = Date.now()): number | null {
  const totp = totpOf(secret)
  const delta = totp.validate({ token: code, timestamp: at, window: 1 })
  return delta === null ? null : totp.counter({ timestamp: at }) + delta
}

function totpOf(secret: string, label = ''): TOTP {
  // The defaults of authenticator apps: many ignore other algorithms, digits and periods in the URI.
  const defaults = { algorithm: 'SHA1', digits: 6, period: PERIOD_SECONDS }
  return new TOTP({ issuer: 'Hinomi', label, secret: Secret.fromBase32(secret), ...defaults })
}

function purpose(member: string): string {
  return `totp:${member}`
}

function offerPurpose(member: string, session: string): string {
  return `totp-offer:${member}:${session}`
}
