import 'server-only'
import { generateAuthenticationOptions, verifyAuthenticationResponse } from '@simplewebauthn/server'
import { recordSignInRefused } from '../../access/refusals/refusals'
import type { RelyingParty } from '../../access/sign-in/relying-party'
import { pool, prisma } from '../../db'
import { Assertion, answeredChallenge, userHandle } from '../../domain/sign-in/passkey'
import { AppError } from '../../errors'
import { type Member, type Passkey, Prisma } from '../../generated/prisma/client'
import { executeIn } from '../../sql/transaction'
import { type ChallengeUse, createChallenge, redeemChallenge } from './challenges'

const { sql } = Prisma

/** Reasons why an assertion is refused, as in the audit log, with the reason of the error. */
const REFUSALS = {
  invalid: 'passkeyRefused',
  challenge: 'passkeyExpired',
  unknown: 'passkeyUnknown',
  otherMember: 'passkeyRefused',
  wrong: 'passkeyRefused',
  /**
   * The counter went back: the authenticator was probably copied. https://www.w3.org/TR/webauthn-3/#sctn-sign-counter
   */
  counter: 'passkeyCopied',
} as const

interface Refused {
  refused: keyof typeof REFUSALS
  member: Member | null
  passkey?: Passkey
}

interface Proved {
  member: Member
  passkey: Passkey
}

/** Options with which a browser answers a challenge: with any passkey at sign-in, else with one of the member's. */
export async function beginPasskeyProof(party: RelyingParty, use: ChallengeUse) {
  const own = use.member === null ? [] : await prisma().passkey.findMany({ where: { memberId: use.member } })
  return generateAuthenticationOptions({
    rpID: party.id,
    challenge: await createChallenge(use),
    userVerification: 'required',
    timeout: 300_000,
    allowCredentials: own.map(({ credentialId, transports }) => ({ id: credentialId, transports })),
  })
}

/**
 * The member who answered a challenge with a passkey and was verified by its device: two factors at once. Throws
 * `passkeyRefused`, `passkeyExpired`, `passkeyUnknown` or `passkeyCopied`, each with an audit entry.
 */
export async function verifyPasskeyProof(
  party: RelyingParty,
  use: ChallengeUse,
  given: unknown,
  ip: string | null,
): Promise<Proved> {
  const outcome = await check(party, use, given)
  if (!('refused' in outcome)) return outcome
  const { refused, member, passkey } = outcome
  const detail = { by: 'passkey', reason: refused, ...(passkey ? { passkey: passkey.name } : {}) }
  await recordSignInRefused(member, detail, ip, use.purpose === 'recent' ? 'session.verify-refused' : 'session.refused')
  throw new AppError('invalid', { reason: REFUSALS[refused] })
}

// The steps of https://www.w3.org/TR/webauthn-3/#sctn-verifying-assertion
async function check(party: RelyingParty, use: ChallengeUse, given: unknown): Promise<Proved | Refused> {
  const expected = use.member === null ? null : await memberOf(use.member)
  const parsed = Assertion.safeParse(given)
  const challenge = parsed.success ? answeredChallenge(parsed.data.response.clientDataJSON) : null
  if (!parsed.success || challenge === null) return { refused: 'invalid', member: expected }
  if (!(await redeemChallenge(challenge, use))) return { refused: 'challenge', member: expected }
  const passkey = await prisma().passkey.findUnique({ where: { credentialId: parsed.data.id } })
  const member = passkey && (await memberOf(passkey.memberId))
  if (!passkey || !member) return { refused: 'unknown', member: expected }
  if (use.member !== null && member.id !== use.member) return { refused: 'otherMember', member: expected }
  const answer = isOfMember(parsed.data, member, use) ? await verified(party, challenge, parsed.data, passkey) : null
  if (!answer) return { refused: 'wrong', member, passkey }
  return (await advanceCounter(passkey, answer)) ? { member, passkey } : { refused: 'counter', member, passkey }
}

async function memberOf(id: string): Promise<Member | null> {
  return prisma().member.findFirst({ where: { id, removedAt: null } })
}

/** An authenticator names the user if the browser did not list the allowed passkeys. */
function isOfMember({ response }: Assertion, member: Member, { purpose }: ChallengeUse): boolean {
  const handle = response.userHandle
  if (!handle) return purpose !== 'sign-in'
  return handle === Buffer.from(userHandle(member.id)).toString('base64url')
}

async function verified(party: RelyingParty, challenge: string, { response, ...rest }: Assertion, passkey: Passkey) {
  const { userHandle: handle, ...signed } = response
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: {
        ...rest,
        response: { ...signed, ...(handle ? { userHandle: handle } : {}) },
        clientExtensionResults: {},
      },
      expectedChallenge: challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      requireUserVerification: true,
      // The counter is compared in advanceCounter, once the signature is known to be right.
      credential: { id: passkey.credentialId, publicKey: new Uint8Array(passkey.publicKey), counter: 0 },
    })
    const isEligible = authenticationInfo.credentialDeviceType === 'multiDevice'
    return verified && isEligible === passkey.backupEligible ? authenticationInfo : null
  } catch {
    // The library throws for every invalid assertion.
    return null
  }
}

/**
 * Stores the counter and time of a use. Returns false if the counter did not increase; authenticators without a counter
 * always send 0.
 */
async function advanceCounter(
  { id }: Passkey,
  { newCounter, credentialBackedUp }: { newCounter: number; credentialBackedUp: boolean },
): Promise<boolean> {
  const updated = await executeIn(
    pool(),
    sql`UPDATE passkey SET counter = ${newCounter}, backed_up = ${credentialBackedUp}, last_used_at = now()
      WHERE id = ${id} AND (counter < ${newCounter} OR (counter = 0 AND ${newCounter === 0}::boolean))`,
  )
  return updated === 1
}
