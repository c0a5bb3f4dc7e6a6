import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { beginApp, confirmApp, makeCodes, removeApp } from '../../app/(console)/settings/profile/two-step-actions'
import { currentMember } from '../../lib/access/access'
import { sealText } from '../../lib/access/seal/seal'
import { closeDatabase, pool, prisma } from '../../lib/db'
import type { TotpOffer } from '../../lib/domain/sign-in/second-factor'
import type { Member } from '../../lib/generated/prisma/client'
import { log } from '../../lib/log'
import { getOwnFactors } from '../../lib/queries/sign-in/second-factors'
import { removeMember } from '../../lib/store/people/members'
import { resetFactors } from '../../lib/store/sign-in/reset-factors'
import { codeOf, wrongCodeOf } from '../support/authenticator-app'
import { browser, signInAs, signOut } from '../support/browser'
import { addApp, addPasskey } from '../support/codes'
import { accessOf, addMember } from '../support/people'

vi.mock('next/headers', async () => (await import('../support/browser')).nextHeaders)
vi.mock('next/cache', () => ({ revalidatePath: () => undefined }))
log.level = 'silent'

let member: Member
let session: string

beforeEach(async () => {
  await pool().query('TRUNCATE member, session, passkey, recovery_code, setting, sign_in_attempt, audit_throttle')
  signOut()
  browser.headers = new Headers()
  member = await addMember('lead', { passwordHash: 'x' })
  session = await signInAs(member)
})
afterAll(closeDatabase)

async function begin(): Promise<TotpOffer> {
  const result = await beginApp({})
  if (!result.ok) throw new Error(result.message)
  return result.data
}
const row = () => prisma().member.findUniqueOrThrow({ where: { id: member.id } })
const own = () => getOwnFactors(accessOf(member, 'lead'))
const codesLeft = () => prisma().recoveryCode.count({ where: { memberId: member.id, usedAt: null } })
const actions = async () =>
  (await prisma().auditEntry.findMany({ where: { target: `member:${member.id}` }, orderBy: { id: 'asc' } })).map(
    ({ action, detail }) => ({ action, ...(detail as object) }),
  )
const isAlive = async (id: string) => (await prisma().session.findUniqueOrThrow({ where: { id } })).endedAt === null

describe('setting up an authenticator app', () => {
  test('stores nothing until a code of it was entered', async () => {
    const { secret, offer, qr } = await begin()
    expect(secret).toMatch(/^[A-Z2-7]{32}$/)
    expect(qr.path).toMatch(/^(M\d+ \d+h1v1h-1z)+$/)
    expect(offer).not.toContain(secret)
    expect(await row()).toMatchObject({ totpSecret: null, totpSince: null })
    expect(await confirmApp({ offer, code: wrongCodeOf(secret) })).toMatchObject({ ok: false, field: 'code' })
    expect(await confirmApp({ offer, code: '' })).toMatchObject({ ok: false, field: 'code' })
    expect(await row()).toMatchObject({ totpSecret: null, totpSince: null })
  })

  test('seals the secret, shows ten recovery codes once and stores only their hashes', async () => {
    const { secret, offer } = await begin()
    const result = await confirmApp({ offer, code: codeOf(secret) })
    const codes = (result.ok && result.data.codes) || []
    expect(new Set(codes).size).toBe(10)
    for (const code of codes) expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){5}[0-9A-HJKMNP-TV-Z]{4}$/)
    const stored = await row()
    expect(stored.totpSecret).toMatch(/^s1\./)
    expect(stored.totpSecret).not.toContain(secret)
    const hashes = (await prisma().recoveryCode.findMany({ where: { memberId: member.id } })).map(code => code.codeHash)
    expect(hashes).toHaveLength(10)
    for (const hash of hashes) expect(hash).toMatch(/^[0-9a-f]{64}$/)
    expect(await own()).toMatchObject({ totpSince: stored.totpSince, passkeys: 0, codesLeft: 10, required: false })
    expect(await actions()).toMatchObject([
      { action: 'factor.add', factor: 'totp' },
      { action: 'factor.codes', codes: 10 },
    ])
  })

  test('uses up the code that proved it', async () => {
    const { secret, offer } = await begin()
    const at = Math.floor(Date.now() / 30_000)
    await confirmApp({ offer, code: codeOf(secret) })
    expect((await row()).totpLastStep).toBeGreaterThanOrEqual(at)
  })

  test('ends the other sessions of the member and of nobody else', async () => {
    const [others, another] = [await signInAs(await addMember('lead')), await signInAs(member)]
    const { secret, offer } = await begin()
    await confirmApp({ offer, code: codeOf(secret) })
    expect([await isAlive(another), await isAlive(session), await isAlive(others)]).toEqual([true, false, true])
    expect(await currentMember()).toMatchObject({ session: another })
  })

  test('accepts no offer of another member or session, no expired one and no forged one', async () => {
    const { secret, offer } = await begin()
    const expired = { ok: false, code: 'conflict' }
    const old = { secret, until: Date.now() - 1 }
    const made = sealText(`totp-offer:${member.id}:${session}`, JSON.stringify(old))
    for (const given of [made, `${offer}x`, 'x']) {
      expect(await confirmApp({ offer: given, code: codeOf(secret) })).toMatchObject(expired)
    }
    await signInAs(member)
    expect(await confirmApp({ offer, code: codeOf(secret) })).toMatchObject(expired)
    const other = await addMember('admin')
    await signInAs(other)
    expect(await confirmApp({ offer, code: codeOf(secret) })).toMatchObject(expired)
    expect(await prisma().member.count({ where: { totpSince: { not: null } } })).toBe(0)
  })

  test('replaces the app in use only once a code of the new one was given, and keeps the recovery codes', async () => {
    const first = await begin()
    await confirmApp({ offer: first.offer, code: codeOf(first.secret) })
    const before = await row()
    const second = await begin()
    expect(await row()).toEqual(before)
    expect(await confirmApp({ offer: second.offer, code: codeOf(first.secret) })).toMatchObject({ ok: false })
    const result = await confirmApp({ offer: second.offer, code: codeOf(second.secret) })
    expect(result).toEqual({ ok: true, data: { codes: null } })
    expect(await codesLeft()).toBe(10)
    expect((await actions()).map(({ action }) => action)).toEqual(['factor.add', 'factor.codes', 'factor.replace'])
  })

  test('needs a recent proof of identity, and so do removing it and new recovery codes', async () => {
    await addApp(member)
    await pool().query("UPDATE session SET verified_at = now() - interval '16 minutes'")
    for (const result of [await beginApp({}), await removeApp({}), await makeCodes({})]) {
      expect(result).toMatchObject({ ok: false, code: 'not_recent' })
    }
    expect((await row()).totpSince).not.toBeNull()
    expect(await codesLeft()).toBe(0)
  })
})

