import { afterAll, expect, test } from 'vitest'
import { closeDatabase, pool, prisma } from '../../lib/db'
import { toFindingId } from '../../lib/domain/findings/filter'
import { rawRecord } from '../../lib/queries/findings/raw'
import { dropGoneSightings, dropPayloads } from '../../lib/store/imports/retention'
import { accessFor } from '../support/organisation'
import { asff, at, complete, expectTrueCounts, findingOf, historyOf, job, newAccount } from './support-ingest'

afterAll(closeDatabase)

const reader = accessFor('admin')

async function raw(record: Record<string, unknown>): Promise<string | null> {
  const finding = await findingOf(record)
  const sighting = await prisma().sighting.findFirstOrThrow({
    where: { accountId: finding?.accountId ?? '', findingId: finding?.id ?? '' },
  })
  return rawRecord(reader, toFindingId(finding?.accountId ?? '', finding?.id ?? ''), sighting.id)
}

async function pieces(importId: number): Promise<number> {
  return prisma().importChunk.count({ where: { importId } })
}

test('raw payloads are deleted after their time, except of reported findings', async () => {
  const account = newAccount()
  // Pieces are 1 MiB: the record that lasts lies in another one than the rest.
  const filler = Array.from({ length: 12 }, (_, n) =>
    asff({ account, resource: `gone-${n}`, description: 'x'.repeat(300_000) }),
  )
  const lasting = asff({ account, resource: 'lasting' })
  const first = await complete([...filler, lasting], at(2))
  const second = await complete([lasting], at(4))
  expect(await pieces(first.id)).toBeGreaterThan(2)
  expect(await dropPayloads(job, at(2))).toBe(0)
  expect(await dropPayloads(job, at(10))).toBeGreaterThan(1)
  expect(await dropPayloads(job, at(10))).toBe(0)
  expect(await pieces(first.id)).toBe(1)
  expect(await pieces(second.id)).toBe(0)
  expect(JSON.parse((await raw(lasting)) ?? '')).toEqual(lasting)
  expect(await raw(filler[0] ?? {})).toBeNull()
})

test.each([
  ['two pieces', 900_000, 300_000],
  ['four pieces', 600_000, 2_200_000],
])('a record that lies in %s is kept completely', async (_what, before, length) => {
  const account = newAccount()
  const filler = (resource: string, size: number) => asff({ account, resource, description: 'x'.repeat(size) })
  const lasting = asff({ account, resource: 'lasting', description: 'lasting '.repeat(length / 8) })
  const records = [filler('first', before), lasting, filler('last', 1_500_000)]
  const { id } = await complete(records, at(2))
  await complete([lasting], at(4))
  const start = Buffer.byteLength(JSON.stringify(records.slice(0, 1)))
  const end = start + Buffer.byteLength(JSON.stringify(lasting))
  while ((await dropPayloads(job, at(10))) > 0);
  // A page shows the first mebibyte of a record.
  expect(await raw(lasting)).toBe(JSON.stringify(lasting).slice(0, 2 ** 20))
  const left = await prisma().importChunk.findMany({ where: { importId: id }, orderBy: { start: 'asc' } })
  expect(left.length).toBeGreaterThan(1)
  expect(left.every(piece => Number(piece.start) < end && Number(piece.start) + piece.length > start)).toBe(true)
  expect(left.reduce((sum, piece) => sum + piece.length, 0)).toBeGreaterThanOrEqual(end - start)
})

test('sightings of long resolved findings are deleted; finding and history stay, and it may return', async () => {
  const account = newAccount()
  const [gone, recent, open] = ['gone', 'recent', 'open'].map(resource => asff({ account, resource }))
  await complete([gone, recent, open], at(2))
  await complete([recent, open], at(3))
  await complete([open], at(8))
  const count = () => prisma().sighting.count({ where: { accountId: account } })
  await dropGoneSightings(job, at(5))
  expect(await count()).toBe(2)
  expect(await findingOf(gone ?? {})).toMatchObject({ status: 'resolved', resolvedReason: 'absent' })
  expect(await historyOf(gone ?? {})).toEqual([['resolved', 'new', 'absent']])
  expect(await complete([gone, open], at(9))).toMatchObject({ reopened: 1, created: 0 })
  expect(await findingOf(gone ?? {})).toMatchObject({ status: 'new', reopenedCount: 1 })
  await expectTrueCounts()
})

test('an import that has not ended loses no data', async () => {
  const account = newAccount()
  const { id } = await complete([asff({ account, resource: 'x', status: 'PASSED' })], at(2))
  await pool().query(`UPDATE import SET state = 'running' WHERE id = $1`, [id])
  await pool().query('UPDATE sighting SET present = false WHERE account_id = $1', [account])
  await dropPayloads(job, at(20))
  expect(await pieces(id)).toBe(1)
})
