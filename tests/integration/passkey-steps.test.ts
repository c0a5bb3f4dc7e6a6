import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { currentMember } from '../../lib/access/access'
import { pendingSignIn } from '../../lib/access/session/pending'
import { UNKNOWN_BROWSER } from '../../lib/access/session/session'
import { hashPassword } from '../../lib/access/sign-in/password'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { log } from '../../lib/log'
import { addPasskey, beginPasskey, removePasskey } from '../../lib/store/passkeys/passkeys'
import { beginPasskeySignIn, signInWithPasskey } from '../../lib/store/passkeys/sign-in'
import {
  beginPasskeyStep,
  beginPasskeyVerification,
  signInWithPasskeyStep,
  verifyByPasskey,
} from '../../lib/store/passkeys/steps'
import { saveFactorPolicy } from '../../lib/store/sign-in/factor-policy'
import { resetFactors } from '../../lib/store/sign-in/reset-factors'
import { finishEnrolment } from '../../lib/store/sign-in/second-step'
import { signInWithPassword } from '../../lib/store/sign-in/sign-in'
import { browser, signInAs, signOut } from '../support/browser'
import { Authenticator } from '../support/passkey-device'
import { accessOf, addMember } from '../support/people'

vi.mock('next/headers', async () => (await import('../support/browser')).nextHeaders)
log.level = 'silent'

const party = { id: 'hinomi.example.com', origin: 'https://hinomi.example.com' }
const PASSWORD = 'many words that nobody guesses'
const IP = '192.0.2.80'

beforeEach(async () => {
  await pool().query(
    `TRUNCATE member, session, invite, passkey, passkey_challenge, recovery_code, sign_in_attempt, audit_throttle, setting`,
  )
  signOut()
  browser.headers = new Headers()
})
afterAll(closeDatabase)

async function memberWithPassword() {
  return addMember('member', { passwordHash: await hashPassword(PASSWORD) })
}

/** Adds a passkey in a session of its own. Gives the device, the id of the passkey, the session and recovery codes. */
async function withPasskey(member: Awaited<ReturnType<typeof addMember>>) {
  const access = accessOf(member, 'member')
  const { id: session } = await prisma().session.create({ data: { memberId: member.id } })
  const device = new Authenticator(party.origin, party.id)
  const registration = device.create(await beginPasskey(access, session, party))
  return { access, device, session, ...(await addPasskey(access, session, party, { name: 'Laptop', registration })) }
}

/** The sign-in that waits after the right password. */
async function pendingOf(email: string) {
  const signedIn = await signInWithPassword({ email, password: PASSWORD }, IP)
  const row = await prisma().session.findUniqueOrThrow({ where: { id: signedIn?.session ?? '' } })
  const member = await prisma().member.findUniqueOrThrow({ where: { id: row.memberId } })
  const stage = row.stage === 'enrolment' ? ('enrolment' as const) : ('second-factor' as const)
  return { session: row.id, stage, member, access: accessOf(member, 'member'), storedStage: row.stage }
}

async function lastAudit(action: string) {
  return prisma().auditEntry.findFirst({ where: { action }, orderBy: { id: 'desc' } })
}

