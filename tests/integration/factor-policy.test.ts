import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { beginPasskeyEnrolment } from '../../app/(auth)/passkey-actions'
import { beginEnrolment, confirmEnrolment, finish, giveCode } from '../../app/(auth)/sign-in/actions'
import { verify } from '../../app/(console)/actions'
import { resetMemberFactors } from '../../app/(console)/settings/members/actions'
import { makeCodes, removeApp } from '../../app/(console)/settings/profile/two-step-actions'
import { savePolicy } from '../../app/(console)/settings/sign-in/actions'
import { currentMember, requireAccess } from '../../lib/access/access'
import { sendSessionCookie } from '../../lib/access/session/session'
import { hashPassword } from '../../lib/access/sign-in/password'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { type Role, roles } from '../../lib/domain/people/role'
import type { Member } from '../../lib/generated/prisma/client'
import { log } from '../../lib/log'
import { listMembers } from '../../lib/queries/people/members'
import { getFactorPolicy, getOwnFactors } from '../../lib/queries/sign-in/second-factors'
import { updateMember } from '../../lib/store/people/members'
import { saveFactorPolicy } from '../../lib/store/sign-in/factor-policy'
import { signInWithIdentity, signInWithPassword } from '../../lib/store/sign-in/sign-in'
import { codeOf } from '../support/authenticator-app'
import { browser, signInAs, signOut } from '../support/browser'
import { addApp, addPasskey } from '../support/codes'
import { accessOf, addMember } from '../support/people'
import { sessionCookieName } from '../support/session-cookie'

vi.mock('next/headers', async () => (await import('../support/browser')).nextHeaders)
vi.mock('next/cache', () => ({ revalidatePath: () => undefined }))
log.level = 'silent'

const root = fileURLToPath(new URL('../..', import.meta.url))
const PASSWORD = 'the password of this test'
const passwordHash = await hashPassword(PASSWORD)
let admin: Member

beforeEach(async () => {
  await pool().query('TRUNCATE member, session, passkey, recovery_code, setting, sign_in_attempt, audit_throttle')
  signOut()
  browser.headers = new Headers()
  admin = await addMember('admin', { passwordHash })
  await addApp(admin)
})
afterAll(closeDatabase)

const demand = (...needed: Role[]) => saveFactorPolicy(accessOf(admin, 'admin'), { roles: needed })
const stageOf = async (id: string) => (await prisma().session.findUniqueOrThrow({ where: { id } })).stage
async function withPassword(member: Member): Promise<string> {
  signOut()
  const signedIn = await signInWithPassword({ email: member.email, password: PASSWORD }, null)
  if (!signedIn) throw new Error('the password was wrong')
  await sendSessionCookie(signedIn.session)
  return signedIn.session
}
async function enrol() {
  const offered = await beginEnrolment({})
  if (!offered.ok) throw new Error(offered.message)
  const { offer, secret } = offered.data
  return { secret, result: await confirmEnrolment({ offer, code: codeOf(secret) }) }
}

describe.each(roles)('the role %s needs a second factor', role => {
  test('a password leads to enrolment alone, and after it into a session with a new id', async () => {
    await demand(role)
    const member = await addMember(role, { passwordHash })
    const pending = await withPassword(member)
    expect(await stageOf(pending)).toBe('enrolment')
    expect(await currentMember()).toBeNull()
    await expect(requireAccess()).rejects.toMatchObject({ digest: expect.stringContaining('/sign-in') })
    await expect(makeCodes({})).rejects.toMatchObject({ digest: expect.stringContaining('/sign-in') })
    expect(await giveCode({ code: '123456' })).toMatchObject({ ok: false, code: 'conflict' })
    expect(await finish({})).toMatchObject({ ok: false, code: 'conflict' })
    expect(await stageOf(pending)).toBe('enrolment')
    const { result } = await enrol()
    expect(result.ok && result.data.codes).toHaveLength(10)
    expect(await currentMember()).toBeNull()
    expect(await finish({})).toMatchObject({ ok: true })
    const signedIn = await currentMember()
    expect(signedIn).toMatchObject({ id: member.id })
    expect(signedIn?.session).not.toBe(pending)
    expect((await prisma().session.findUniqueOrThrow({ where: { id: pending } })).endedAt).not.toBeNull()
  })

  test('the last factor cannot be removed, another one can', async () => {
    await demand(role)
    const member = await addMember(role, { passwordHash })
    await addApp(member)
    await signInAs(member)
    await makeCodes({})
    expect(await removeApp({})).toMatchObject({ ok: false, code: 'conflict' })
    expect(await getOwnFactors(accessOf(member, role))).toMatchObject({
      totpSince: expect.any(Date),
      codesLeft: 10,
      required: true,
    })
    await addPasskey(member)
    expect(await removeApp({})).toMatchObject({ ok: true })
  })
})

