import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { newApiToken } from '../../lib/access/api/token'
import { closeDatabase, prisma } from '../../lib/db'
import { type TokenPermission, tokenPermissions } from '../../lib/domain/people/role'
import type { Prisma } from '../../lib/generated/prisma/client'
import { log } from '../../lib/log'
import { signOut } from '../support/browser'
import { audited, countRefusals } from '../support/matrix/audit'
import { allCallers, type Caller, resume, toAnswers } from '../support/matrix/callers'
import { bearing, type Reply, SAME_ORIGIN, send } from '../support/matrix/request'
import { type Asked, type RouteCase, routeTable } from '../support/matrix/route-table'
import { changedTables, rowsNow } from '../support/matrix/rows'
import { type Call, routeHandlers } from '../support/matrix/surface'
import { A, B, newWorld, WORDS_OF_B, type World } from '../support/matrix/targets'

vi.mock('next/headers', async () => (await import('../support/browser')).nextHeaders)

log.level = 'silent'
const cases = Object.entries(routeTable).flatMap(([route, row]) =>
  Object.entries(row.cases).map(([target, each]) => ({ route, target, each })),
)
let handlers: Map<string, Call>
let world: World
let callers: Caller[]

beforeAll(async () => {
  handlers = await routeHandlers()
  world = await newWorld()
  callers = await allCallers()
})
beforeEach(signOut)
afterAll(closeDatabase)

test('every route and method is in the table, and others are refused before the caller is checked', async () => {
  expect(Object.keys(routeTable).filter(route => !handlers.has(route))).toEqual([])
  const others = [...handlers].filter(([route]) => !(route in routeTable))
  for (const [route, handler] of others) {
    const params = { id: '1', path: ['x'], nextauth: ['session'] }
    const { answer } = await send(handler, route, { params }, {})
    const told = route.startsWith('OPTIONS ') ? 'ok' : '405'
    expect([route, answer]).toEqual([route, route.includes('/auth/') ? '404' : told])
  }
})

interface Attempt {
  /** Who sends it, for messages. */
  who: string
  expected: string
  limited: boolean
  sender: string
  headers: Record<string, string>
  /** The browser that sends it; none for tokens. */
  cookies: Caller['cookies']
}

/** Sends a request, and checks that a refusal is recorded under the sender's id. */
async function ask(route: string, asked: Asked, { cookies, headers, sender }: Attempt): Promise<Reply> {
  resume({ cookies })
  const { result, actions } = await audited(sender, () => send(handlers.get(route), route, asked, headers))
  expect(countRefusals(actions), `refusals in the audit log, ${result.answer}`).toBe(result.answer === '403' ? 1 : 0)
  return result
}

/** Sends each attempt: those that only read or are refused together change nothing, each of the others changes something. */
async function tryAll(route: string, each: RouteCase, attempts: readonly Attempt[]): Promise<void> {
  const answers: Record<string, string> = {}
  const run = async (attempt: Attempt, asked: Asked) => {
    const { answer, body } = await ask(route, asked, attempt)
    answers[attempt.who] = answer
    if (attempt.limited) expect(body, attempt.who).not.toMatch(WORDS_OF_B)
  }
  const writes = (attempt: Attempt) => attempt.expected === 'ok' && each.writes === true
  const asked = await each.ask(world)
  const before = await rowsNow()
  for (const attempt of attempts) if (!writes(attempt)) await run(attempt, asked)
  expect(changedTables(before, await rowsNow()), 'rows that these requests changed').toEqual([])
  for (const attempt of attempts.filter(writes)) {
    const fresh = await each.ask(world)
    const [all, ofB] = [await rowsNow(), await rowsNow(B)]
    await run(attempt, fresh)
    expect(changedTables(all, await rowsNow()), `rows that ${attempt.who} changed`).not.toEqual([])
    if (attempt.limited) expect(changedTables(ofB, await rowsNow(B)), `rows of B by ${attempt.who}`).toEqual([])
  }
  expect(answers).toEqual(Object.fromEntries(attempts.map(({ who, expected }) => [who, expected])))
}

