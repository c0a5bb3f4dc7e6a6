import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { setClock } from '../../lib/clock'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { EntranceFilter } from '../../lib/domain/waf/filter'
import type { Resource } from '../../lib/domain/waf/resource'
import { NotFoundError } from '../../lib/errors'
import { checkWaf } from '../../lib/queries/check/collection/waf'
import { Differences } from '../../lib/queries/check/differences'
import { getEntrance } from '../../lib/queries/waf/entrance'
import { listEntrances } from '../../lib/queries/waf/entrances'
import { getLadder } from '../../lib/queries/waf/ladder'
import { accessFor, clear, ours, theirs } from '../support/organisation'
import { balancer, daysAgo, managed, NOW, rule, webAcl } from '../support/waf'
import { judgeAt, operatedParts, putEntrance, putResources } from '../support/waf-assets'

const admin = accessFor('admin')
const limited = accessFor('lead', { accounts: [ours] })
const filter = (given: object = {}) => EntranceFilter.parse(given)
const page = { cursor: null, limit: 50 }

beforeEach(async () => {
  await clear()
  await pool().query('TRUNCATE asset, coverage, entrance, web_acl, check_run')
  for (const [id, environment] of [
    [ours, 'production'],
    [theirs, null],
  ] as const) {
    await prisma().account.create({
      data: { id, name: id === ours ? 'ours' : 'theirs', origin: 'registered', environment },
    })
  }
})
afterAll(async () => {
  setClock()
  await closeDatabase()
})

const named = (name: string) =>
  balancer({}, { name, arn: `arn:aws:elasticloadbalancing:ap-northeast-1:1:loadbalancer/app/${name}/1` })

async function rungsOf(given: object = {}, access = admin) {
  const { rows } = await listEntrances(access, filter(given), page)
  return rows.map(({ name, rung }) => `${name} ${rung}`)
}

describe('the list of entrances', () => {
  beforeEach(async () => {
    const shop = named('shop')
    await putResources(
      ours,
      [named('blog'), shop, named('Admin'), webAcl({ Rules: [managed()], resources: [shop.arn] }), ...operatedParts],
      NOW,
    )
    await judgeAt(ours, NOW)
    await putEntrance(theirs, named('api'), [managed('Count')], NOW)
  })

  test('has the worst rung first, then by name', async () => {
    expect(await rungsOf()).toEqual(['Admin none', 'blog none', 'api counting', 'shop operated'])
  })

  test('can be read in pages', async () => {
    const first = await listEntrances(admin, filter(), { cursor: null, limit: 2 })
    const second = await listEntrances(admin, filter(), { cursor: first.next, limit: 2 })
    expect([...first.rows, ...second.rows].map(({ name }) => name)).toEqual(['Admin', 'blog', 'api', 'shop'])
    expect([first.total, second.next]).toEqual([4, null])
    await expect(listEntrances(admin, filter(), { cursor: 'x', limit: 2 })).rejects.toMatchObject({ code: 'conflict' })
  })

  test.each([
    [{ rung: ['none'] }, ['Admin none', 'blog none']],
    [{ rung: ['counting', 'operated'] }, ['api counting', 'shop operated']],
    [{ environment: ['production'] }, ['Admin none', 'blog none', 'shop operated']],
    [{ environment: ['unset'] }, ['api counting']],
    [{ account: [theirs] }, ['api counting']],
    [{ kind: ['nlb'] }, []],
    [{ text: 'BLO' }, ['blog none']],
    [{ text: 'acl' }, ['api counting', 'shop operated']],
    [{ text: '%' }, []],
  ])('can be filtered by %o', async (given, expected) => {
    expect(await rungsOf(given)).toEqual(expected)
  })

  test('has only open accounts in scope', async () => {
    expect(await rungsOf({}, limited)).toEqual(['Admin none', 'blog none', 'shop operated'])
    await prisma().account.update({ where: { id: ours }, data: { closedAt: NOW } })
    expect(await rungsOf()).toEqual(['api counting'])
  })

  test('is what the ladder counts', async () => {
    const ladder = await getLadder(admin, filter())
    expect(ladder).toMatchObject({ total: 4, judgedAt: NOW })
    expect(ladder.counts).toMatchObject({
      none: { production: 2 },
      counting: { unset: 1 },
      operated: { production: 1 },
    })
    expect(ladder.accounts.map(({ name, counts }) => [name, counts])).toEqual([
      ['ours', { none: 2, operated: 1 }],
      ['theirs', { counting: 1 }],
    ])
    expect((await getLadder(limited, filter())).total).toBe(3)
  })

  test('leads to each entrance with its rules and what they did', async () => {
    const [row] = (await listEntrances(admin, filter({ rung: ['operated'] }), page)).rows
    if (!row) throw new Error('no entrance')
    expect(row).toMatchObject({ allowed: 50_000, blocked: 12, counted: 0, requests: 0, acl: { name: 'acl' } })
    const entrance = await getEntrance(admin, { account: ours, id: row.id })
    expect(entrance.webAcl).toMatchObject({
      mode: 'blocking',
      rules: [{ name: 'core', effect: 'block', enforcing: 2 }],
    })
    expect(entrance.webAcl?.days).toHaveLength(30)
    const [other] = (await listEntrances(admin, filter({ account: [theirs] }), page)).rows
    await expect(getEntrance(limited, { account: theirs, id: other?.id ?? '' })).rejects.toThrow(NotFoundError)
    await expect(getEntrance(admin, { account: ours, id: other?.id ?? '' })).rejects.toThrow(NotFoundError)
  })
})

describe('what is remembered of a web ACL', () => {
  const shop = balancer()
  const put = async (rules: object[], at: Date, more: object = {}) => {
    const acl = webAcl({ Rules: rules, ...more }, { changedAt: at })
    await putResources(ours, [shop, acl, ...operatedParts], at)
    await judgeAt(ours, at)
    const [stored] = await prisma().webAcl.findMany({ where: { accountId: ours } })
    return stored
  }

  test('stays when tags change, and begins anew with other rules', async () => {
    const first = [managed(), rule('login', 'Count')]
    await put(first, daysAgo(40))
    expect(await put(first, daysAgo(30), { tags: { team: 'shop' } })).toMatchObject({
      rulesSince: daysAgo(40),
      counting: { login: daysAgo(40).toISOString() },
    })
    // Another rule counts from now on; the first one has all the time.
    expect(await put([...first, rule('search', 'Count')], daysAgo(20))).toMatchObject({
      rulesSince: daysAgo(20),
      counting: { login: daysAgo(40).toISOString(), search: daysAgo(20).toISOString() },
    })
    expect(await put([managed(), rule('login', 'Block')], daysAgo(10))).toMatchObject({ counting: {} })
    expect(await put(first, daysAgo(5))).toMatchObject({ counting: { login: daysAgo(5).toISOString() } })
  })
})

describe('the check of stored numbers', () => {
  const find = async () => {
    const differences = new Differences()
    await checkWaf(differences)
    return [...differences.counts.keys()]
  }

  test('finds what was not judged like this, but not what is to be judged', async () => {
    await putEntrance(ours, balancer(), [managed('Count')], NOW)
    expect(await find()).toEqual([])
    const other: Resource = webAcl({ Rules: [managed()] })
    await putResources(ours, [balancer(), other, ...operatedParts], NOW)
    expect(await find()).toEqual(['entrance', 'webAcl'])
    await prisma().checkRun.create({ data: { accountId: ours, dueAt: NOW } })
    expect(await find()).toEqual([])
  })
})
