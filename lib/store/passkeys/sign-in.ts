import 'server-only'
import { limitRate } from '../../access/api/rate-limit'
import { networkOf } from '../../access/network/peer'
import { UNKNOWN_BROWSER } from '../../access/session/session'
import type { RelyingParty } from '../../access/sign-in/relying-party'
import { admitted, type SignedIn } from '../sign-in/sign-in'
import { beginPasskeyProof, verifyPasskeyProof } from './proof'

const USE = { purpose: 'sign-in', member: null, session: null } as const

/**
 * Options with which a browser signs a member in with a passkey. Throws too_many_requests for a network that asks too
 * often.
 */
export async function beginPasskeySignIn(party: RelyingParty, ip: string | null) {
  limitNetwork(ip)
  return beginPasskeyProof(party, USE)
}

/**
 * The member whose passkey answered a challenge of the sign-in page; null if the member or the passkey was removed
 * meanwhile. Throws as verifyPasskeyProof does, and too_many_requests.
 */
export async function signInWithPasskey(
  party: RelyingParty,
  given: unknown,
  ip: string | null,
  browser = UNKNOWN_BROWSER,
): Promise<SignedIn | null> {
  limitNetwork(ip)
  const { member, passkey } = await verifyPasskeyProof(party, USE, given, ip)
  return admitted(member, 'passkey', ip, browser, { passkey: passkey.id })
}

function limitNetwork(ip: string | null): void {
  limitRate('passkeys', networkOf(ip))
}
