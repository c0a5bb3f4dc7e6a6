import { afterAll, beforeEach, expect, test } from 'vitest'
import { closeDatabase, prisma } from '../../lib/db'
import { markKey } from '../../lib/store/access-keys/mark'
import { iamReport, iamUser, type KeyGiven } from '../support/iam-report'
import { accessFor } from '../support/organisation'
import { at, complete, newAccount, partial } from './support-ingest'

let account = ''
beforeEach(() => {
  account = newAccount()
})
afterAll(closeDatabase)

const user = (name: string, keys: readonly KeyGiven[], more?: object) => iamUser(account, name, keys, more)
const report = (day: number, lines: readonly object[], state?: string) => iamReport(account, at(day), lines, state)

async function keys() {
  const rows = await prisma().accessKey.findMany({ where: { accountId: account }, orderBy: { id: 'asc' } })
  return rows.map(row => ({
    id: row.id,
    active: row.active,
    judged: row.judged,
    started: row.startedAt,
    ended: row.endedAt,
    gone: row.goneAt,
    mark: row.mark,
  }))
}

const KEY = 'AKIAEXAMPLE000000001'
const OTHER = 'AKIAEXAMPLE000000002'

test('a key that a pipeline uses is one by its rules, and another is none', async () => {
  await complete(
    report(1, [user('github-deploy', [{ id: KEY, service: 'ecr' }]), user('taro.yamada', [{ id: OTHER }])]),
    at(1),
  )
  expect(await keys()).toMatchObject([
    { id: KEY, active: true, judged: 'pipeline', started: at(1), ended: null, gone: null },
    { id: OTHER, active: true, judged: 'other' },
  ])
  const [row] = await prisma().accessKey.findMany({ where: { accountId: account, id: KEY } })
  expect(row).toMatchObject({ score: 60, system: 'github', lastUsedService: 'ecr', lastUsedRegion: 'eu-west-1' })
})

test('a key that is switched off or deleted ends with the report that shows it', async () => {
  await complete(report(1, [user('ci', [{ id: KEY }, { id: OTHER }])]), at(1))
  await complete(report(2, [user('ci', [{ id: KEY, active: false }])]), at(2))
  expect(await keys()).toMatchObject([
    { id: KEY, active: false, started: at(1), ended: at(2), gone: null },
    { id: OTHER, active: false, started: at(1), ended: at(2), gone: at(2) },
  ])
  await complete(report(3, []), at(3))
  expect(await keys()).toMatchObject([
    { id: KEY, ended: at(2), gone: at(3) },
    { id: OTHER, ended: at(2), gone: at(2) },
  ])
})

test('a key that was never seen active did not end here', async () => {
  await complete(report(1, [user('ci', [{ id: KEY, active: false }])]), at(1))
  await complete(report(2, []), at(2))
  expect(await keys()).toMatchObject([{ id: KEY, active: false, started: null, ended: null, gone: at(2) }])
})

test('a key that is switched on again keeps its earlier time', async () => {
  await complete(report(1, [user('ci', [{ id: KEY }])]), at(1))
  await complete(report(2, [user('ci', [{ id: KEY, active: false }])]), at(2))
  await complete(report(3, [user('ci', [{ id: KEY }])]), at(3))
  expect(await keys()).toMatchObject([{ active: true, started: at(3), ended: null }])
  const periods = await prisma().accessKeyPeriod.findMany({ where: { accountId: account } })
  expect(periods).toMatchObject([{ keyId: KEY, startedAt: at(1), endedAt: at(2) }])
})

test.each(['denied', 'throttled', 'failed'])('nothing ends where IAM was %s', async state => {
  await complete(report(1, [user('ci', [{ id: KEY }])]), at(1))
  await complete(report(2, [], state), at(2))
  expect(await keys()).toMatchObject([{ active: true, ended: null, gone: null }])
})

test('a partial report and an older one change nothing', async () => {
  await complete(report(3, [user('ci', [{ id: KEY }])]), at(3))
  await partial(report(4, []), at(4))
  await complete(report(2, []), at(2))
  expect(await keys()).toMatchObject([{ active: true, started: at(3), ended: null, gone: null }])
})

test('what a person decided outlives later reports and the resource', async () => {
  await complete(report(1, [user('taro', [{ id: KEY }])]), at(1))
  const access = await accessFor('lead')
  await markKey(access, { account, key: KEY, mark: 'pipeline', seen: null })
  await complete(report(2, []), at(2))
  await complete(report(3, [user('taro', [{ id: KEY }], { tags: [{ Key: 'owner', Value: 'web' }] })]), at(3))
  expect(await keys()).toMatchObject([{ mark: 'pipeline', judged: 'other', active: true, started: at(3) }])
  const entries = await prisma().auditEntry.findMany({ where: { accountId: account, action: 'access-key.mark' } })
  expect(entries).toMatchObject([{ target: `access-key:${KEY}`, detail: { from: null, to: 'pipeline' } }])
  await markKey(access, { account, key: KEY, mark: null, seen: 'pipeline' })
  expect(await keys()).toMatchObject([{ mark: null }])
})

test('an unchanged key is not written again', async () => {
  const lines = () => [user('github-deploy', [{ id: KEY, service: 'ecr' }])]
  await complete(report(1, lines()), at(1))
  const stored = () => prisma().accessKey.findFirst({ where: { accountId: account }, select: { importId: true } })
  const first = await stored()
  await complete(report(2, [...lines(), user('new', [])]), at(2))
  expect(await stored()).toEqual(first)
})

test('a tag that is cut in the middle of a character does not hold up the report', async () => {
  const Value = `github-${'a'.repeat(192)}\u{1d400}`
  const { state } = await complete(report(1, [user('taro', [{ id: KEY }], { tags: [{ Key: 'note', Value }] })]), at(1))
  expect(state).toBe('done')
  const [row] = await prisma().accessKey.findMany({ where: { accountId: account } })
  expect(row?.rules).toContainEqual({ rule: 'name', result: 'yes', seen: Value.slice(0, 199) })
})
