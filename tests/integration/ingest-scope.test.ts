import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { permissionsOf } from '../../lib/access/permissions'
import { type Access, prove } from '../../lib/access/proof'
import { closeDatabase, prisma } from '../../lib/db'
import type { Permission } from '../../lib/domain/people/role'
import {
  asff,
  at,
  complete,
  expectTrueCounts,
  findingOf,
  historyOf,
  importOf,
  newAccount,
  partial,
  prowler,
  type RecordParts,
  rejectsOf,
} from './support-ingest'

let account = ''
beforeEach(() => {
  account = newAccount()
})
afterAll(closeDatabase)

const one = (parts: Partial<RecordParts> = {}) => asff({ account, ...parts })
const gone = (parts: Partial<RecordParts> = {}) => one({ control: 'S3.9', ...parts })
const bad = { severity: 'TERRIBLE', control: 'S3.8' }

/** A token that may write these accounts only. */
function limitedTo(accounts: string[]): Access<Permission> {
  const granted = permissionsOf('lead')
  return prove<Permission>(
    { actor: { kind: 'token', id: 't1', name: 'Robot' }, accounts, ip: null, granted: new Set(granted) },
    granted as Permission[],
  )
}

describe('refused records', () => {
  test('prevent resolutions only in their account, which is reported', async () => {
    const other = newAccount()
    await complete([one(), gone(), asff({ account: other }), asff({ account: other, control: 'S3.9' })], at(2))
    const run = await complete([one(), one(bad), asff({ account: other })], at(3))
    expect(run).toMatchObject({ state: 'done', read: 3, accepted: 2, rejected: 1, resolved: 1 })
    expect(run.heldBack).toMatchObject([{ accountId: account, source: 'security-hub', reason: 'rejects' }])
    expect(await rejectsOf(run.id)).toEqual({ 1: 'bad_severity' })
    expect(await findingOf(gone())).toMatchObject({ status: 'new' })
    expect(await findingOf(asff({ account: other, control: 'S3.9' }))).toMatchObject({ status: 'resolved' })
  })

  test('prevent resolutions in an account without other records, which is reported', async () => {
    const other = newAccount()
    await complete([asff({ account: other })], at(2))
    const run = await complete([one(), asff({ account: other, ...bad })], at(3))
    expect(run.heldBack).toMatchObject([{ accountId: other, source: null, reason: 'rejects' }])
    expect(await findingOf(asff({ account: other }))).toMatchObject({ status: 'new' })
  })

  test('of an unknown account prevent every resolution', async () => {
    const other = newAccount()
    const there = asff({ account: other })
    await complete([one(), gone(), there], at(2))
    const run = await complete([one(), there, asff({ account: '12' })], at(3))
    expect(run).toMatchObject({ rejected: 1, resolved: 0 })
    expect(await rejectsOf(run.id)).toEqual({ 2: 'bad_account' })
    expect(run.heldBack).toMatchObject([
      { accountId: account, source: 'security-hub', reason: 'rejects' },
      { accountId: other, source: 'security-hub', reason: 'rejects' },
    ])
  })

  test('prevent nothing in a partial report, which resolves nothing anyway', async () => {
    expect(await partial([one(), one(bad)], at(2))).toMatchObject({ rejected: 1, heldBack: [] })
  })

  test('a report with prevented resolutions does not count as complete', async () => {
    await complete([one(), gone()], at(2))
    await complete([one(), one(bad)], at(3))
    const feed = await prisma().feed.findFirst({ where: { accountId: account } })
    expect(feed).toMatchObject({ lastCompleteAt: at(2), lastAt: at(3), firstAt: at(2) })
  })

  test('prevent resolutions of each product of the account, which are listed', async () => {
    const run = await complete([one(), one({ product: 'Inspector' }), one(bad)], at(2))
    expect(run.heldBack).toMatchObject([
      { accountId: account, source: 'security-hub', product: 'Security Hub', reason: 'rejects' },
      { accountId: account, source: 'security-hub', product: 'Inspector', reason: 'rejects' },
    ])
  })
})

