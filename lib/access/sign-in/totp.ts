import 'server-only'
import { Secret, TOTP } from 'otpauth'
import { z } from 'zod'
import { qrPath } from '../../domain/sign-in/qr-path'
import type { TotpOffer } from '../../domain/sign-in/second-factor'
import { openSealed, sealText } from '../seal/seal'

const OFFER_MS = 15 * 60 * 1000
const PERIOD_SECONDS = 30
const Offer = z.object({ secret: z.string(), until: z.number() })

/** Makes a secret of 160 bits (RFC 4226, section 4) for a member's authenticator app. Nothing is stored: the sealed offer comes back. */
export function offerTotp(member: { id: string; email: string }, session: string): TotpOffer {
  const secret = new Secret({ size: 20 }).base32
  const uri = totpOf(secret, member.email).toString()
  const offer = sealText(offerPurpose(member.id, session), JSON.stringify({ secret, until: Date.now() + OFFER_MS }))
  return { secret, qr: qrPath(uri), offer }
}

/** The secret of an offer, or null where it was made for another member or session, more than 15 minutes ago or not by us. */
export function openOffer(member: string, session: string, offer: string): string | null {
  const opened = openSealed(offerPurpose(member, session), offer)
  const parsed = opened ? Offer.safeParse(JSON.parse(opened)) : null
  return parsed?.success && parsed.data.until > Date.now() ? parsed.data.secret : null
}

/** A secret as the member's row keeps it. */
export function sealTotp(member: string, secret: string): string {
  return sealText(purpose(member), secret)
}

/** The secret of a member's row, or null where its key is gone or it belongs to another member. */
export function openTotp(member: string, sealed: string): string | null {
  return openSealed(purpose(member), sealed)
}

/**
 * The time step (RFC 6238) whose code it is: the present one, the one before or the one after. Null where it is none of these. The
 * clock is the real one, never one that a demo fixed.
 */
export function totpStep(secret: string, code: string, at = Date.now()): number | null {
  const totp = totpOf(secret)
  const delta = totp.validate({ token: code, timestamp: at, window: 1 })
  return delta === null ? null : totp.counter({ timestamp: at }) + delta
}

function totpOf(secret: string, label = ''): TOTP {
  // What authenticator apps know: many ignore other algorithms, digits and periods in the address.
  const known = { algorithm: 'SHA1', digits: 6, period: PERIOD_SECONDS }
  return new TOTP({ issuer: 'Hinomi', label, secret: Secret.fromBase32(secret), ...known })
}

function purpose(member: string): string {
  return `totp:${member}`
}

function offerPurpose(member: string, session: string): string {
  return `totp-offer:${member}:${session}`
}
