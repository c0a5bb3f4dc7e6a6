import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { log } from '../../lib/log'
import { signInWithPassword } from '../../lib/store/sign-in/sign-in'
import { browser } from '../support/browser'
import { actionTable } from '../support/matrix/action-table'
import { answerOf } from '../support/matrix/answer'
import { ADMIN_COLUMN, callerAt, resume } from '../support/matrix/callers'
import { pageTable } from '../support/matrix/page-table'
import { HOST } from '../support/matrix/passkey-actions'
import { render } from '../support/matrix/render'
import { bearing, SAME_ORIGIN, send } from '../support/matrix/request'
import { routeTable } from '../support/matrix/route-table'
import { changedTables, rowsNow } from '../support/matrix/rows'
import { type Call, type PageModule, pages, routeHandlers, serverActions } from '../support/matrix/surface'
import { invitation, newWorld, type World } from '../support/matrix/targets'
import { addMember } from '../support/people'
import { sessionCookieName } from '../support/session-cookie'

vi.mock('next/headers', async () => (await import('../support/browser')).nextHeaders)
vi.mock('next/cache', () => ({ revalidatePath: () => {} }))
vi.mock('next-intl', async () => (await import('../support/page-data')).nextIntl)
vi.mock('next-intl/server', async () => (await import('../support/page-data')).nextIntlServer)

log.level = 'silent'
const LINK = 'the token of the link that the launcher prints'
const PASSWORD = 'correct horse battery'
const NOBODY = new Map<string, { value: string }>()
let world: World
let actions: Map<string, Call>
let handlers: Map<string, Call>
let known: Map<string, PageModule>

beforeAll(async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  ;[actions, handlers, known] = [await serverActions(), await routeHandlers(), await pages()]
}, 120_000)
beforeEach(async () => {
  world = await newWorld()
  browser.headers = new Headers({ 'x-hinomi-path': '/the/page', host: HOST })
  resume({ cookies: NOBODY })
})
afterAll(closeDatabase)

const act = (name: string, ...args: unknown[]) =>
  answerOf(async () => (actions.get(name) ?? expect.unreachable(name))(...args))
/** What a page learns of a link: its token is in the fragment, which the browser sends in an action. */
async function opened(action: string, token: string): Promise<unknown> {
  const { data } = await act(action, { token })
  return (data as { data: unknown }).data
}
const claim = (token: string, more: object = {}) =>
  act('app/(auth)/claim', { token, name: 'Ann', email: 'ann@example.com', password: PASSWORD, ...more })
const accept = (token: string, more: object = {}) =>
  act('app/(auth)/accept', { token, name: 'Ann', password: PASSWORD, ...more })
const members = () => prisma().member.findMany({ orderBy: { email: 'asc' } })

async function openSetup(): Promise<void> {
  const tokenHash = createHash('sha256').update(LINK).digest('hex')
  await prisma().setting.create({ data: { key: 'setup', value: { tokenHash } } })
}

