import { afterAll, beforeEach, expect, test, vi } from 'vitest'
import { z } from 'zod'
import { requireAccess } from '../../lib/access/access'
import { preferenceCookie } from '../../lib/access/session/preference-cookie'
import { sessionOptions } from '../../lib/access/session/session'
import { action } from '../../lib/action'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { env } from '../../lib/env'
import { ForbiddenError } from '../../lib/errors'
import { log } from '../../lib/log'
import { route } from '../../lib/route'
import { browser, signInAs, signOut } from '../support/browser'
import { addMember } from '../support/people'
import { sessionCookieName } from '../support/session-cookie'

vi.mock('next/headers', async () => (await import('../support/browser')).nextHeaders)
vi.mock('next/cache', () => ({ revalidatePath: () => {} }))

log.level = 'silent'

beforeEach(async () => {
  await pool().query('TRUNCATE member, audit_throttle')
  signOut()
  browser.headers = new Headers({ 'x-hinomi-path': '/settings/members?token=secret' })
})
afterAll(closeDatabase)

const refusalsOf = (actorId: string) =>
  prisma().auditEntry.findMany({ where: { actorId, action: 'access.refused' }, orderBy: { id: 'asc' } })
const target = 'path:/settings/members'

test('a page that a member may not see leaves an entry, without the query of its address', async () => {
  const member = await addMember('viewer')
  await signInAs(member)
  await expect(requireAccess('members:manage')).rejects.toThrow(ForbiddenError)
  expect(await refusalsOf(member.id)).toMatchObject([
    { actorKind: 'member', actorName: member.name, target, detail: { reason: 'forbidden', needs: ['members:manage'] } },
  ])
  expect(JSON.stringify((await refusalsOf(member.id)).map(row => row.detail))).not.toContain('secret')
})

test('an action that needs more leaves one entry for many tries', async () => {
  const member = await addMember('viewer')
  await signInAs(member)
  const run = vi.fn(async () => null)
  const forbidden = action({ needs: 'tokens:manage', input: z.object({}), run })
  for (let i = 0; i < 20; i++) expect(await forbidden({})).toMatchObject({ ok: false, code: 'forbidden' })
  expect(run).not.toHaveBeenCalled()
  expect(await refusalsOf(member.id)).toHaveLength(1)
  const { rows } = await pool().query('SELECT waiting FROM audit_throttle')
  expect(rows).toEqual([{ waiting: 19 }])
})

test('an action that refuses by its own rule adds an entry with the reason', async () => {
  const member = await addMember('member')
  await signInAs(member)
  const run = async () => {
    throw new ForbiddenError('otherTeam')
  }
  await action({ needs: 'findings:triage', input: z.object({}), run })({})
  expect(await refusalsOf(member.id)).toMatchObject([{ target, detail: { reason: 'otherTeam' } }])
})

test('a request of another site with the session of a member leaves an entry', async () => {
  const member = await addMember('admin')
  await signInAs(member)
  const handler = route({ needs: 'findings:read', run: async () => null })
  const headers = { 'sec-fetch-site': 'cross-site' }
  const request = new Request('http://localhost/api/v1/findings', { method: 'POST', headers })
  expect((await handler(request, { params: Promise.resolve({}) })).status).toBe(403)
  expect(await refusalsOf(member.id)).toMatchObject([
    { target: 'path:/api/v1/findings', detail: { reason: 'crossOrigin' } },
  ])
})

test('allowed actions leave none, nor does a visit without a session', async () => {
  const member = await addMember('admin')
  await signInAs(member)
  await action({ needs: 'tokens:manage', input: z.object({}), run: async () => null })({})
  expect(await refusalsOf(member.id)).toEqual([])
  signOut()
  const handler = route({ needs: 'findings:read', run: async () => null })
  await handler(new Request('http://localhost/api/v1/findings'), { params: Promise.resolve({}) })
  expect((await pool().query('SELECT FROM audit_throttle')).rowCount).toBe(0)
})

test('cookies are Secure with https, and the session has the prefix that binds it to this host', async () => {
  const settings = env()
  const before = settings.HINOMI_URL
  try {
    settings.HINOMI_URL = 'https://hinomi.example.com'
    expect(sessionCookieName()).toBe('__Host-next-auth.session-token')
    expect(sessionOptions().cookies?.sessionToken).toEqual({
      name: '__Host-next-auth.session-token',
      options: { httpOnly: true, sameSite: 'lax', path: '/', secure: true },
    })
    expect(preferenceCookie()).toMatchObject({ secure: true })
    settings.HINOMI_URL = 'http://localhost:3000'
    expect(sessionCookieName()).toBe('next-auth.session-token')
    expect(preferenceCookie()).toMatchObject({ secure: false })
  } finally {
    settings.HINOMI_URL = before
  }
})
