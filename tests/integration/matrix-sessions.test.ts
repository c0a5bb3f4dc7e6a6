import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { newApiToken } from '../../lib/access/api/token'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { tokenPermissions } from '../../lib/domain/people/role'
import { log } from '../../lib/log'
import { browser } from '../support/browser'
import { actionTable } from '../support/matrix/action-table'
import { answerOf } from '../support/matrix/answer'
import { ADMIN_COLUMN, type Caller, callerAt, resume, signedIn } from '../support/matrix/callers'
import { pageTable } from '../support/matrix/page-table'
import { HOST } from '../support/matrix/passkey-actions'
import { render } from '../support/matrix/render'
import { bearing, SAME_ORIGIN, send } from '../support/matrix/request'
import { type Asked, routeTable } from '../support/matrix/route-table'
import { changedTables, rowsNow } from '../support/matrix/rows'
import { type Call, type PageModule, pages, routeHandlers, serverActions } from '../support/matrix/surface'
import { newWorld, type World } from '../support/matrix/targets'
import { sessionCookieName } from '../support/session-cookie'

vi.mock('next/headers', async () => (await import('../support/browser')).nextHeaders)
vi.mock('next/cache', () => ({ revalidatePath: () => {} }))
vi.mock('next-intl', async () => (await import('../support/page-data')).nextIntl)
vi.mock('next-intl/server', async () => (await import('../support/page-data')).nextIntlServer)

log.level = 'silent'
type Cookies = Caller['cookies']
interface Waiting {
  name: string
  args: unknown[]
}

let world: World
let actions: Map<string, Call>
let handlers: Map<string, Call>
const actionOf = (name: string) => actions.get(name) ?? expect.unreachable(name)
let known: Map<string, PageModule>
let calls: Waiting[]
let requests: { route: string; asked: Asked }[]
let admin: Caller

beforeAll(async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  ;[actions, handlers, known] = [await serverActions(), await routeHandlers(), await pages()]
  world = await newWorld()
  admin = await callerAt(ADMIN_COLUMN)
  calls = []
  for (const [name, { cases }] of Object.entries(actionTable)) {
    const [each] = Object.values(cases)
    if (each) calls.push({ name, args: await each.args(admin, world) })
  }
  requests = []
  for (const [route, { cases, open }] of Object.entries(routeTable)) {
    const [each] = Object.values(cases)
    const asked = (await each?.ask(world)) ?? { params: { nextauth: ['session'] } }
    if (each || open) requests.push({ route, asked })
  }
}, 120_000)
afterAll(closeDatabase)

/** A session of an administrator that is no longer one, or not yet: by what its row says. */
async function sessionThat(change: string): Promise<Cookies> {
  const { session, cookies } = await signedIn(admin.member)
  await pool().query(`UPDATE session SET ${change} WHERE id = $1`, [session])
  return cookies
}

const signedOut: [string, () => Promise<Cookies>][] = [
  ['no cookie', async () => new Map()],
  ['a cookie of nobody', async () => new Map([[sessionCookieName(), { value: 'eyJhbGciOiJkaXIifQ..x.y.z' }]])],
  ['a session that has ended', () => sessionThat('ended_at = now()')],
  ['a session of 12 hours ago', () => sessionThat(`created_at = now() - interval '12 hours 1 minute'`)],
  ['an idle session', () => sessionThat(`last_used_at = now() - interval '121 minutes'`)],
  ['a sign-in that waits for a second factor', () => sessionThat(`stage = 'second-factor'`)],
  ['a sign-in that has to set up a second factor', () => sessionThat(`stage = 'enrolment'`)],
  [
    'a session of a removed member',
    async () => {
      const other = await callerAt(ADMIN_COLUMN)
      await prisma().member.update({ where: { id: other.member.id }, data: { removedAt: new Date() } })
      return other.cookies
    },
  ],
  [
    'a session of a role that nobody knows',
    async () => {
      const other = await callerAt(ADMIN_COLUMN)
      await prisma().member.update({ where: { id: other.member.id }, data: { role: 'owner' } })
      return other.cookies
    },
  ],
]

describe.each(signedOut)('%s', (kind, cookiesOf) => {
  const stage = kind.endsWith('waits for a second factor')
    ? 'second-factor'
    : kind.endsWith('set up a second factor')
      ? 'enrolment'
      : null
  const headers = { 'x-hinomi-path': '/the/page', host: HOST }
  let cookies: Cookies

  test('cannot read or change anything by a server action', async () => {
    cookies = await cookiesOf()
    const before = await rowsNow()
    const answers: Record<string, string> = {}
    const expected: Record<string, string> = {}
    for (const { name, args } of calls) {
      const row = actionTable[name]
      if (stage !== null && (row?.stage === stage || row?.stage === 'any')) continue
      resume({ cookies })
      browser.headers = new Headers(headers)
      answers[name] = (await answerOf(async () => actionOf(name)(...args))).answer
      expected[name] = row?.signedOut ?? 'sign-in'
    }
    expect(answers).toEqual(expected)
    expect(changedTables(before, await rowsNow())).toEqual([])
  })

  test('sees no page', async () => {
    cookies = await cookiesOf()
    const answers: Record<string, string> = {}
    const expected: Record<string, string> = {}
    for (const [path, row] of Object.entries(pageTable)) {
      const [each] = Object.values(row.cases)
      if (!each || (stage !== null && (row.stage || path === '/sign-in'))) continue
      resume({ cookies })
      browser.headers = new Headers(headers)
      answers[path] = (await render(known.get(path), each, world)).answer
      expected[path] = row.signedOut ?? 'sign-in'
    }
    expect(answers).toEqual(expected)
  })

  test('gets no data from any route', async () => {
    cookies = await cookiesOf()
    const before = await rowsNow()
    const answers: Record<string, string> = {}
    const expected: Record<string, string> = {}
    for (const { route, asked } of requests) {
      resume({ cookies })
      answers[route] = (await send(handlers.get(route), route, asked, SAME_ORIGIN)).answer
      expected[route] = routeTable[route]?.open ?? '401'
    }
    expect(answers).toEqual(expected)
    expect(changedTables(before, await rowsNow())).toEqual([])
  })
})

test('a token has no access to server actions and pages', async () => {
  const { token, ...stored } = newApiToken()
  await prisma().apiToken.create({
    data: {
      name: 'ci',
      permissions: [...tokenPermissions],
      expiresAt: new Date(Date.now() + 86_400_000),
      createdBy: admin.member.id,
      ...stored,
    },
  })
  const before = await rowsNow()
  const answers = new Set<string>()
  for (const sent of [bearing(token), { cookie: `${sessionCookieName()}=${token}` }])
    for (const cookies of [new Map(), new Map([[sessionCookieName(), { value: token }]])]) {
      resume({ cookies })
      browser.headers = new Headers(sent)
      for (const { name, args } of calls)
        if (!actionTable[name]?.signedOut) answers.add((await answerOf(async () => actionOf(name)(...args))).answer)
      for (const [path, { cases, signedOut: open }] of Object.entries(pageTable)) {
        const [each] = Object.values(cases)
        if (each && !open) answers.add((await render(known.get(path), each, world)).answer)
      }
    }
  expect([...answers]).toEqual(['sign-in'])
  expect(changedTables(before, await rowsNow())).toEqual([])
})
