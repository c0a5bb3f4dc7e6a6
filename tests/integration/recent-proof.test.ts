import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { verify } from '../../app/(console)/actions'
import * as connections from '../../app/(console)/settings/connections/actions'
import * as members from '../../app/(console)/settings/members/actions'
import * as profile from '../../app/(console)/settings/profile/actions'
import * as tokens from '../../app/(console)/settings/tokens/actions'
import { GET as exportAudit } from '../../app/api/v1/audit/route'
import { GET as exportFindings } from '../../app/api/v1/findings/export/route'
import { currentMember } from '../../lib/access/access'
import { hashPassword } from '../../lib/access/sign-in/password'
import { action } from '../../lib/action'
import { closeDatabase, pool, prisma } from '../../lib/db'
import type { Member } from '../../lib/generated/prisma/client'
import { log } from '../../lib/log'
import { createToken } from '../../lib/store/people/tokens'
import { browser, signInAs, signOut } from '../support/browser'
import { addConnection, addHubRound, writeBackOf } from '../support/connections'
import { accessOf, addFinding, addMember } from '../support/people'
import { sessionCookieName } from '../support/session-cookie'
import { newAccount } from './support-ingest'

vi.mock('next/headers', async () => (await import('../support/browser')).nextHeaders)
vi.mock('next/cache', () => ({ revalidatePath: () => undefined }))
log.level = 'silent'

const PASSWORD = 'the password of this test'
const passwordHash = await hashPassword(PASSWORD)
let admin: Member
let other: Member

beforeEach(async () => {
  await pool().query('TRUNCATE member, session, invite, api_token, sign_in_attempt, audit_throttle')
  signOut()
  browser.headers = new Headers({ 'sec-fetch-site': 'same-origin' })
  admin = await addMember('admin', { passwordHash })
  other = await addMember('lead', { issuer: 'https://issuer.example.com', subject: 'someone' })
  await signInAs(other)
  await signInAs(admin)
})
afterAll(closeDatabase)

const cookie = () => browser.cookies.get(sessionCookieName())?.value ?? ''
const replay = (value: string) => browser.cookies.set(sessionCookieName(), { value })
/** As if all sessions had been verified so many minutes ago. */
const age = (minutes: number) =>
  pool().query('UPDATE session SET verified_at = now() - make_interval(mins => $1)', [minutes])
const get = (handler: typeof exportFindings, address: string, headers: Record<string, string> = {}) =>
  handler(
    new Request(`http://localhost/api/v1/${address}`, { headers: { 'sec-fetch-site': 'same-origin', ...headers } }),
    { params: Promise.resolve({}) },
  )

const newToken = () => ({
  name: 'a token',
  permissions: ['findings:read' as const],
  limited: false,
  accounts: [],
  expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
})
const invitation = {
  email: 'new@example.com',
  role: 'admin' as const,
  teams: ['sre' as const],
  limited: false,
  accounts: [],
}
const id = () => ({ id: other.id })

/** A connection that has read Security Hub. */
async function newConnection(): Promise<string> {
  const accountId = newAccount()
  const id = await addConnection([], { accountId })
  await addHubRound(id, accountId)
  return id
}
const switchTo = async (id: string, enabled: boolean) =>
  connections.setWriteBack({ id, enabled, seen: await writeBackOf(id) })
const queueArn = () => `arn:aws:sqs:eu-west-1:${newAccount()}:findings`

const ACTIONS: readonly (readonly [string, () => Promise<{ ok: boolean }>])[] = [
  ['a token', () => tokens.makeToken(newToken())],
  ['a connection', () => connections.add({ name: 'All', kind: 'account', accountId: newAccount() })],
  ['a queue', async () => connections.addQueue({ connection: await newConnection(), queue: queueArn() })],
  ['a key for events', async () => connections.addKey({ connection: await newConnection() })],
  ['writing back', async () => switchTo(await newConnection(), true)],
  ['an invitation', () => members.inviteMember(invitation)],
  ['a password link', () => members.resetMember(id())],
  ['a change of role', () => members.changeMember({ ...invitation, ...id() })],
  ['a removal', () => members.dropMember(id())],
  ['the end of a binding', () => members.unbindMember(id())],
  ["the end of another's sessions", () => members.endSessions(id())],
  ['the end of the own other sessions', () => profile.endSessions({})],
  ['the end of one own session', async () => profile.endSession({ id: await signInElsewhere() })],
]
const EXPORTS = [
  ['all open findings', exportFindings, 'findings/export'],
  ['findings of every status', exportFindings, 'findings/export?status=new,resolved&sort=newest'],
  ['every severity', exportFindings, 'findings/export?severity=critical,high,medium,low,informational'],
  ['the audit log', exportAudit, 'audit'],
] as const