test('an enrollment that another session finished admits nobody with only the password', async () => {
  await demand('lead')
  const member = await addMember('lead', { passwordHash })
  const attackers = await withPassword(member)
  const cookie = browser.cookies.get(sessionCookieName())?.value ?? ''
  await withPassword(member)
  await enrol()
  browser.cookies.set(sessionCookieName(), { value: cookie })
  expect(await finish({})).toMatchObject({ ok: false, code: 'conflict' })
  expect(await beginEnrolment({})).toMatchObject({ ok: false, code: 'conflict' })
  expect(await stageOf(attackers)).toBe('enrolment')
  expect(await currentMember()).toBeNull()
})

test('a sign-in by OpenID Connect is complete: the provider requests its own factors', async () => {
  await demand('admin', 'lead')
  for (const { id, email } of [admin, await addMember('lead')]) {
    const claims = { iss: 'https://issuer.example.com', sub: email, email, email_verified: true }
    const signedIn = await signInWithIdentity('oidc', claims, null)
    expect(signedIn?.stage).toBe('complete')
    const entries = await prisma().auditEntry.findMany({ where: { target: `member:${id}`, action: 'session.start' } })
    expect(entries).toMatchObject([{ detail: { by: 'oidc' } }])
  }
})

describe('switching it on', () => {
  test('sends sessions without a second factor to enrollment immediately, without prolonging them', async () => {
    const member = await addMember('lead', { passwordHash })
    const [spared, enrolled] = [await addMember('member'), await addMember('lead')]
    await addPasskey(enrolled)
    const [sparedSession, enrolledSession] = [await signInAs(spared), await signInAs(enrolled)]
    const session = await signInAs(member)
    await pool().query(
      "UPDATE session SET created_at = now() - interval '5 hours', verified_at = now() - interval '10 minutes'",
    )
    expect(await demand('lead', 'admin')).toEqual({ sessions: 1 })
    expect(await currentMember()).toBeNull()
    expect([await stageOf(session), await stageOf(sparedSession), await stageOf(enrolledSession)]).toEqual([
      'enrolment',
      'complete',
      'complete',
    ])
    await enrol()
    await finish({})
    const signedIn = await currentMember()
    expect(signedIn).toMatchObject({ id: member.id })
    const { createdAt, verifiedAt } = await prisma().session.findUniqueOrThrow({
      where: { id: signedIn?.session ?? '' },
    })
    expect(Date.now() - createdAt.getTime()).toBeGreaterThan(4 * 3_600_000)
    expect(Date.now() - verifiedAt.getTime()).toBeGreaterThan(9 * 60_000)
  })

  test.each([
    ['a session that gave the password long ago', signInAs, async (): Promise<void> => {}],
    ['a set-up that was left open', withPassword, async (): Promise<void> => void (await demand('lead'))],
  ])('allows no enrollment in %s', async (_what, enter, first) => {
    const member = await addMember('lead', { passwordHash })
    await first()
    await enter(member)
    await pool().query("UPDATE session SET verified_at = now() - interval '16 minutes'")
    await demand('lead')
    const refused = { ok: false, code: 'conflict' }
    expect(await beginEnrolment({})).toMatchObject(refused)
    expect(await beginPasskeyEnrolment({})).toMatchObject(refused)
    expect(await finish({})).toMatchObject(refused)
    expect(await currentMember()).toBeNull()
  })

  test('locks out neither the administrator who does it nor, by mistake, the next one', async () => {
    await pool().query('UPDATE member SET totp_since = NULL')
    await expect(demand('admin')).rejects.toMatchObject({ reason: 'ownFactorFirst' })
    expect(await demand('lead', 'auditor')).toEqual({ sessions: 0 })
    await addPasskey(admin)
    await demand('admin')
    await pool().query('TRUNCATE passkey')
    await expect(demand('admin', 'lead')).rejects.toMatchObject({ reason: 'ownFactorFirst' })
  })

  test('does not affect sessions of an OpenID Connect provider, even with a new id', async () => {
    const claims = { iss: 'https://issuer.example.com', sub: 'ann', email_verified: true }
    const member = await addMember('lead', { passwordHash })
    const first = await signInWithIdentity('oidc', { ...claims, email: member.email }, null)
    await sendSessionCookie(first?.session ?? '')
    expect(await verify({ password: PASSWORD })).toMatchObject({ ok: true })
    expect((await currentMember())?.session).not.toBe(first?.session)
    const second = await signInWithIdentity('oidc', { ...claims, email: member.email }, null)
    const byPassword = await signInWithPassword({ email: member.email, password: PASSWORD }, null)
    expect(await demand('lead')).toEqual({ sessions: 1 })
    expect(await currentMember()).toMatchObject({ id: member.id })
    expect(await stageOf(second?.session ?? '')).toBe('complete')
    expect(await stageOf(byPassword?.session ?? '')).toBe('enrolment')
  })

  test('applies to members whose role changes later', async () => {
    await demand('lead')
    const member = await addMember('member', { passwordHash })
    const session = await signInAs(member)
    const scope = { teams: ['sre' as const], limited: false, accounts: [] }
    await updateMember(accessOf(admin, 'admin'), { id: member.id, role: 'viewer', ...scope })
    expect(await stageOf(session)).toBe('complete')
    await updateMember(accessOf(admin, 'admin'), { id: member.id, role: 'lead', ...scope })
    expect(await stageOf(session)).toBe('enrolment')
  })

  test('ends sessions that began at the same moment', async () => {
    const member = await addMember('lead', { passwordHash })
    const given = { email: member.email, password: PASSWORD }
    const [...signedIn] = await Promise.all([
      ...Array.from({ length: 3 }, () => signInWithPassword(given, null)),
      demand('lead').then(() => null),
    ])
    for (const made of signedIn) if (made) expect(await stageOf(made.session)).toBe('enrolment')
  })

  test('is in the audit log and on the page', async () => {
    await addMember('lead', { passwordHash })
    await demand('lead')
    await demand('lead', 'admin')
    const entry = await prisma().auditEntry.findFirst({
      where: { action: 'setting.second-factor' },
      orderBy: { id: 'desc' },
    })
    expect(entry).toMatchObject({
      actorId: admin.id,
      detail: { before: ['lead'], after: ['lead', 'admin'], sessions: 0 },
    })
    const rows = await getFactorPolicy(accessOf(admin, 'admin'))
    expect(rows).toContainEqual({ role: 'lead', required: true, without: 1 })
    expect(rows).toContainEqual({ role: 'admin', required: true, without: 0 })
  })
})

