import { afterAll, expect, test } from 'vitest'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { parseReport, type ReportParser } from '../../lib/ingest/read/report-parser'
import { runImport } from '../../lib/ingest/run/run'
import {
  asff,
  at,
  complete,
  everything,
  expectTrueCounts,
  findingOf,
  importOf,
  ingest,
  job,
  newAccount,
  partial,
  prowler,
  receive,
} from './support-ingest'

afterAll(closeDatabase)

function report(account: string, count = 30): Record<string, unknown>[] {
  return Array.from({ length: count }, (_, n) =>
    asff({ account, resource: `r${n}`, ...(n % 7 === 3 ? { status: 'PASSED' } : {}) }),
  )
}

/** The versions of the rows that are stored of an account: another one for each row that was written. */
async function rowVersions(account: string): Promise<string[]> {
  const { rows } = await pool().query<{ version: string }>(
    `SELECT 's' || id || xmin AS version FROM sighting WHERE account_id = $1
     UNION ALL SELECT 'f' || id || xmin FROM finding WHERE account_id = $1 ORDER BY 1`,
    [account],
  )
  return rows.map(row => row.version)
}

test('nothing is written for unchanged records, byte for byte or with a new check time', async () => {
  const account = newAccount()
  const records = report(account)
  await complete(records, at(2))
  const before = await rowVersions(account)
  const again = { state: 'done', read: 30, accepted: 30, created: 0, updated: 0, unchanged: 26, passed: 4 }
  expect(await complete(records, at(3))).toMatchObject(again)
  const checked = records.map(record => ({ ...record, UpdatedAt: at(4).toISOString() }))
  expect(await complete(checked, at(4))).toMatchObject(again)
  expect(await rowVersions(account)).toEqual(before)
  await expectTrueCounts()
})

test('of unchanged records only the others of their batch are queried', async () => {
  const account = newAccount()
  const records = report(account)
  await complete(records, at(2))
  const asked: number[] = []
  const parse: ReportParser = async function* (input, feed) {
    const parser = parseReport(input, feed)
    for (;;) {
      const { done, value } = await parser.next()
      if (done) return value
      const outcomes: typeof value.outcomes = (rows, bytesAt) => {
        asked.push(...rows)
        return value.outcomes(rows, bytesAt)
      }
      yield { ...value, outcomes }
    }
  }
  const changed = records.map((record, n) => (n === 20 ? { ...record, Title: 'Another' } : record))
  const { id } = await receive(changed, { observedAt: at(3), coverage: 'complete' })
  await runImport(job, id, { parse })
  expect(asked).toEqual([20])
  expect(await importOf(id)).toMatchObject({ updated: 1, unchanged: 25, passed: 4 })
})

test('changed records are read, and missing ones are resolved', async () => {
  const account = newAccount()
  const records = report(account)
  await complete(records, at(2))
  const changed = records
    .slice(0, 28)
    .map((record, n) =>
      n === 20 ? asff({ account, resource: 'r20', severity: 'CRITICAL', updatedAt: at(3) }) : record,
    )
  expect(await complete(changed, at(3))).toMatchObject({ read: 28, updated: 1, unchanged: 23, resolved: 2, passed: 4 })
  expect(await findingOf(records[20] ?? {})).toMatchObject({ severity: 5, status: 'new' })
  expect(await findingOf(records[29] ?? {})).toMatchObject({ status: 'resolved', resolvedReason: 'absent' })
  expect(await complete(records, at(4))).toMatchObject({ read: 30, reopened: 2 })
  await expectTrueCounts()
})

test('an older report skips no records', async () => {
  const account = newAccount()
  const records = report(account)
  await complete(records, at(5))
  const changed = records.map(record => ({ ...record, Title: 'Said before' }))
  expect(await complete(changed, at(4))).toMatchObject({ updated: 0 })
  expect(await complete(changed, at(4, 1))).toMatchObject({ updated: 0 })
  expect(await findingOf(records[20] ?? {})).toMatchObject({ title: 'S3.2 should hold' })
  expect(await complete(changed, at(6))).toMatchObject({ updated: 26 })
})

test('an older report of records that are known is read from several pieces of its payload', async () => {
  const account = newAccount()
  const records = report(account, 300).map(record => ({ ...record, Description: 'é'.repeat(4000) }))
  await complete(records, at(5))
  const { id } = await receive(records, { observedAt: at(4), coverage: 'complete' })
  const { rows } = await pool().query('SELECT start FROM import_chunk WHERE import_id = $1', [id])
  expect(rows.length).toBeGreaterThan(2)
  await runImport(job, id)
  expect(await importOf(id)).toMatchObject({ state: 'done', read: 300, accepted: 300, rejected: 0, created: 0 })
  await expectTrueCounts()
})