describe('removing an authenticator app', () => {
  test('deletes the secret and the recovery codes, and ends the other sessions', async () => {
    const { secret, offer } = await begin()
    await confirmApp({ offer, code: codeOf(secret) })
    const other = session
    await pool().query('UPDATE session SET ended_at = NULL')
    await signInAs(member)
    expect(await removeApp({})).toMatchObject({ ok: true })
    expect(await row()).toMatchObject({ totpSecret: null, totpSince: null, totpLastStep: null })
    expect(await codesLeft()).toBe(0)
    expect(await isAlive(other)).toBe(false)
    expect((await actions()).filter(({ action }) => action.startsWith('factor.'))).toContainEqual(
      expect.objectContaining({ action: 'factor.remove', factor: 'totp' }),
    )
  })

  test('keeps the recovery codes if a passkey remains', async () => {
    await addApp(member)
    await addPasskey(member)
    await makeCodes({})
    expect(await removeApp({})).toMatchObject({ ok: true })
    expect(await codesLeft()).toBe(10)
  })
})

test('recovery codes require a second factor', async () => {
  expect(await makeCodes({})).toMatchObject({ ok: false, code: 'conflict' })
  expect(await codesLeft()).toBe(0)
})

describe('a reset by an administrator', () => {
  test('deletes every factor and recovery code, ends the sessions and is in the audit log', async () => {
    await addApp(member)
    await addPasskey(member)
    await makeCodes({})
    const admin = await addMember('admin')
    expect(await resetFactors(accessOf(admin, 'admin'), { id: member.id })).toEqual({ removed: ['totp', 'passkey'] })
    expect(await row()).toMatchObject({ totpSecret: null, totpSince: null, passwordHash: 'x' })
    expect(await own()).toMatchObject({ totpSince: null, passkeys: 0, codesLeft: 0 })
    expect(await currentMember()).toBeNull()
    const detail = { email: member.email, factors: ['totp', 'passkey'] }
    expect(await actions()).toContainEqual({ action: 'member.reset-factors', ...detail })
    expect(await actions()).toContainEqual({ action: 'session.end', why: 'factors-reset', session })
  })

  test('does not replace the profile page for the administrator’s own factors', async () => {
    const admin = await addMember('admin')
    await addApp(admin)
    await expect(resetFactors(accessOf(admin, 'admin'), { id: admin.id })).rejects.toMatchObject({
      reason: 'resetOwnFactors',
    })
  })

  test('does not find a removed member', async () => {
    await pool().query('UPDATE member SET removed_at = now() WHERE id = $1', [member.id])
    const admin = accessOf(await addMember('admin'), 'admin')
    await expect(resetFactors(admin, { id: member.id })).rejects.toMatchObject({ code: 'not_found' })
  })
})

test('a removed member has no second factor after returning', async () => {
  await addApp(member)
  await addPasskey(member)
  await makeCodes({})
  await removeMember(accessOf(await addMember('admin'), 'admin'), { id: member.id })
  expect(await row()).toMatchObject({ totpSecret: null, totpSince: null })
  expect(await prisma().passkey.count({ where: { memberId: member.id } })).toBe(0)
  expect(await codesLeft()).toBe(0)
})
