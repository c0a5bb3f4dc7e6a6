import { afterAll, beforeEach, expect, test } from 'vitest'
import { setClock } from '../../lib/clock'
import { closeDatabase, prisma } from '../../lib/db'
import type { ExceptionList } from '../../lib/domain/exceptions/exception'
import { countExceptions, listExceptions } from '../../lib/queries/exceptions/exceptions'
import { endException } from '../../lib/store/exceptions/decide'
import { requestRule } from '../../lib/store/exceptions/request'
import { people } from './support-exceptions'
import { at } from './support-ingest'

beforeEach(async () => {
  await prisma().exception.deleteMany({})
  setClock(() => at(10))
})
afterAll(closeDatabase)

/** Twelve rules that wait, three of them for each end date. */
async function twelve() {
  const { member } = await people()
  const ids: number[] = []
  for (let n = 0; n < 12; n++) {
    const rule = { kind: 'accepted' as const, reason: `Rule ${n}`, match: { control: `EC2.${n}` } }
    ids.push((await requestRule(member, { ...rule, until: `2026-07-${20 - (n % 4)}` })).id)
  }
  return { member, ids }
}

async function pagesOf(reader: Parameters<typeof listExceptions>[0], list: ExceptionList) {
  const pages: Awaited<ReturnType<typeof listExceptions>>['rows'][] = []
  let cursor: string | null = null
  do {
    const page: Awaited<ReturnType<typeof listExceptions>> = await listExceptions(reader, list, { cursor, limit: 5 })
    pages.push(page.rows)
    cursor = page.next
  } while (cursor !== null)
  return pages
}

test('pages of exceptions contain each one once, the next to end first', async () => {
  const { member, ids } = await twelve()
  const pages = await pagesOf(member, 'waiting')
  expect(pages.map(page => page.length)).toEqual([5, 5, 2])
  const rows = pages.flat()
  expect(rows.map(row => row.id).sort((a, b) => a - b)).toEqual(ids)
  expect(rows).toEqual(rows.toSorted((a, b) => a.expiresAt.getTime() - b.expiresAt.getTime() || a.id - b.id))
  expect(await countExceptions(member)).toMatchObject({ waiting: 12 })
})

test('ended exceptions are listed latest first', async () => {
  const { member, ids } = await twelve()
  for (const id of ids) await endException(member, { id, note: '' })
  const rows = (await pagesOf(member, 'over')).flat()
  expect(rows.map(row => row.id)).toEqual(ids.toReversed())
})

test('a cursor of another list is refused', async () => {
  const { member } = await twelve()
  const { next } = await listExceptions(member, 'waiting', { cursor: null, limit: 5 })
  expect(next).not.toBeNull()
  await expect(listExceptions(member, 'active', { cursor: next, limit: 5 })).rejects.toMatchObject({ code: 'conflict' })
  await expect(listExceptions(member, 'active', { cursor: 'bm8', limit: 5 })).rejects.toMatchObject({
    code: 'conflict',
  })
})
