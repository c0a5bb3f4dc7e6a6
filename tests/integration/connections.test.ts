import { afterAll, describe, expect, test } from 'vitest'
import { closeDatabase, limitStatements, pool, prisma, transaction } from '../../lib/db'

afterAll(closeDatabase)

const refused = 'A transaction asked the pool for a second connection'

describe('inside a transaction', () => {
  const ways: [string, () => Promise<unknown>][] = [
    ['a query on the pool', async () => pool().query('SELECT 1')],
    ['a connection of the pool', async () => pool().connect()],
    ['a query of Prisma', () => prisma().account.count()],
    ['SQL through Prisma', () => prisma().$queryRaw`SELECT 1`],
    ['another transaction', () => transaction(client => client.query('SELECT 1'))],
    ['another transaction of Prisma', () => prisma().$transaction(tx => tx.account.count())],
  ]
  test.each(ways)('%s is refused', async (_name, ask) => {
    await expect(transaction(ask)).rejects.toThrow(refused)
    await expect(prisma().$transaction(ask)).rejects.toThrow(refused)
    // Nothing holds it back behind the transaction.
    const left = await ask()
    if (left && typeof left === 'object' && 'release' in left) (left as { release: () => void }).release()
  })

  test('its own client works, and other connections are available', async () => {
    await transaction(async client => {
      expect((await client.query('SELECT 1 AS n')).rows).toEqual([{ n: 1 }])
    })
    expect(await prisma().$transaction(tx => tx.account.count())).toBe(0)
    const beside = new Promise(resolve => setTimeout(resolve, 20)).then(() => pool().query('SELECT 1'))
    await transaction(async client => client.query('SELECT pg_sleep(0.05)'))
    await beside
  })
})

test('a statement of the web server ends after its time limit, and its connection remains usable', async () => {
  await closeDatabase()
  limitStatements(50)
  try {
    await expect(pool().query('SELECT pg_sleep(60)')).rejects.toThrow('statement timeout')
    await expect(prisma().$queryRaw`SELECT 1 FROM pg_sleep(60)`).rejects.toThrow('statement timeout')
    expect((await pool().query('SELECT 1 AS n')).rows).toEqual([{ n: 1 }])
  } finally {
    limitStatements(0)
    await closeDatabase()
  }
})