describe('members', () => {
  test.each(cases)('$route, $target', async ({ route, each }) => {
    const expected = toAnswers(each.may)
    const attempts = callers.map(({ column, role, limited, member, cookies }) => ({
      who: limited ? `${role} of A` : role,
      expected: expected[column] ?? '',
      limited,
      sender: member.id,
      headers: SAME_ORIGIN,
      cookies,
    }))
    await tryAll(route, each, attempts)
  })
})

describe('tokens', () => {
  const NO_BROWSER = new Map()
  const kept = new Map<string, { id: string; headers: Record<string, string> }>()
  type More = Partial<Prisma.ApiTokenUncheckedCreateInput>

  /** A token of an administrator, where `more` says nothing else. */
  async function tokenOf(permissions: readonly TokenPermission[], more: More) {
    const key = JSON.stringify([permissions, more])
    const known = kept.get(key)
    if (known) return known
    const { token, ...stored } = newApiToken()
    const owner = callers.find(({ role }) => role === 'admin')?.member.id ?? null
    const expiresAt = new Date(Date.now() + 86_400_000)
    const data = { name: 'ci', permissions: [...permissions], createdBy: owner, expiresAt, ...stored, ...more }
    const { id } = await prisma().apiToken.create({ data })
    const made = { id, headers: bearing(token) }
    kept.set(key, made)
    return made
  }

  const onlyA = { limited: true, accounts: [A] }
  const collecting: TokenPermission[] = ['imports:write', 'imports:close']
  const collector = { sources: ['security-hub'], createdBy: null }
  const past = new Date(Date.now() - 1000)

  test.each(cases)('$route, $target: $each.needs', async ({ route, each }) => {
    const needed = tokenPermissions.filter(permission => each.needs.split(' ').includes(permission))
    const refused = needed.length === 0 ? '404' : '403'
    const all = needed.length === 0 ? '404' : (each.everyToken ?? 'ok')
    const attempts: Attempt[] = []
    const add = async (who: string, expected: string, permissions: readonly TokenPermission[], more: More = {}) => {
      const { id, headers } = await tokenOf(permissions, more)
      attempts.push({ who, expected, limited: more.limited === true, sender: id, headers, cookies: NO_BROWSER })
    }
    for (const permission of tokenPermissions) {
      const alone = needed.length === 1 && needed[0] === permission ? all : refused
      await add(`only ${permission}`, alone, [permission])
    }
    for (const permission of needed) {
      const others = tokenPermissions.filter(each => each !== permission)
      await add(`all but ${permission}`, '403', others)
    }
    await add('what is needed', all, needed)
    await add('everything', all, tokenPermissions)
    await add('what is needed, of A', each.limited, needed, onlyA)
    await add('everything, of A', each.limited, tokenPermissions, onlyA)
    await add('everything, of nobody', each.ofNobody ?? all, tokenPermissions, { createdBy: null })
    await add('a collector', each.collector ?? refused, collecting, collector)
    await add('a collector, of A', each.collector ?? refused, collecting, { ...collector, ...onlyA })
    await add('expired', '401', tokenPermissions, { expiresAt: past })
    await add('revoked', '401', tokenPermissions, { revokedAt: past })
    await add('permissions of administrators, which no token can have', refused, [
      'members:manage',
      'tokens:manage',
    ] as unknown as TokenPermission[])
    await tryAll(route, each, attempts)
  })

  test.each(['hin_', `hin_${'a'.repeat(43)}`, 'x'])('%s belongs to nobody', async token => {
    const requests = await Promise.all(cases.map(async ({ route, each }) => ({ route, asked: await each.ask(world) })))
    const before = await rowsNow()
    for (const { route, asked } of requests)
      expect((await send(handlers.get(route), route, asked, bearing(token))).answer, route).toBe('401')
    expect(changedTables(before, await rowsNow())).toEqual([])
  })
})
