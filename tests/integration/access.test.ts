import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { currentMember, requireAccess } from '../../lib/access/access'
import { currentLocale } from '../../lib/access/locale'
import { hashPassword } from '../../lib/access/sign-in/password'
import { action } from '../../lib/action'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { AppError, ForbiddenError, NotFoundError } from '../../lib/errors'
import { log } from '../../lib/log'
import { route } from '../../lib/route'
import { removeMember, updateMember } from '../../lib/store/people/members'
import { changePassword } from '../../lib/store/people/profile'
import { createToken } from '../../lib/store/people/tokens'
import { browser, signInAs, signOut } from '../support/browser'
import { accessOf, addMember, adminAccess } from '../support/people'

vi.mock('next/headers', async () => (await import('../support/browser')).nextHeaders)
const revalidatePath = vi.hoisted(() => vi.fn())
vi.mock('next/cache', () => ({ revalidatePath }))

log.level = 'silent'

beforeEach(async () => {
  await pool().query('TRUNCATE member, sign_in_attempt')
  signOut()
  browser.headers = new Headers()
})
afterEach(() => vi.useRealTimers())
afterAll(closeDatabase)

const redirectOf = async (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) => String((error as { digest?: string }).digest),
  )

describe('requireAccess', () => {
  test('redirects people without a session to sign-in and back', async () => {
    browser.headers.set('x-hinomi-path', '/findings?owner=me')
    expect(await redirectOf(requireAccess('findings:read'))).toContain('/sign-in?callbackUrl=%2Ffindings%3Fowner%3Dme')
  })

  test('grants the permissions of the role, within the account limit', async () => {
    const member = await addMember('member', { limited: true, accounts: ['111111111111'], teams: ['cit', 'sre'] })
    await signInAs(member)
    const access = await requireAccess('findings:triage')
    expect(access.accounts).toEqual(['111111111111'])
    expect(access.actor).toMatchObject({ kind: 'member', id: member.id, role: 'member', teams: ['sre', 'cit'] })
  })

  test('refuses other permissions with a page of status 403', async () => {
    await signInAs(await addMember('viewer'))
    const refused = requireAccess('findings:read', 'members:manage')
    await expect(refused).rejects.toThrow(ForbiddenError)
    await expect(refused).rejects.toMatchObject({ digest: 'NEXT_HTTP_ERROR_FALLBACK;403' })
  })

  test('sees a demotion at the next request', async () => {
    const [admin, other] = [await addMember('admin'), await addMember('admin')]
    await signInAs(other)
    await requireAccess('members:manage')
    const scope = { teams: ['sre' as const], limited: true, accounts: ['222222222222'] }
    await updateMember(accessOf(admin, 'admin'), { id: other.id, role: 'viewer', ...scope })
    await expect(requireAccess('members:manage')).rejects.toThrow(ForbiddenError)
    expect((await requireAccess('findings:read')).accounts).toEqual(['222222222222'])
  })

  test('sees a removal at the next request', async () => {
    const [admin, other] = [await addMember('admin'), await addMember('lead')]
    await signInAs(other)
    expect(await currentMember()).toMatchObject({ id: other.id })
    await removeMember(accessOf(admin, 'admin'), { id: other.id })
    expect(await currentMember()).toBeNull()
  })

  test('accepts no damaged cookie and none of another secret', async () => {
    await signInAs(await addMember('member'))
    expect(await currentMember()).not.toBeNull()
    browser.cookies.set('next-auth.session-token', { value: 'eyJhbGciOiJkaXIifQ..x.y.z' })
    expect(await currentMember()).toBeNull()
  })

  test('accepts no claims other than those of a session', async () => {
    const member = await addMember('admin')
    for (const claims of [{ session: 'x' }, { session: undefined }, { session: crypto.randomUUID() }]) {
      await signInAs(member, claims)
      expect(await currentMember()).toBeNull()
    }
  })
})

test('changing a password requires the current one, and allows no more attempts than sign-in', async () => {
  const member = await addMember('member', { passwordHash: await hashPassword('the old password') })
  const access = accessOf(member, 'member')
  const guess = { current: 'a wrong password', next: 'the new password' }
  for (let i = 0; i < 10; i++)
    await expect(changePassword(access, guess, null)).rejects.toMatchObject({ reason: 'wrongPassword' })
  const right = { current: 'the old password', next: 'the new password' }
  await expect(changePassword(access, right, null)).rejects.toMatchObject({ reason: 'tooManyAttempts' })
})

describe('the reader’s language', () => {
  test('is the member’s, or else the browser’s choice, or else its preference', async () => {
    browser.headers.set('accept-language', 'ja')
    expect(await currentLocale()).toBe('ja')
    browser.cookies.set('hinomi-locale', { value: 'en' })
    expect(await currentLocale()).toBe('en')
    await signInAs(await addMember('viewer', { locale: 'ja' }))
    expect(await currentLocale()).toBe('ja')
  })
})