async function signInElsewhere(): Promise<string> {
  return (await prisma().session.create({ data: { memberId: admin.id } })).id
}

/** All that the actions above could change. */
async function contents() {
  const { rows } = await pool().query(
    `SELECT (SELECT json_agg(m ORDER BY id) FROM member m) AS members, (SELECT count(*) FROM invite) AS invites,
       (SELECT count(*) FROM api_token) AS tokens, (SELECT count(*) FROM event_queue) AS queues,
       (SELECT count(*) FROM event_key) AS keys, (SELECT count(*) FROM write_back) AS "writeBack", (SELECT count(*) FROM session WHERE ended_at IS NOT NULL) AS ended`,
  )
  return rows[0]
}

describe('a session that was verified more than 15 minutes ago', () => {
  test.each(ACTIONS)('is refused %s until its member verifies', async (_name, run) => {
    await age(16)
    const before = await contents()
    expect(await run()).toMatchObject({ ok: false, code: 'not_recent' })
    expect(await contents()).toEqual(before)
    expect(await verify({ password: PASSWORD })).toMatchObject({ ok: true })
    expect(await run()).toMatchObject({ ok: true })
  })

  test('may stop writing back, but not begin it', async () => {
    const id = await newConnection()
    expect(await switchTo(id, true)).toMatchObject({ ok: true })
    await age(16)
    expect(await switchTo(id, false)).toMatchObject({ ok: true })
    expect(await switchTo(id, true)).toMatchObject({ ok: false, code: 'not_recent' })
  })

  test.each(EXPORTS)('cannot export %s until its member verifies', async (_name, handler, address) => {
    await age(16)
    const refused = await get(handler, address)
    expect(refused.status).toBe(403)
    expect(await refused.json()).toMatchObject({ code: 'not_recent', detail: expect.stringContaining('Confirm') })
    expect(await verify({ password: PASSWORD })).toMatchObject({ ok: true })
    expect((await get(handler, address)).status).toBe(200)
  })

  test('still exports a filtered list, and reads and changes everything else', async () => {
    await age(300)
    for (const filter of ['severity=critical', 'account=111122223333', 'overdue=true', 'text=bucket', 'owner=me'])
      expect((await get(exportFindings, `findings/export?${filter}`)).status).toBe(200)
    expect(await profile.saveProfile({ name: 'Another Name', locale: null })).toMatchObject({ ok: true })
    const { id } = await createToken(accessOf(admin, 'admin'), newTokenInput())
    expect(await tokens.endToken({ id })).toMatchObject({ ok: true })
  })

  test('is requested only after its input was checked', async () => {
    await age(16)
    expect(await members.inviteMember({ ...invitation, email: 'no address' })).toMatchObject({ code: 'invalid' })
  })
})

describe('long after a proof, an export of most findings', () => {
  const ONE = '111111111111'
  const TWO = '222222222222'
  const exportOf = async (query: string) => (await get(exportFindings, `findings/export?${query}`)).status
  beforeEach(async () => {
    await pool().query('TRUNCATE finding, finding_count, source_count')
    for (let i = 0; i < 5; i++) await addFinding(i < 3 ? ONE : TWO, { severity: i < 3 ? 4 : 3 })
    for (let i = 0; i < 4; i++) await addFinding(ONE, { status: 'resolved', ownerId: i < 2 ? other.id : null })
    await age(300)
  })

  test.each([
    ['all accounts', `account=${ONE},${TWO}`],
    ['everybody’s and nobody’s', 'owner=none,me'],
    ['every severity that there is', 'severity=high,medium'],
    ['every control that there is', 'control=S3.1'],
    ['a text that everything has', 'text=example'],
    ['an import that created everything', 'import=1'],
    ['more than half of the open ones', `account=${ONE}`],
    ['more than half of the resolved ones', 'status=resolved&owner=none,OTHER'],
  ])('is refused for %s', async (_what, query) => {
    const asked = query.replace('OTHER', other.id)
    expect(await exportOf(asked)).toBe(403)
    await age(0)
    expect(await exportOf(asked)).toBe(200)
  })

  test('is answered for half of them and less', async () => {
    expect(await exportOf(`account=${TWO}`)).toBe(200)
    expect(await exportOf('severity=medium')).toBe(200)
    expect(await exportOf('status=resolved&owner=none')).toBe(200)
    expect(await exportOf('text=no such name')).toBe(200)
  })

  test('is refused for more than 1,000, however many more there are', async () => {
    const copies = (account: string, many: number) =>
      prisma().finding.createMany({
        data: Array.from({ length: many }, () => ({ ...template, accountId: account, id: crypto.randomUUID() })),
      })
    const {
      sequence: _sequence,
      verdict: _verdict,
      ...template
    } = await prisma().finding.findFirstOrThrow({ where: { accountId: TWO } })
    await copies('333333333333', 1000)
    await copies(TWO, 1010)
    expect(await exportOf('account=333333333333')).toBe(200)
    expect(await exportOf(`account=333333333333,${ONE}`)).toBe(403)
  })

  test('counts only the rows that the reader can see', async () => {
    await prisma().member.update({ where: { id: admin.id }, data: { role: 'lead', limited: true, accounts: [TWO] } })
    expect(await exportOf(`account=${TWO}`)).toBe(403)
  })
})

