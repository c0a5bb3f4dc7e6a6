import { afterAll, expect, test } from 'vitest'
import { closeDatabase, pool, prisma, transaction } from '../../lib/db'
import { Prisma } from '../../lib/generated/prisma/client'
import { executeIn, runIn, type Tx } from '../../lib/sql/transaction'
import { lockAccounts } from '../../lib/store/accounts/lock'

const { sql } = Prisma

afterAll(closeDatabase)

const openers: readonly (readonly [string, <T>(work: (tx: Tx) => Promise<T>) => Promise<T>])[] = [
  ['with models', work => prisma().$transaction(work)],
  ['on a plain client', work => transaction(work)],
]

test.each(openers)('a transaction %s binds parameters and returns rows of the same types', async (_name, open) => {
  const at = new Date('2026-06-01T12:34:56.789Z')
  const rows = await open(tx =>
    runIn(
      tx,
      sql`SELECT ${'a'}::text AS text, ${7}::int AS int, ${9007199254740993n}::bigint::text AS big, ${at}::timestamptz AS at,
        ${['x', 'y']}::text[] AS list, ${null}::text[] AS none, ${JSON.stringify({ a: [1] })}::jsonb AS json, ${true}::boolean AS yes,
        ${0.5}::float8 AS share, ${[at, null]}::timestamptz[] AS times`,
    ),
  )
  expect(rows).toEqual([
    {
      text: 'a',
      int: 7,
      big: '9007199254740993',
      at,
      list: ['x', 'y'],
      none: null,
      json: { a: [1] },
      yes: true,
      share: 0.5,
      times: [at, null],
    },
  ])
})

test.each(openers)('a transaction %s counts the rows that a statement writes', async (name, open) => {
  const keys = ['first', 'second', 'third'].map(key => `${name}/${key}`)
  const counts = await open(async tx => [
    await executeIn(tx, sql`INSERT INTO setting (key, value) SELECT k, '1' FROM unnest(${keys}::text[]) AS k`),
    await executeIn(tx, sql`UPDATE setting SET value = '2' WHERE key = ANY(${keys.slice(1)}::text[])`),
    await executeIn(tx, sql`DELETE FROM setting WHERE key = 'no such key'`),
  ])
  expect(counts).toEqual([3, 2, 0])
})

test.each(openers)('a transaction %s runs a named statement again with other values', async (_name, open) => {
  const found = await open(async tx => {
    const lengths: number[] = []
    for (const text of ['a', 'bb', 'ccc']) {
      const [row] = await runIn<{ n: number }>(tx, sql`SELECT length(${text}::text) AS n`, 'one-way-to-sql')
      lengths.push(row?.n ?? 0)
    }
    return lengths
  })
  expect(found).toEqual([1, 2, 3])
})

test.each(openers)('a transaction %s is rolled back when its work throws', async (name, open) => {
  const key = `${name}/rolled back`
  const work = open(async tx => {
    await executeIn(tx, sql`INSERT INTO setting (key, value) VALUES (${key}, '1')`)
    await lockAccounts(tx, ['111111111111'])
    throw new Error('stop')
  })
  await expect(work).rejects.toThrow('stop')
  expect(await runIn(pool(), sql`SELECT key FROM setting WHERE key = ${key}`)).toEqual([])
})

test('the pool runs a single statement outside a transaction', async () => {
  expect(await executeIn(pool(), sql`INSERT INTO setting (key, value) VALUES (${'pool'}, '1')`)).toBe(1)
  expect(await runIn(pool(), sql`SELECT value FROM setting WHERE key = ${'pool'}`)).toEqual([{ value: 1 }])
})
