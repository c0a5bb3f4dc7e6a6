import 'server-only'
import { isIP } from 'node:net'
import { headers } from 'next/headers'
import { env } from '../../env'
import { AppError } from '../../errors'
import { passwordsAllowed } from './password'

/** The site that passkeys belong to: https://www.w3.org/TR/webauthn-3/#relying-party-identifier */
export interface RelyingParty {
  /** A domain name. */
  id: string
  origin: string
}

/** Why passkeys are unavailable; each reason has a text in messages. */
export type NoPasskeys = 'passwordsOff' | 'ipAddress' | 'noAddress' | 'insecure'

/**
 * The relying party, or the reason why there is none. It is the host of HINOMI_URL; without that setting, the host of the request if it
 * is `localhost`, so that no stranger can choose it.
 */
export function relyingPartyAt(host: string | null | undefined): RelyingParty | NoPasskeys {
  // With single sign-on only, losing the account at the provider must end access here too.
  if (!passwordsAllowed()) return 'passwordsOff'
  const { HINOMI_URL } = env()
  const address = HINOMI_URL ?? `http://${host}`
  if (!URL.canParse(address)) return 'noAddress'
  const { protocol, hostname, origin } = new URL(address)
  if (isIP(hostname.replace(/^\[|\]$/g, '')) !== 0) return 'ipAddress'
  if (hostname === 'localhost') return { id: hostname, origin }
  if (!HINOMI_URL) return 'noAddress'
  // Browsers offer passkeys in secure contexts only.
  return protocol === 'https:' ? { id: hostname, origin } : 'insecure'
}

/** The same for this request. */
export async function requestRelyingParty(): Promise<RelyingParty | NoPasskeys> {
  return relyingPartyAt((await headers()).get('host'))
}

/** The relying party of this request. Throws `passkeysUnavailable` where there is none. */
export async function requireRelyingParty(): Promise<RelyingParty> {
  return orUnavailable(await requestRelyingParty())
}

/** Throws `passkeysUnavailable` where there is no relying party. */
export function orUnavailable(party: RelyingParty | NoPasskeys): RelyingParty {
  if (typeof party === 'string') throw new AppError('unavailable', { reason: 'passkeysUnavailable' })
  return party
}