test('a manually resolved finding is reopened even if its record did not change', async () => {
  const account = newAccount()
  const records = report(account)
  await complete(records, at(2))
  const closed = records[20] ?? {}
  const finding = await findingOf(closed)
  await prisma().finding.updateMany({
    where: { accountId: account, id: finding?.id ?? '' },
    data: { status: 'resolved', resolvedReason: 'hand', resolvedAt: at(2, 12) },
  })
  expect(await complete(records, at(3))).toMatchObject({ reopened: 1, unchanged: 25 })
  expect(await findingOf(closed)).toMatchObject({ status: 'new', reopenedCount: 1 })
  await expectTrueCounts()
})

test('a manually resolved finding stays resolved if its unchanged record is not a problem', async () => {
  const account = newAccount()
  const archived = asff({ account, resource: 'archived', archived: true })
  const records = [...report(account), archived]
  // Prowler still reports both, and has said nothing since.
  const [there, elsewhere] = ['archived', 'elsewhere'].map(resource => prowler({ account, resource }))
  await partial([there, elsewhere], at(1))
  await complete(records, at(2))
  await prisma().finding.updateMany({
    where: { accountId: account, resourceName: { in: ['archived', 'elsewhere'] } },
    data: { status: 'resolved', resolvedReason: 'hand', resolvedAt: at(2, 12) },
  })
  expect(await complete(records, at(3))).toMatchObject({ reopened: 0 })
  expect(await findingOf(archived)).toMatchObject({ status: 'resolved', resolvedReason: 'hand' })
  expect(await findingOf(elsewhere ?? {})).toMatchObject({ status: 'resolved', resolvedReason: 'hand' })
})

test('twins that contradict each other end the same when they come again', async () => {
  const account = newAccount()
  const records = report(account)
  const twin = asff({ account, resource: 'r20', status: 'PASSED', updatedAt: at(1, 5) })
  const document = [...records, twin]
  await complete(document, at(2))
  const wanted = await everything()
  expect(await findingOf(twin)).toBeNull()
  const again = await complete(document, at(3))
  expect(again).toMatchObject({ created: 0, updated: 0, reopened: 0, resolved: 0 })
  expect(await everything()).toEqual(wanted)
})

test('a record that did not change still counts against a new one about the same thing', async () => {
  const account = newAccount()
  const records = report(account)
  await complete(records, at(2))
  const archived = { ...asff({ account, resource: 'r25' }), RecordState: 'ARCHIVED' }
  await complete([...records.slice(0, 25), archived, ...records.slice(25)], at(3))
  expect(await findingOf(archived)).toMatchObject({ status: 'new' })
  await expectTrueCounts()
})

test('of reports that need not be complete, records without a time are still confirmed', async () => {
  const account = newAccount()
  const records = Array.from({ length: 30 }, (_, n) => asff({ account, resource: `r${n}`, updatedAt: null }))
  await partial(records, at(2))
  await partial(records, at(4))
  // A report from in between must not overwrite what was confirmed after it.
  await partial(
    records.map(record => ({ ...record, Title: 'From in between' })),
    at(3),
  )
  expect(await findingOf(records[25] ?? {})).toMatchObject({ title: 'S3.2 should hold' })
})

test('an account that the sender may not write is refused, stored or not', async () => {
  const [mine, theirs] = [newAccount(), newAccount()]
  const document = [...report(mine), ...report(theirs)]
  await partial(document, at(2))
  const { id } = await receive(document, { observedAt: at(3) })
  await prisma().import.update({ where: { id }, data: { limited: true, allowed: [mine] } })
  await runImport(job, id)
  expect(await importOf(id)).toMatchObject({ read: 60, accepted: 30, rejected: 30 })
})

test('the same bytes under another source are read as that source', async () => {
  const account = newAccount()
  const records = report(account)
  await complete(records, at(2))
  expect(await ingest(records, { observedAt: at(3), source: 'asff' })).toMatchObject({ read: 30, accepted: 30 })
  const { rows } = await pool().query('SELECT DISTINCT source FROM sighting WHERE account_id = $1 ORDER BY 1', [
    account,
  ])
  expect(rows.map(row => row.source)).toEqual(['asff', 'security-hub'])
})

test('a record that is known but for a time which no record may have is refused', async () => {
  const account = newAccount()
  const records = report(account)
  await complete(records, at(2))
  for (const change of [{ CreatedAt: '2026-02-30T00:00:00Z' }, { UpdatedAt: '1999-01-01T00:00:00Z' }]) {
    const broken = records.map((record, n) => (n === 20 ? { ...record, ...change } : record))
    expect(await complete(broken, at(3))).toMatchObject({ state: 'done', accepted: 29, rejected: 1, resolved: 0 })
  }
})