describe('a limited token', () => {
  test('has records of other accounts refused, and resolves findings of its own', async () => {
    const other = newAccount()
    await complete([one(), gone(), asff({ account: other, control: 'S3.9' })], at(2))
    const run = await complete([one(), asff({ account: other })], at(3), { access: limitedTo([account]) })
    expect(run).toMatchObject({ accepted: 1, rejected: 1, resolved: 1, accounts: [account], heldBack: [] })
    expect(await rejectsOf(run.id)).toEqual({ 1: 'account_not_allowed' })
    expect(await findingOf(asff({ account: other }))).toBeNull()
    expect(await findingOf(asff({ account: other, control: 'S3.9' }))).toMatchObject({ status: 'new' })
  })

  test('resolves nothing by an empty report of another account', async () => {
    await complete([one(), gone()], at(2))
    const named = { source: 'security-hub', account, region: 'us-east-1' } as const
    const other = limitedTo([newAccount()])
    expect(await complete('{"Findings":[]}', at(3), { ...named, access: other })).toMatchObject({ resolved: 0 })
    expect(await findingOf(one())).toMatchObject({ status: 'new' })
    const feed = await prisma().feed.findFirst({ where: { accountId: account } })
    expect(feed).toMatchObject({ lastCompleteAt: at(2), lastAt: at(2) })
    const own = limitedTo([account])
    expect(await complete('{"Findings":[]}', at(4), { ...named, access: own })).toMatchObject({ resolved: 0 })
    expect(await complete('{"Findings":[]}', at(5), { ...named, access: own })).toMatchObject({ resolved: 2 })
  })

  test('does not make accounts known', async () => {
    await partial([one()], at(2), { access: limitedTo([]) })
    expect(await prisma().account.findUnique({ where: { id: account } })).toBeNull()
  })
})

describe('a document that breaks off', () => {
  test('ends as failed with its records stored, and resolves nothing', async () => {
    await complete([one(), gone()], at(2))
    const text = JSON.stringify([one({ severity: 'HIGH', updatedAt: at(2) }), one({ control: 'S3.7' }), one()])
    const run = await complete(text.slice(0, -40), at(3))
    expect(run).toMatchObject({ state: 'failed', error: { code: 'truncated' }, created: 1, updated: 1, resolved: 0 })
    expect(run.read).toBe(run.accepted + run.rejected)
    expect(run.finishedAt).not.toBeNull()
    expect(await findingOf(gone())).toMatchObject({ status: 'new' })
    const feed = await prisma().feed.findFirst({ where: { accountId: account } })
    expect(feed).toMatchObject({ lastCompleteAt: at(2), lastAt: at(3) })
  })
})

describe('an older report', () => {
  test('never overwrites, resolves or reopens', async () => {
    await complete([one({ severity: 'LOW' }), gone(), one({ control: 'S3.7' })], at(5))
    await complete([one({ severity: 'HIGH', updatedAt: at(5) }), gone()], at(10))
    const passed = { status: 'PASSED', updatedAt: at(6) } as const
    const run = await complete(
      [one(passed), gone({ severity: 'LOW', updatedAt: at(6) }), one({ control: 'S3.7' })],
      at(7),
    )
    expect(run).toMatchObject({ created: 0, updated: 0, reopened: 0, resolved: 0 })
    expect(run.heldBack).toMatchObject([{ accountId: account, source: 'security-hub', reason: 'older' }])
    expect(await findingOf(one())).toMatchObject({ status: 'new', severity: 4 })
    expect(await findingOf(one({ control: 'S3.7' }))).toMatchObject({ status: 'resolved', reopenedCount: 0 })
    const feed = await prisma().feed.findFirst({ where: { accountId: account } })
    expect(feed).toMatchObject({ firstAt: at(5), lastAt: at(10), lastCompleteAt: at(10) })
  })

  test('contains a problem that has ended since: it is created as resolved', async () => {
    await complete([one()], at(10))
    expect(await complete([one(), gone()], at(5))).toMatchObject({ created: 1, resolved: 0 })
    expect(await findingOf(gone())).toMatchObject({ status: 'resolved', resolvedReason: 'absent', firstSeenAt: at(5) })
  })

  test('is not one without a time, whatever the update times of its records', async () => {
    await complete([one({ updatedAt: at(9) }), gone({ updatedAt: at(9) })], at(10))
    expect((await complete([one({ updatedAt: at(4) })], null)).heldBack).toEqual([])
    expect(await findingOf(gone())).toMatchObject({ status: 'resolved', resolvedReason: 'absent' })
  })

  test('that is partial does not undo the result of a newer partial one', async () => {
    await partial([one({ updatedAt: at(1) })], at(2))
    await partial([one({ updatedAt: at(8) })], at(9))
    await partial([one({ status: 'PASSED', updatedAt: at(5) })], at(6))
    expect(await findingOf(one())).toMatchObject({ status: 'new' })
    await complete([one({ resource: 'other' })], at(7))
    expect(await findingOf(one())).toMatchObject({ status: 'new' })
    await complete([one({ resource: 'other' })], at(10))
    expect(await findingOf(one())).toMatchObject({ status: 'resolved' })
  })

  test('an event that arrives before an older one does not resolve an open finding', async () => {
    await partial([one({ updatedAt: at(1) })], null)
    await partial([one({ updatedAt: at(3) })], null)
    await partial([one({ status: 'PASSED', updatedAt: at(2) })], null)
    expect(await findingOf(one())).toMatchObject({ status: 'new' })
    expect(await historyOf(one())).toEqual([])
  })

  test('of one product does not keep another from being complete', async () => {
    await complete([one()], at(10))
    const other = { product: 'Inspector' }
    await complete([one(), one(other)], at(5))
    const feeds = await prisma().feed.findMany({ where: { accountId: account }, orderBy: { product: 'asc' } })
    expect(feeds.map(feed => [feed.product, feed.lastCompleteAt])).toEqual([
      ['Inspector', at(5)],
      ['Security Hub', at(10)],
    ])
  })
})

