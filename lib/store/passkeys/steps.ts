import 'server-only'
import type { Access } from '../../access/proof'
import type { PendingSignIn } from '../../access/session/pending'
import type { SigningBrowser } from '../../access/session/session'
import type { RelyingParty } from '../../access/sign-in/relying-party'
import { prisma } from '../../db'
import { completeSignIn } from '../sign-in/second-step'
import type { SignedIn } from '../sign-in/sign-in'
import { markVerified } from '../sign-in/verify-again'
import { beginPasskeyProof, verifyPasskeyProof } from './proof'

/** Options with which a browser completes a sign-in with one of the member's passkeys. */
export async function beginPasskeyStep({ session, member }: PendingSignIn, party: RelyingParty) {
  return beginPasskeyProof(party, { purpose: 'second-step', member: member.id, session })
}

/** Completes a sign-in after a correct password. Throws as verifyPasskeyProof does, and `signInExpired`. */
export async function signInWithPasskeyStep(
  pending: PendingSignIn,
  party: RelyingParty,
  given: unknown,
  browser: SigningBrowser,
): Promise<SignedIn> {
  const { session, member, access } = pending
  await verifyPasskeyProof(party, { purpose: 'second-step', member: member.id, session }, given, access.ip)
  return prisma().$transaction(tx => completeSignIn(tx, pending, 'passkey', browser))
}

/** Options with which a browser verifies the signed-in member again with a passkey. */
export async function beginPasskeyVerification({ actor }: Access, session: string, party: RelyingParty) {
  return beginPasskeyProof(party, { purpose: 'recent', member: actor.id, session })
}

/** Marks the session as verified now. Throws as verifyPasskeyProof does, and NotFoundError if the session has ended. */
export async function verifyByPasskey(
  access: Access,
  session: string,
  party: RelyingParty,
  given: unknown,
): Promise<void> {
  const { actor, ip } = access
  await verifyPasskeyProof(party, { purpose: 'recent', member: actor.id, session }, given, ip)
  await prisma().$transaction(tx => markVerified(tx, access, session, 'passkey'))
}