describe('the setup link before there is a member', () => {
  beforeEach(openSetup)

  test('opens the set-up page and no other', async () => {
    const answers: Record<string, string> = {}
    const expected: Record<string, string> = {}
    for (const [path, { cases, signedOut }] of Object.entries(pageTable)) {
      const [each] = Object.values(cases)
      const given = { ...each, may: '', search: { ...each?.search, token: LINK } }
      answers[path] = (await render(known.get(path), given, world)).answer
      expected[path] = signedOut ?? 'sign-in'
    }
    expect(answers).toEqual({ ...expected, '/sign-in': '/setup' })
    expect(await opened('app/(auth)/openSetup', LINK)).toBe('open')
    expect(await opened('app/(auth)/openInvite', LINK)).toBeNull()
  })

  test('works only in the action that claims it, and in no other action, route, cookie or header', async () => {
    const stranger = await callerAt(ADMIN_COLUMN)
    const calls: [string, unknown[]][] = []
    for (const [name, { cases }] of Object.entries(actionTable)) {
      const [each] = Object.values(cases)
      if (each && !name.endsWith('/claim')) calls.push([name, await each.args(stranger, world)])
    }
    await pool().query('TRUNCATE member, session')
    const before = await rowsNow()
    for (const cookies of [NOBODY, new Map([[sessionCookieName(), { value: LINK }]])]) {
      for (const [name, args] of calls) {
        resume({ cookies })
        browser.headers = new Headers({ ...bearing(LINK), host: HOST })
        const given = name.endsWith('/accept') ? [{ token: LINK, name: 'Eve', password: PASSWORD }] : args
        expect([name, (await act(name, ...given)).answer]).toEqual([name, actionTable[name]?.signedOut ?? 'sign-in'])
      }
      for (const [route, { cases, open }] of Object.entries(routeTable)) {
        const asked = open
          ? { params: { nextauth: ['session'] } }
          : { ...(Object.values(cases)[0]?.ask && { params: { id: '1', path: ['x'] } }) }
        for (const headers of [SAME_ORIGIN, bearing(LINK)])
          expect([route, (await send(handlers.get(route), route, asked, headers)).answer]).toEqual([
            route,
            open ?? '401',
          ])
      }
    }
    expect(changedTables(before, await rowsNow())).toEqual([])
  })

  test('creates one administrator, whatever other values are sent', async () => {
    const eve = { role: 'viewer', teams: [], limited: true, accounts: ['111111111111'], id: crypto.randomUUID() }
    expect((await claim(LINK, eve)).answer).toBe('ok')
    expect(await members()).toMatchObject([
      { email: 'ann@example.com', role: 'admin', teams: ['sre', 'csirt', 'cit'], limited: false, removedAt: null },
    ])
    expect(await prisma().session.count()).toBe(0)
    expect(await prisma().setting.count({ where: { key: 'setup' } })).toBe(0)
  })

  test.each(['', 'undefined', `${LINK} `, LINK.toUpperCase()])('creates nobody with the token %j', async token => {
    const before = await rowsNow()
    expect((await claim(token)).answer).toBe('409')
    expect(changedTables(before, await rowsNow())).toEqual([])
    expect(await opened('app/(auth)/openSetup', token)).not.toBe('open')
  })

  test('creates one administrator from two parallel requests', async () => {
    const claims = ['a', 'b', 'c'].map(name => claim(LINK, { name, email: `${name}@example.com` }))
    expect((await Promise.all(claims)).map(({ answer }) => answer).sort()).toEqual(['409', '409', 'ok'])
    expect(await members()).toHaveLength(1)
  })
})

describe('the setup link once there is or was a member', () => {
  test.each([
    ['is an administrator', { role: 'admin' }],
    ['is a viewer', { role: 'viewer' }],
    ['was an administrator', { role: 'admin', removedAt: new Date() }],
  ])('creates nobody: a member %s', async (_who, more) => {
    await openSetup()
    await addMember('admin', more)
    const before = await rowsNow()
    expect((await claim(LINK)).answer).toBe('409')
    expect(changedTables(before, await rowsNow())).toEqual([])
    expect(await opened('app/(auth)/openSetup', LINK)).toBe('done')
  })

  test('creates nobody after it was used', async () => {
    await openSetup()
    await claim(LINK)
    const before = await rowsNow()
    expect((await claim(LINK, { email: 'eve@example.com', name: 'Eve' })).answer).toBe('409')
    expect(changedTables(before, await rowsNow())).toEqual([])
  })
})

