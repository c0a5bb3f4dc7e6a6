import { afterAll, expect, test } from 'vitest'
import { setClock } from '../../lib/clock'
import { closeDatabase, prisma } from '../../lib/db'
import { AccountFilter } from '../../lib/domain/account-filter'
import { FindingFilter } from '../../lib/domain/finding-filter'
import { runImport } from '../../lib/ingest/run'
import { getAccount } from '../../lib/queries/account'
import { listAccounts } from '../../lib/queries/accounts'
import { listFindings } from '../../lib/queries/findings'
import { setStatus } from '../../lib/store/findings'
import { countFlow, takeSnapshots } from '../../lib/store/snapshots'
import { asff, at, complete, ingest, job, newAccount, prowler, receive } from './support-ingest'

afterAll(closeDatabase)

const page = { cursor: null, limit: 50 }
const rowsOf = async (account: string, filter: Partial<FindingFilter> = {}) =>
  (await listFindings(job, FindingFilter.parse({ account: [account], ...filter }), page)).rows

test('a source that falls silent leaves its findings open and unconfirmed, until it speaks again', async () => {
  const account = newAccount()
  for (const day of [1, 2, 3, 4]) await complete([asff({ account })], at(day))
  setClock(() => at(5, 23))
  expect(await rowsOf(account)).toMatchObject([{ status: 'new', unconfirmedSince: null }])
  expect(await rowsOf(account, { unconfirmed: true })).toEqual([])
  setClock(() => at(6))
  expect(await rowsOf(account)).toMatchObject([{ status: 'new', unconfirmedSince: at(4) }])
  expect(await rowsOf(account, { unconfirmed: true })).toHaveLength(1)
  expect((await getAccount(job, account)).feeds).toMatchObject([{ silent: true, silentAfter: at(6) }])
  await complete([asff({ account })], at(7))
  expect(await rowsOf(account, { unconfirmed: true })).toEqual([])
})

test('what another source still reports is confirmed', async () => {
  const account = newAccount()
  for (const day of [1, 2, 3]) await complete([asff({ account })], at(day))
  await ingest([prowler({ account })], { observedAt: at(10) })
  setClock(() => at(11))
  expect(await rowsOf(account)).toMatchObject([{ unconfirmedSince: null, sources: ['prowler', 'security-hub'] }])
  const { blind, silent, feeds } = await getAccount(job, account)
  expect({ blind, silent }).toEqual({ blind: 0, silent: false })
  expect(feeds.map(feed => [feed.source, feed.silent])).toEqual([
    ['prowler', false],
    ['security-hub', true],
  ])
})

test('the blind share is that of the checks whose sources are all silent', async () => {
  const account = newAccount()
  const old = [
    asff({ account, control: 'S3.2', severity: 'CRITICAL' }),
    asff({ account, control: 'S3.14', severity: 'LOW' }),
  ]
  for (const day of [1, 2, 3]) await complete(old, at(day))
  await ingest([prowler({ account, control: 's3_bucket_object_versioning', severity: 'Low' })], { observedAt: at(10) })
  setClock(() => at(11))
  // Weights 10 and 2: the critical check is not confirmed by anybody.
  expect((await getAccount(job, account)).blind).toBeCloseTo(10 / 12)
  setClock(() => at(28))
  const [row] = await listAccounts(job, AccountFilter.parse({ text: account }))
  expect(row).toMatchObject({ blind: 1, silent: true })
  await takeSnapshots(job, [account], at(28), 'Asia/Tokyo')
  expect(await prisma().snapshot.findFirst({ where: { accountId: account }, orderBy: { day: 'desc' } })).toMatchObject({
    blind: 1,
  })
})

test('an account that nobody ever spoke of is neither good nor blind: there is no data', async () => {
  const id = newAccount()
  await prisma().account.create({ data: { id } })
  expect(await getAccount(job, id)).toMatchObject({ blind: null, silent: false, score: null })
})

test('the same bytes, said to be of a later time, are heard; without a time they are the first import', async () => {
  const account = newAccount()
  const report = [asff({ account })]
  const first = await complete(report, at(1), { force: false })
  const again = await complete(report, at(2), { force: false })
  expect(again.id).not.toBe(first.id)
  expect(again).toMatchObject({ created: 0, updated: 0, unchanged: 1 })
  expect(await prisma().feed.findFirst({ where: { accountId: account } })).toMatchObject({
    lastAt: at(2),
    heardAt: [at(1), at(2)],
  })
  expect((await receive(report, { force: false, coverage: 'complete' })).id).toBe(first.id)
  expect((await receive(report, { force: false, coverage: 'complete', observedAt: at(1) })).id).toBe(first.id)
})

test('a day counts what was opened and closed on it, and how long that took', async () => {
  const account = newAccount()
  const records = (...names: string[]) => names.map(resource => asff({ account, resource }))
  await complete(records('a', 'b', 'c'), at(1))
  const a = await prisma().finding.findFirstOrThrow({ where: { accountId: account, resourceName: 'a' } })
  setClock(() => at(1, 6))
  await setStatus(job, { selection: { ids: [`${account}-${a.id.replaceAll('-', '')}`] }, status: 'acknowledged' })
  await countFlow(job, [account], at(1, 7), 'Asia/Tokyo')
  await complete(records('a', 'b', 'd'), at(3))
  setClock(() => at(3, 2))
  await countFlow(job, [account], at(3), 'Asia/Tokyo')
  const days = await prisma().snapshot.findMany({ where: { accountId: account }, orderBy: { day: 'asc' } })
  expect(days).toMatchObject([
    { opened: 3, closed: 0, hoursToAcknowledge: 6, hoursToResolve: null },
    { opened: 1, closed: 1, hoursToAcknowledge: null, hoursToResolve: 48 },
  ])
})

test('a report of a past day fills in that day, and leaves the days that were measured', async () => {
  const account = newAccount()
  await complete([asff({ account, resource: 'a' })], at(10))
  const measured = await prisma().snapshot.findMany({ where: { accountId: account } })
  // Ten days late: what it tells of another product is news.
  const { id } = await receive([asff({ account, resource: 'b', product: 'Other' })], { observedAt: at(4) })
  setClock(() => at(10, 12))
  await runImport(job, id)
  const days = await prisma().snapshot.findMany({ where: { accountId: account }, orderBy: { day: 'asc' } })
  expect(days.map(({ day, medium, opened, score }) => [day.toISOString().slice(0, 10), medium, opened, score])).toEqual(
    [
      ['2026-06-04', 1, 1, null],
      ['2026-06-10', 1, measured[0]?.opened, 0],
    ],
  )
})