describe('after a password', () => {
  test('a passkey is the second step, and a new session replaces the waiting one', async () => {
    const member = await memberWithPassword()
    const { device } = await withPasskey(member)
    const pending = await pendingOf(member.email)
    expect(pending.storedStage).toBe('second-factor')
    const options = await beginPasskeyStep(pending, party)
    expect(options).toMatchObject({ userVerification: 'required', allowCredentials: [{ id: device.id }] })
    const { session } = await signInWithPasskeyStep(pending, party, device.get(options), UNKNOWN_BROWSER)
    expect(session).not.toBe(pending.session)
    expect(await prisma().session.findUnique({ where: { id: session } })).toMatchObject({ stage: 'complete' })
    const before = await prisma().session.findUnique({ where: { id: pending.session } })
    expect(before?.endedAt).not.toBeNull()
    expect(await lastAudit('session.start')).toMatchObject({ detail: { by: 'password+passkey', session } })
  })

  test('no other passkey, purpose or sign-in completes it', async () => {
    const [ann, bob] = [await memberWithPassword(), await memberWithPassword()]
    const [own, other] = [await withPasskey(ann), await withPasskey(bob)]
    const pending = await pendingOf(ann.email)
    const elsewhere = await pendingOf(ann.email)
    const complete = (answer: unknown) => signInWithPasskeyStep(pending, party, answer, UNKNOWN_BROWSER)
    const begin = () => beginPasskeyStep(pending, party)
    await expect(complete(other.device.get(await begin()))).rejects.toMatchObject({ reason: 'passkeyRefused' })
    await expect(complete(own.device.get(await begin(), { userVerified: false }))).rejects.toMatchObject({
      reason: 'passkeyRefused',
    })
    for (const options of [
      await beginPasskeySignIn(party, null),
      await beginPasskeyStep(elsewhere, party),
      await beginPasskeyVerification(pending.access, pending.session, party),
      await beginPasskeyStep(await pendingOf(bob.email), party),
    ]) {
      await expect(complete(own.device.get(options))).rejects.toMatchObject({ reason: 'passkeyExpired' })
    }
    expect(await prisma().session.count({ where: { stage: 'complete', memberId: ann.id, device: '', ip: IP } })).toBe(0)
    expect(await lastAudit('session.refused')).toMatchObject({ target: `member:${ann.id}`, detail: { by: 'passkey' } })
  })

  test('a role that needs a second factor is content with a passkey', async () => {
    const admin = await addMember('admin')
    await saveFactorPolicy(accessOf(admin, 'admin'), { roles: ['member'] })
    const member = await memberWithPassword()
    const pending = await pendingOf(member.email)
    expect(pending.storedStage).toBe('enrolment')
    const device = new Authenticator(party.origin, party.id)
    const registration = device.create(await beginPasskey(pending.access, pending.session, party))
    const added = await addPasskey(pending.access, pending.session, party, { name: 'Laptop', registration })
    expect(added.codes).toHaveLength(10)
    const signedIn = await finishEnrolment(pending, UNKNOWN_BROWSER)
    expect(await lastAudit('session.start')).toMatchObject({ detail: { by: 'password+passkey' } })
    const removing = removePasskey(pending.access, signedIn.session, { id: added.id })
    await expect(removing).rejects.toMatchObject({ reason: 'lastFactor' })
    expect(await prisma().passkey.count()).toBe(1)
    const direct = await signInWithPasskey(party, device.get(await beginPasskeySignIn(party, null)), IP)
    expect(direct).toMatchObject({ id: member.id, stage: 'complete' })
  })
})

test('adding and removing end all other sessions, also those that wait', async () => {
  const member = await memberWithPassword()
  const other = await prisma().session.create({ data: { memberId: member.id } })
  const { access, session, id } = await withPasskey(member)
  const alive = async () =>
    (await prisma().session.findMany({ where: { memberId: member.id, endedAt: null } })).map(row => row.id)
  expect(await alive()).toEqual([session])
  const pending = await pendingOf(member.email)
  await removePasskey(access, session, { id })
  expect(await alive()).toEqual([session])
  expect([other.id, pending.session]).not.toContain(session)
})

test('an administrator who resets the second factors removes the passkeys', async () => {
  const admin = await addMember('admin')
  const member = await memberWithPassword()
  const { device } = await withPasskey(member)
  const options = await beginPasskeySignIn(party, null)
  await resetFactors(accessOf(admin, 'admin'), { id: member.id })
  await expect(signInWithPasskey(party, device.get(options), IP)).rejects.toMatchObject({ reason: 'passkeyUnknown' })
})

describe('confirming the identity', () => {
  test('verifies this session, under a new id', async () => {
    const member = await memberWithPassword()
    const { access, device } = await withPasskey(member)
    const session = await signInAs(member)
    await pool().query(`UPDATE session SET verified_at = now() - interval '1 day' WHERE id = $1`, [session])
    const options = await beginPasskeyVerification(access, session, party)
    await verifyByPasskey(access, session, party, device.get(options))
    expect(await currentMember()).toMatchObject({ id: member.id, isRecent: true })
    expect((await currentMember())?.session).not.toBe(session)
    expect(await pendingSignIn()).toBeNull()
    expect(await lastAudit('session.verify')).toMatchObject({ actorId: member.id, detail: { by: 'passkey' } })
  })

  test('refuses another member’s passkey, another session and a replay, and records it in the audit log', async () => {
    const [ann, bob] = [await memberWithPassword(), await memberWithPassword()]
    const [own, other] = [await withPasskey(ann), await withPasskey(bob)]
    const session = await signInAs(ann)
    const begin = () => beginPasskeyVerification(own.access, session, party)
    const verify = (answer: unknown) => verifyByPasskey(own.access, session, party, answer)
    await expect(verify(other.device.get(await begin()))).rejects.toMatchObject({ reason: 'passkeyRefused' })
    expect(await lastAudit('session.verify-refused')).toMatchObject({
      target: `member:${ann.id}`,
      detail: { by: 'passkey', reason: 'otherMember' },
    })
    const elsewhere = await beginPasskeyVerification(own.access, crypto.randomUUID(), party)
    await expect(verify(own.device.get(elsewhere))).rejects.toMatchObject({ reason: 'passkeyExpired' })
    const answer = own.device.get(await begin())
    await verify(answer)
    await expect(verify(answer)).rejects.toMatchObject({ reason: 'passkeyExpired' })
  })
})
