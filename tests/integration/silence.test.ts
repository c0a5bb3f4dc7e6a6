import { afterAll, expect, test } from 'vitest'
import { setClock } from '../../lib/clock'
import { closeDatabase, prisma } from '../../lib/db'
import { AccountFilter } from '../../lib/domain/accounts/filter'
import { FindingFilter } from '../../lib/domain/findings/filter'
import { receiveImport } from '../../lib/ingest/receive/receive'
import { runImport } from '../../lib/ingest/run/run'
import { getAccount } from '../../lib/queries/accounts/account'
import { listAccounts } from '../../lib/queries/accounts/list'
import { listFindings } from '../../lib/queries/findings/list'
import { countFlow, takeSnapshots } from '../../lib/store/counts/snapshots'
import { setStatus } from '../../lib/store/findings/triage'
import { inBand } from '../support/score-model'
import {
  asff,
  at,
  bytesOf,
  complete,
  everything,
  everythingButTimes,
  importOf,
  ingest,
  job,
  newAccount,
  prowler,
  receive,
} from './support-ingest'

afterAll(closeDatabase)

const page = { cursor: null, limit: 50 }
const rowsOf = async (account: string, filter: Partial<FindingFilter> = {}) =>
  (await listFindings(job, FindingFilter.parse({ account: [account], ...filter }), page)).rows