const newTokenInput = () => ({ ...newToken(), expiresAt: new Date(Date.now() + 86_400_000) })

test('a session that was just confirmed or started needs no confirmation', async () => {
  expect(await tokens.makeToken(newToken())).toMatchObject({ ok: true })
  await age(14)
  expect(await tokens.makeToken(newToken())).toMatchObject({ ok: true })
})

test('an API token needs no confirmation, and has no access to the actions', async () => {
  const permissions = ['findings:read' as const, 'export:read' as const]
  const { token } = await createToken(accessOf(admin, 'admin'), { ...newTokenInput(), permissions })
  signOut()
  const authorization = `Bearer ${token}`
  expect((await get(exportFindings, 'findings/export', { authorization })).status).toBe(200)
  browser.headers = new Headers({ authorization })
  for (const [, run] of ACTIONS)
    await expect(run()).rejects.toMatchObject({ digest: expect.stringContaining('/sign-in') })
})

describe('verifying', () => {
  test('applies to its own session, which gets a new cookie, and adds an entry to the audit log', async () => {
    const first = cookie()
    const second = await signInAs(admin)
    const own = cookie()
    await age(60)
    expect(await verify({ password: PASSWORD })).toMatchObject({ ok: true })
    const session = (await currentMember())?.session
    expect(session).not.toBe(second)
    const entry = await prisma().auditEntry.findFirst({ where: { action: 'session.verify' }, orderBy: { id: 'desc' } })
    expect(entry).toMatchObject({
      actorId: admin.id,
      target: `member:${admin.id}`,
      detail: { by: 'password', session, before: second },
    })
    replay(own)
    expect(await currentMember()).toBeNull()
    replay(first)
    expect(await tokens.makeToken(newToken())).toMatchObject({ ok: false, code: 'not_recent' })
  })

  test('does not prolong the session', async () => {
    await pool().query(`UPDATE session SET created_at = now() - interval '719 minutes'`)
    expect(await verify({ password: PASSWORD })).toMatchObject({ ok: true })
    await pool().query(`UPDATE session SET created_at = created_at - interval '2 minutes'`)
    expect(await currentMember()).toBeNull()
  })

  test('accepts at most 10 wrong passwords in 15 minutes, in all forms together', async () => {
    await age(16)
    for (let i = 0; i < 5; i++) {
      const wrong = await verify({ password: `wrong password ${i}` })
      expect(wrong).toMatchObject({ ok: false, code: 'invalid', field: 'password' })
      await profile.savePassword({ current: 'a wrong password', next: 'some other password 1' })
    }
    expect(await verify({ password: PASSWORD })).toMatchObject({ ok: false, code: 'forbidden' })
    expect(await tokens.makeToken(newToken())).toMatchObject({ ok: false, code: 'not_recent' })
    const entries = await prisma().auditEntry.findMany({
      where: { actorId: admin.id, action: 'session.verify-refused' },
    })
    expect(entries).toMatchObject([{ target: `member:${admin.id}`, detail: { by: 'password' } }])
    expect(JSON.stringify(entries.map(({ detail }) => detail))).not.toContain('wrong password')
  })

  test('accepts no password of another member, nor any of a member without one', async () => {
    await prisma().member.update({ where: { id: other.id }, data: { passwordHash: null } })
    await signInAs(other)
    await age(16)
    expect(await verify({ password: PASSWORD })).toMatchObject({ ok: false, code: 'invalid' })
    expect(await verify({ password: '' })).toMatchObject({ ok: false, code: 'invalid' })
  })

  test('fails when the password is changed at the same time', async () => {
    await age(16)
    const [result] = await Promise.all([
      verify({ password: PASSWORD }),
      pool().query('UPDATE member SET password_hash = NULL WHERE id = $1', [admin.id]),
    ])
    expect(result.ok).toBe(false)
    expect(await tokens.makeToken(newToken())).toMatchObject({ ok: false, code: 'not_recent' })
  })

  test('is no permission', async () => {
    await signInAs(other)
    const forbidden = action({ needs: 'members:manage', recent: true, input: z.object({}), run: async () => null })
    expect(await forbidden({})).toMatchObject({ ok: false, code: 'forbidden' })
  })
})