describe('an action', () => {
  const input = z.object({ name: z.string().min(3), tags: z.array(z.string().max(2)).default([]) })
  const run = vi.fn(async (_access: unknown, given: { name: string }) => given.name)
  const rename = action({ needs: 'accounts:manage', input, run, refresh: ['/accounts', '/accounts/[accountId]'] })

  beforeEach(() => vi.clearAllMocks())

  test('runs with the checked input and refreshes pages', async () => {
    await signInAs(await addMember('lead'))
    expect(await rename({ name: 'prod' })).toEqual({ ok: true, data: 'prod' })
    expect(revalidatePath.mock.calls).toEqual([['/accounts'], ['/accounts/[accountId]', 'page']])
  })

  test('proves access before it looks at the input', async () => {
    await signInAs(await addMember('member'))
    expect(await rename({ name: '' })).toEqual({
      ok: false,
      code: 'forbidden',
      message: 'You do not have permission to do this.',
    })
    expect(run).not.toHaveBeenCalled()
  })

  test('names the field of invalid input, in the reader’s language', async () => {
    await signInAs(await addMember('lead', { locale: 'ja' }))
    expect(await rename({ name: 'x' })).toEqual({
      ok: false,
      code: 'invalid',
      field: 'name',
      fields: { name: '3 文字以上で入力してください。' },
      message: '3 文字以上で入力してください。',
    })
    expect(await rename({ name: 'xyz', tags: ['ok', 'long'] })).toMatchObject({ field: 'tags.1' })
  })

  test('hides the text of an unexpected error', async () => {
    await signInAs(await addMember('lead'))
    run.mockRejectedValueOnce(new Error('relation "secret" does not exist'))
    const result = await rename({ name: 'prod' })
    expect(result).toMatchObject({ ok: false, code: 'unexpected' })
    expect(JSON.stringify(result)).not.toContain('secret')
    expect(revalidatePath).not.toHaveBeenCalled()
  })

  test('redirects without a session', async () => {
    expect(await redirectOf(rename({ name: 'prod' }))).toContain('/sign-in')
  })
})

describe('a route', () => {
  const body = z.object({ dueAt: z.iso.date() })
  const handle = route<'findings:read', { id: string }>({
    needs: 'findings:read',
    run: async ({ access, request, params }) => {
      if (params.id === 'gone') throw new NotFoundError()
      if (params.id === 'busy') throw new AppError('conflict', { field: 'status' })
      if (params.id === 'broken') throw new Error('relation "secret" does not exist')
      if (request.method === 'PATCH') body.parse(await request.json())
      return { actor: access.actor.kind }
    },
  })
  const ask = async (id: string, init: RequestInit = {}) => {
    const response = await handle(new Request('http://hinomi.test/api/v1/x', init), { params: Promise.resolve({ id }) })
    return { response, status: response.status, body: await response.json() }
  }
  const withToken = async (permissions: ('findings:read' | 'imports:write')[]) => {
    const made = await createToken(await adminAccess(), {
      name: 't',
      permissions,
      limited: false,
      accounts: [],
      expiresAt: new Date(Date.now() + 86_400_000),
    })
    return { authorization: `Bearer ${made.token}` }
  }

  test('sends 401 with the authentication scheme', async () => {
    const { response, body: problem } = await ask('1')
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(response.headers.get('www-authenticate')).toContain('Bearer')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(problem).toMatchObject({ type: 'about:blank', title: 'Unauthorized', status: 401, code: 'unauthenticated' })
  })

  test('answers each error as a problem document', async () => {
    const headers = await withToken(['findings:read'])
    expect(await ask('1', { headers })).toMatchObject({ status: 200, body: { actor: 'token' } })
    expect(await ask('1', { headers: await withToken(['imports:write']) })).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    })
    expect(await ask('gone', { headers })).toMatchObject({ status: 404, body: { code: 'not_found', status: 404 } })
    expect(await ask('busy', { headers })).toMatchObject({ status: 409, body: { code: 'conflict', field: 'status' } })
    expect(await ask('1', { headers, method: 'PATCH', body: '{"dueAt":"soon"}' })).toMatchObject({
      status: 400,
      body: { code: 'invalid', errors: [{ path: 'dueAt' }] },
    })
    const { status, body: problem } = await ask('broken', { headers })
    expect(status).toBe(500)
    expect(problem.instance).toMatch(/^urn:uuid:[0-9a-f-]{36}$/)
    expect(JSON.stringify(problem)).not.toContain('secret')
  })

  test('accepts a session only from our own pages', async () => {
    await signInAs(await addMember('viewer'))
    const post = (headers: Record<string, string>) =>
      ask('1', { method: 'POST', headers: { host: 'hinomi.test', ...headers } })
    expect((await post({ 'sec-fetch-site': 'same-origin' })).status).toBe(200)
    expect((await post({ origin: 'http://hinomi.test' })).status).toBe(200)
    expect((await post({ 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect((await post({ 'sec-fetch-site': 'same-site' })).status).toBe(403)
    expect((await post({ 'sec-fetch-site': 'none' })).status).toBe(403)
    expect((await post({ origin: 'http://evil.test' })).status).toBe(403)
    expect((await post({ origin: 'null' })).status).toBe(403)
    expect((await post({})).status).toBe(403)
    expect((await ask('1', { headers: { 'sec-fetch-site': 'none' } })).status).toBe(200)
    expect((await ask('1', { headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(403)
  })

  test('never uses the session if a token was sent', async () => {
    await signInAs(await addMember('admin'))
    expect(
      (await ask('1', { headers: { authorization: 'Bearer wrong', 'sec-fetch-site': 'same-origin' } })).status,
    ).toBe(401)
  })
})

test('the audit log cannot be rewritten', async () => {
  const admin = await addMember('admin')
  const member = await addMember('member')
  await removeMember(accessOf(admin, 'admin'), { id: member.id })
  await expect(prisma().auditEntry.updateMany({ data: { actorName: 'nobody' } })).rejects.toThrow()
  await expect(prisma().auditEntry.deleteMany()).rejects.toThrow()
})
