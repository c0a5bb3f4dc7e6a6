import { afterAll, beforeEach, expect, test } from 'vitest'
import { closeDatabase } from '../../lib/db'
import { FindingFilter, toFindingId } from '../../lib/domain/findings/filter'
import { exportFindings } from '../../lib/queries/findings/export/export'
import { getFinding } from '../../lib/queries/findings/finding'
import { asff, at, complete, findingOf, job, newAccount, partial, type RecordParts } from './support-ingest'

let account = ''
beforeEach(() => {
  account = newAccount()
})
afterAll(closeDatabase)

const one = (first: string | null, parts: Partial<RecordParts> = {}) => ({
  ...asff({ account, ...parts }),
  FirstObservedAt: first,
  CreatedAt: first,
})
const old = new Date('2021-03-04T05:06:07Z')
const older = new Date('2019-01-01T00:00:00Z')

test('an old problem is old on the first day of use', async () => {
  const record = one(old.toISOString())
  await complete([record], at(2))
  expect(await findingOf(record)).toMatchObject({ firstObservedAt: old, firstSeenAt: at(2), openedAt: at(2) })
  const finding = await findingOf(record)
  expect(await getFinding(job, toFindingId(account, finding?.id ?? ''))).toMatchObject({ firstObservedAt: old })
})

test('without a time of its source a problem is as old as its first report, also of a late one', async () => {
  const record = one(null)
  await complete([record], at(3))
  expect(await findingOf(record)).toMatchObject({ firstObservedAt: at(3) })
  await partial([record], at(2))
  expect(await findingOf(record)).toMatchObject({ firstObservedAt: at(2), firstSeenAt: at(2) })
})

test('the earliest of several records counts, and a source that forgets makes nothing younger', async () => {
  await partial([one(old.toISOString())], at(2))
  await partial([one(older.toISOString(), { title: 'Another title', updatedAt: at(2) })], at(3))
  expect(await findingOf(one(null))).toMatchObject({ firstObservedAt: older })
  await partial([one(at(3).toISOString(), { title: 'A third title', updatedAt: at(3) })], at(4))
  expect(await findingOf(one(null))).toMatchObject({ firstObservedAt: older, firstSeenAt: at(2) })
})

test('a time later than the report is not the first', async () => {
  const record = one(at(20).toISOString())
  await complete([record], at(2))
  expect(await findingOf(record)).toMatchObject({ firstObservedAt: at(2) })
})

test('the last observation is the last report that contained the problem, though nothing is written for it', async () => {
  const record = one(null)
  const other = one(null, { resource: 'other' })
  const lastOf = async () => {
    const finding = await findingOf(record)
    const id = toFindingId(account, finding?.id ?? '')
    const { lastObservedAt } = await getFinding(job, id)
    for await (const rows of exportFindings(job, FindingFilter.parse({ account: [account] })))
      expect(rows.find(row => row.id === id)?.lastObservedAt).toEqual(lastObservedAt)
    return lastObservedAt
  }
  await complete([record, other], at(2))
  const written = await findingOf(record)
  await complete([record, other], at(3))
  expect(await lastOf()).toEqual(at(3))
  expect(await findingOf(record)).toEqual(written)
  await partial([record], at(4))
  expect(await lastOf()).toEqual(at(4))
  // A report without it proves nothing new about it.
  await partial([other], at(5))
  expect(await lastOf()).toEqual(at(4))
  await complete([one(null, { status: 'PASSED', updatedAt: at(6) }), other], at(6))
  expect((await getFinding(job, toFindingId(account, written?.id ?? ''))).lastObservedAt).toBeNull()
})