describe('the link of an invitation', () => {
  test('creates the invited member, whatever other values are sent', async () => {
    const limits = { role: 'member', teams: ['cit'], limited: true, accounts: ['111111111111'] }
    const { token, email } = await invitation(limits)
    const asked = { email: 'eve@example.com', role: 'admin', teams: ['sre'], limited: false, accounts: [] }
    expect(await opened('app/(auth)/openInvite', token)).toMatchObject({ email })
    expect((await accept(token, asked)).answer).toBe('ok')
    expect(await members()).toMatchObject([{ email, ...limits }])
    expect(await prisma().session.count()).toBe(0)
  })

  test('gives a signed-in member nothing: it creates another member, and their role does not change', async () => {
    const viewer = await callerAt(0)
    const { token, email } = await invitation({ role: 'admin' })
    resume(viewer)
    expect((await accept(token)).answer).toBe('ok')
    expect(await prisma().member.findUniqueOrThrow({ where: { id: viewer.member.id } })).toMatchObject(viewer.member)
    expect(await prisma().member.findUniqueOrThrow({ where: { email } })).toMatchObject({ role: 'admin' })
  })

  test('creates one member from two parallel requests', async () => {
    const { token } = await invitation()
    const answers = await Promise.all(['Ann', 'Ben', 'Cid'].map(name => accept(token, { name })))
    expect(answers.map(({ answer }) => answer).sort()).toEqual(['409', '409', 'ok'])
    expect(await members()).toHaveLength(1)
  })

  const past = new Date(Date.now() - 1000)
  test.each([
    ['was used', async () => invitation({ acceptedAt: past })],
    ['was revoked', async () => invitation({ revokedAt: past })],
    ['has expired', async () => invitation({ expiresAt: past })],
    ['is of a removed administrator', async () => byCreator({ removedAt: past })],
    ['is of a demoted administrator', async () => byCreator({ role: 'lead' })],
    ['is of nobody who was ever here', async () => invitation({ createdBy: crypto.randomUUID() })],
    ['has another token', async () => ({ token: (await invitation()).token.toUpperCase() })],
    ['has its own id as token', async () => ({ token: (await invitation()).id })],
    [
      'has its own hash as token',
      async () => {
        const { id } = await invitation()
        return { token: (await prisma().invite.findUniqueOrThrow({ where: { id } })).tokenHash }
      },
    ],
  ])('that %s creates nobody, and reveals nothing', async (_why, make) => {
    const { token } = await make()
    const before = await rowsNow()
    expect((await accept(token)).answer).toBe('409')
    expect(changedTables(before, await rowsNow())).toEqual([])
    expect(await opened('app/(auth)/openInvite', token)).toBeNull()
  })

  async function byCreator(more: object) {
    const { id } = await addMember('admin', more)
    return invitation({ createdBy: id })
  }
})

describe('the link for a new password', () => {
  /** The link of a member whose role has changed since: the row says administrator. */
  async function resetLink(more: object = {}) {
    const member = await addMember('viewer', { teams: ['sre'] })
    const { token } = await invitation({ email: member.email, role: 'admin', teams: ['csirt'], ...more })
    return { member, token }
  }

  test('sets the password and neither name, role, teams nor accounts', async () => {
    const { member, token } = await resetLink()
    expect((await accept(token, { name: 'Eve', role: 'admin' })).answer).toBe('ok')
    const { passwordHash, ...rest } = await prisma().member.findUniqueOrThrow({ where: { id: member.id } })
    const { passwordHash: _none, ...before } = member
    expect(rest).toEqual(before)
    expect(passwordHash).not.toBeNull()
    expect(await signInWithPassword({ email: member.email, password: PASSWORD }, null)).not.toBeNull()
  })

  test('signs nobody in, and ends only the sessions of the member', async () => {
    const { member, token } = await resetLink()
    const [own, other] = [
      await prisma().session.create({ data: { memberId: member.id } }),
      await callerAt(ADMIN_COLUMN),
    ]
    await accept(token)
    expect(await prisma().session.findMany({ where: { endedAt: null } })).toMatchObject([{ id: other.session }])
    expect(await prisma().session.findUniqueOrThrow({ where: { id: own.id } })).toMatchObject({
      endedAt: expect.any(Date),
    })
  })

  test('does not restore a member who was removed after it was created and revoked', async () => {
    const { member, token } = await resetLink({ revokedAt: new Date() })
    await prisma().member.update({ where: { id: member.id }, data: { removedAt: new Date() } })
    const before = await rowsNow()
    expect((await accept(token)).answer).toBe('409')
    expect(changedTables(before, await rowsNow())).toEqual([])
  })
})
