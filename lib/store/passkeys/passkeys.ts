import 'server-only'
import { generateRegistrationOptions, verifyRegistrationResponse } from '@simplewebauthn/server'
import { decodeAttestationObject } from '@simplewebauthn/server/helpers'
import { z } from 'zod'
import type { ById } from '../../access/member-input'
import { type Access, requireMemberActor } from '../../access/proof'
import type { RelyingParty } from '../../access/sign-in/relying-party'
import { prisma } from '../../db'
import { answeredChallenge, MAX_PASSKEYS, PasskeyName, Registration, userHandle } from '../../domain/sign-in/passkey'
import { AppError, NotFoundError } from '../../errors'
import { recordAudit } from '../audit/audit'
import { factorAdded, factorRemoved, lockFactors } from '../sign-in/second-factors'
import { createChallenge, redeemChallenge } from './challenges'

export const AddPasskey = z.object({ name: PasskeyName, registration: Registration })
export type AddPasskey = z.infer<typeof AddPasskey>

export const RenamePasskey = z.object({ id: z.uuid(), name: PasskeyName })
export type RenamePasskey = z.infer<typeof RenamePasskey>

/** EdDSA, ES256 and RS256: https://www.iana.org/assignments/cose/cose.xhtml#algorithms */
const ALGORITHMS = [-8, -7, -257]

/** Options with which a browser creates a passkey for the member of this session. Throws `passkeysFull`. */
export async function beginPasskey(access: Access, session: string, party: RelyingParty) {
  const { id, name, email } = requireMemberActor(access)
  const known = await prisma().passkey.findMany({ where: { memberId: id } })
  if (known.length >= MAX_PASSKEYS) throw full()
  return generateRegistrationOptions({
    rpName: 'Hinomi',
    rpID: party.id,
    userID: userHandle(id),
    userName: email,
    userDisplayName: name,
    challenge: await createChallenge({ purpose: 'register', member: id, session }),
    timeout: 300_000,
    attestationType: 'none',
    excludeCredentials: known.map(({ credentialId, transports }) => ({ id: credentialId, transports })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    supportedAlgorithmIDs: ALGORITHMS,
  })
}

/**
 * Stores a passkey that was created for a challenge of this session, and ends the member's other sessions. Returns
 * recovery codes to show once if the member has none. Throws `passkeyExpired`, `passkeyRefused`, `passkeyKnown` and
 * `passkeysFull`.
 */
export async function addPasskey(
  access: Access,
  session: string,
  party: RelyingParty,
  { name, registration }: AddPasskey,
): Promise<{ id: string; codes: string[] | null }> {
  const { id: memberId } = requireMemberActor(access)
  const challenge = answeredChallenge(registration.response.clientDataJSON)
  if (challenge === null) throw refused()
  if (!(await redeemChallenge(challenge, { purpose: 'register', member: memberId, session }))) {
    throw new AppError('invalid', { reason: 'passkeyExpired' })
  }
  const verification = await verified(party, challenge, registration)
  const { credential } = verification
  return prisma().$transaction(async tx => {
    await lockFactors(tx, access, session)
    if ((await tx.passkey.count({ where: { memberId } })) >= MAX_PASSKEYS) throw full()
    const known = await tx.passkey.findUnique({ where: { credentialId: credential.id }, select: { id: true } })
    if (known) throw new AppError('conflict', { reason: 'passkeyKnown' })
    const { id } = await tx.passkey.create({
      data: {
        memberId,
        name,
        credentialId: credential.id,
        publicKey: credential.publicKey,
        counter: credential.counter,
        transports: registration.response.transports,
        backupEligible: verification.credentialDeviceType === 'multiDevice',
        backedUp: verification.credentialBackedUp,
      },
      select: { id: true },
    })
    const detail = { name, passkey: id, synced: verification.credentialBackedUp }
    await recordAudit(tx, access, { action: 'passkey.create', target: `member:${memberId}`, detail })
    return { id, ...(await factorAdded(tx, access, session)) }
  })
}

/** Renames a passkey. Throws NotFoundError for another member's. */
export async function renamePasskey(access: Access, session: string, { id, name }: RenamePasskey): Promise<void> {
  const { id: memberId } = requireMemberActor(access)
  await prisma().$transaction(async tx => {
    await lockFactors(tx, access, session)
    const before = await tx.passkey.findFirst({ where: { id, memberId } })
    if (!before) throw new NotFoundError()
    await tx.passkey.update({ where: { id }, data: { name } })
    const detail = { name, passkey: id, before: before.name }
    await recordAudit(tx, access, { action: 'passkey.rename', target: `member:${memberId}`, detail })
  })
}

/**
 * Removes a passkey and returns the id under which the member's device knows it. Throws NotFoundError for another
 * member's, and `lastFactor` if the role needs a second factor and this is the only one.
 */
export async function removePasskey(access: Access, session: string, { id }: ById): Promise<{ credentialId: string }> {
  const { id: memberId } = requireMemberActor(access)
  return prisma().$transaction(async tx => {
    const locked = await lockFactors(tx, access, session)
    const passkey = await tx.passkey.findFirst({ where: { id, memberId } })
    if (!passkey) throw new NotFoundError()
    await tx.passkey.delete({ where: { id } })
    const detail = { name: passkey.name, passkey: id }
    await recordAudit(tx, access, { action: 'passkey.remove', target: `member:${memberId}`, detail })
    await factorRemoved(tx, access, locked, session)
    return { credentialId: passkey.credentialId }
  })
}

async function verified(party: RelyingParty, challenge: string, { response, ...rest }: Registration) {
  if (!isPlain(response.attestationObject)) throw refused()
  try {
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: { ...rest, response, clientExtensionResults: {} },
      expectedChallenge: challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      requireUserVerification: true,
      supportedAlgorithmIDs: ALGORITHMS,
    })
    if (verified && registrationInfo.credential.id === rest.id) return registrationInfo
  } catch {
    // The library throws for every invalid registration.
  }
  throw refused()
}

/**
 * Whether an attestation has no certificates. None is requested, and to check one the library would fetch addresses
 * that the certificate names. https://www.w3.org/TR/webauthn-3/#sctn-none-attestation
 */
function isPlain(attestationObject: string): boolean {
  try {
    const attestation = decodeAttestationObject(new Uint8Array(Buffer.from(attestationObject, 'base64url')))
    const format = attestation.get('fmt')
    return format === 'none' || (format === 'packed' && attestation.get('attStmt').get('x5c') === undefined)
  } catch {
    return false
  }
}

function refused(): AppError {
  return new AppError('invalid', { reason: 'passkeyRefused' })
}

function full(): AppError {
  return new AppError('conflict', { reason: 'passkeysFull', params: { max: MAX_PASSKEYS } })
}