test('a source that becomes silent leaves its findings open and unverified until it reports again', async () => {
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

test('a source that reports every ten minutes has a cadence: its silence shows after a day, not after a week', async () => {
  const account = newAccount()
  for (let minute = 0; minute <= 600; minute += 10) await complete([asff({ account })], at(1, 0, minute))
  expect(await prisma().feed.findFirst({ where: { accountId: account } })).toMatchObject({
    heardAt: [at(1), at(1, 4), at(1, 8)],
    lastAt: at(1, 10),
    silentAfter: at(2, 14),
  })
  setClock(() => at(2, 13))
  expect(await rowsOf(account)).toMatchObject([{ unconfirmedSince: null }])
  setClock(() => at(2, 14))
  expect(await rowsOf(account)).toMatchObject([{ unconfirmedSince: at(1, 10) }])
})

test('a finding that another source still reports is verified', async () => {
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
  // Weights 40 and 1: the critical check is not confirmed by anybody.
  expect((await getAccount(job, account)).blind).toBeCloseTo(40 / 41)
  setClock(() => at(28))
  const { rows } = await listAccounts(job, AccountFilter.parse({ text: account }), { cursor: null, limit: 1 })
  expect(rows).toMatchObject([{ blind: 1, silent: true }])
  await takeSnapshots(job, [account], at(28), 'Asia/Tokyo')
  expect(await prisma().snapshot.findFirst({ where: { accountId: account }, orderBy: { day: 'desc' } })).toMatchObject({
    blind: 1,
  })
})

test('an account without any report has no data, neither good nor unverified', async () => {
  const id = newAccount()
  await prisma().account.create({ data: { id } })
  expect(await getAccount(job, id)).toMatchObject({ blind: null, silent: false, score: null })
})

test('the same bytes with a later time are a new report; with the same or an earlier time they are the first import', async () => {
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
  for (const observedAt of [at(1), at(1, -5)])
    expect(await receive(report, { force: false, coverage: 'complete', observedAt })).toEqual({
      id: first.id,
      duplicate: true,
    })
})

/** Sends a report without a time, as a nightly job does, and works it off where it is no repetition. */
async function send(report: unknown[], when: Date, coverage: 'complete' | 'partial' = 'complete') {
  setClock(() => when)
  const body = bytesOf(JSON.stringify(report))
  const options = { source: null, origin: 'api', fileName: null, observedAt: null, force: false } as const
  const { id, duplicate } = await receiveImport(job, body, { ...options, coverage })
  await runImport(job, id)
  return { duplicate, run: await importOf(id) }
}

test.each(['complete', 'partial'] as const)(
  'a report that is the same every night and names no time is heard every night, and changes nothing: %s',
  async coverage => {
    const account = newAccount()
    const report = [asff({ account }), asff({ account, control: 'S3.3', status: 'PASSED' })]
    await send(report, at(1), coverage)
    const state = coverage === 'complete' ? everything : everythingButTimes
    const before = await state()
    for (const day of [2, 3, 4, 5]) {
      const { duplicate, run } = await send(report, at(day), coverage)
      expect(duplicate).toBe(false)
      expect(run).toMatchObject({ state: 'done', created: 0, updated: 0, reopened: 0, resolved: 0, unchanged: 1 })
    }
    expect(await state()).toEqual(before)
    expect(await prisma().feed.findFirst({ where: { accountId: account } })).toMatchObject({
      lastAt: at(5),
      lastCompleteAt: coverage === 'complete' ? at(5) : null,
      heardAt: [1, 2, 3, 4, 5].map(day => at(day)),
    })
    setClock(() => at(6, 23))
    expect(await rowsOf(account)).toMatchObject([{ status: 'new', unconfirmedSince: null }])
    setClock(() => at(7))
    expect(await rowsOf(account)).toMatchObject([{ status: 'new', unconfirmedSince: at(5) }])
  },
)

test('the same bytes without a time are the first import for half an hour, and another one from then on', async () => {
  const report = [asff({ account: newAccount() })]
  const first = await send(report, at(1))
  const again = await send(report, at(1, 0, 29))
  expect(again).toMatchObject({ duplicate: true, run: { id: first.run.id } })
  const later = await send(report, at(1, 0, 30))
  expect(later.duplicate).toBe(false)
  expect((await send(report, at(1, 0, 59))).run.id).toBe(later.run.id)
})

test('the same bytes are another report once another one of their feeds came between', async () => {
  const account = newAccount()
  const rest = asff({ account, control: 'S3.9' })
  const broken = [asff({ account }), rest]
  await send(broken, at(1))
  await send([asff({ account: newAccount() })], at(1, 0, 1))
  expect((await send(broken, at(1, 0, 2))).duplicate).toBe(true)
  expect((await send([rest], at(1, 0, 3))).run).toMatchObject({ resolved: 1 })
  expect(await send(broken, at(1, 0, 4))).toMatchObject({ duplicate: false, run: { reopened: 1 } })
})

test('a fixed finding that returns is reopened, even if the same report arrived before', async () => {
  const account = newAccount()
  const rest = asff({ account, control: 'S3.9', updatedAt: null })
  const broken = [asff({ account, updatedAt: null }), rest]
  await send(broken, at(1))
  expect((await send([rest], at(2))).run).toMatchObject({ resolved: 1 })
  expect((await send(broken, at(3))).run).toMatchObject({ reopened: 1, unchanged: 1 })
})

test('a day counts opened and resolved findings, and the time to resolve', async () => {
  const account = newAccount()
  const records = (...names: string[]) => names.map(resource => asff({ account, resource }))
  await complete(records('a', 'b', 'c'), at(1))
  const a = await prisma().finding.findFirstOrThrow({ where: { accountId: account, resourceName: 'a' } })
  setClock(() => at(1, 6))
  await setStatus(job, { selection: { ids: [`${account}-${a.id.replaceAll('-', '')}`] }, status: 'acknowledged' })
  await countFlow(job, [account], { from: at(1, 7), to: at(1, 7) }, 'Asia/Tokyo')
  await complete(records('a', 'b', 'd'), at(3))
  setClock(() => at(3, 2))
  await countFlow(job, [account], { from: at(3), to: at(3) }, 'Asia/Tokyo')
  const days = await prisma().snapshot.findMany({ where: { accountId: account }, orderBy: { day: 'asc' } })
  expect(days).toMatchObject([
    { opened: 3, closed: 0, hoursToAcknowledge: 6, hoursToResolve: null },
    { opened: 1, closed: 1, hoursToAcknowledge: null, hoursToResolve: 48 },
  ])
})

test('a report of today is counted today as soon as it is imported', async () => {
  const account = newAccount()
  await complete([asff({ account, resource: 'a' }), asff({ account, resource: 'b' })], at(5))
  await complete([asff({ account, resource: 'b' }), asff({ account, resource: 'c' })], at(5, 1))
  expect(await prisma().snapshot.findMany({ where: { accountId: account } })).toMatchObject([
    { medium: 2, opened: 3, closed: 1 },
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
      ['2026-06-04', 1, 1, inBand(80, 5)],
      ['2026-06-10', 1, measured[0]?.opened, inBand(80, 5)],
    ],
  )
})