test('is no business of any role but administrators', async () => {
  const member = await addMember('member')
  await addApp(member)
  for (const role of roles.filter(role => role !== 'admin')) {
    await signInAs(await addMember(role))
    expect(await savePolicy({ roles: [] })).toMatchObject({ ok: false, code: 'forbidden' })
    expect(await resetMemberFactors({ id: member.id })).toMatchObject({ ok: false, code: 'forbidden' })
  }
  await signInAs(admin)
  await pool().query("UPDATE session SET verified_at = now() - interval '16 minutes'")
  expect(await savePolicy({ roles: [] })).toMatchObject({ ok: false, code: 'not_recent' })
  expect(await resetMemberFactors({ id: member.id })).toMatchObject({ ok: false, code: 'not_recent' })
})

test('administrators see the second factors of members', async () => {
  const member = await addMember('lead')
  await addPasskey(member)
  await addPasskey(admin)
  const rows = await listMembers(accessOf(admin, 'admin'))
  const of = (id: string) => rows.find(row => row.id === id)?.factors
  expect([of(admin.id), of(member.id)]).toEqual([['totp', 'passkey'], ['passkey']])
})

test('the command line resets the last administrator, who must enroll again', async () => {
  await demand('admin')
  const flags = ['--import', 'tsx', '--conditions=react-server']
  const args = [...flags, 'scripts/hinomi/main.ts', 'member', 'reset-factors', admin.email]
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: root,
    env: { ...process.env, LC_ALL: 'C' },
  })
  expect(stdout).toContain(admin.email)
  expect(await stageOf(await withPassword(admin))).toBe('enrolment')
  const entry = await prisma().auditEntry.findFirst({
    where: { action: 'member.reset-factors' },
    orderBy: { id: 'desc' },
  })
  expect(entry).toMatchObject({ actorKind: 'job', target: `member:${admin.id}` })
}, 120_000)