describe('counts', () => {
  async function expectSum(importId: number, reported: number) {
    const run = await importOf(importId)
    expect(run.read).toBe(run.accepted + run.rejected)
    expect(run.created + run.updated + run.reopened + run.unchanged + run.resolvedSeen).toBe(reported)
  }

  test('add up to the findings of a report, whatever happens to them', async () => {
    const record = (n: number, parts: Partial<RecordParts> = {}) => one({ control: `S3.${n}`, ...parts })
    const change = { updatedAt: at(2) }
    await complete(
      [1, 2, 3, 4, 5, 6].map(n => record(n)),
      at(2),
    )
    await complete(
      [1, 2, 3, 4, 5].map(n => record(n)),
      at(3),
    )
    const run = await complete(
      [
        record(1),
        record(2, { ...change, title: 'New' }),
        record(3, { ...change, archived: true }),
        record(4, { ...change, status: 'PASSED' }),
        record(6),
        record(7),
        record(8, { archived: true }),
        record(9, bad),
        record(10, { status: 'PASSED' }),
      ],
      at(4),
    )
    expect(run).toMatchObject({
      read: 9,
      accepted: 8,
      rejected: 1,
      created: 2,
      updated: 1,
      reopened: 1,
      unchanged: 1,
      resolved: 2,
      resolvedSeen: 1,
      passed: 2,
    })
    await expectSum(run.id, 6)
    await expectTrueCounts()
  })

  test('leave out findings that the report only passes or lacks while another source still has them', async () => {
    const both = [one(), prowler({ account }), one({ control: 'S3.3' }), prowler({ account, control: 'S3.3' })]
    await complete([...both, one({ control: 'S3.4' })], at(2))
    const passed = one({ status: 'PASSED', updatedAt: at(2) })
    const elsewhere = one({ control: 'S3.3', resource: 'other', status: 'PASSED' })
    const run = await complete([passed, elsewhere, one({ control: 'S3.4' })], at(3))
    expect(run).toMatchObject({ updated: 0, unchanged: 1, resolved: 0, passed: 2 })
    expect(await findingOf(one())).toMatchObject({ sources: ['prowler'] })
    expect(await findingOf(one({ control: 'S3.3' }))).toMatchObject({ sources: ['prowler'] })
  })

  test('separate two accounts with equal names for different resources', async () => {
    const other = newAccount()
    expect(await partial([one(), asff({ account: other })], at(2))).toMatchObject({ created: 2, unchanged: 0 })
    expect(await partial([one(), asff({ account: other })], at(3))).toMatchObject({ created: 0, unchanged: 2 })
  })
})

describe('a posture by day', () => {
  test('is one row a day, that of the last report; an earlier day is not rewritten', async () => {
    const days = async () =>
      (await prisma().snapshot.findMany({ where: { accountId: account }, orderBy: { day: 'asc' } })).map(
        ({ day, medium, score }) => [day.toISOString().slice(0, 10), medium, score],
      )
    const passed = one({ control: 'S3.3', status: 'PASSED' })
    // 14:00 and 16:00 of UTC lie on two days in Tokyo.
    await complete([one(), passed], at(2, 10))
    await complete([one(), gone(), passed], at(2, 14))
    expect(await days()).toEqual([['2026-06-02', 2, expect.any(Number)]])
    const others = [one, gone].map(record => record({ resource: 'other', status: 'PASSED' }))
    await complete([passed, ...others], at(2, 16))
    await complete([one({ control: 'S3.1' })], at(1))
    expect(await days()).toEqual([
      ['2026-06-02', 2, expect.any(Number)],
      ['2026-06-03', 0, 100],
    ])
  })
})
