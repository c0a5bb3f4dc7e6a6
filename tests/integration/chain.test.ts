import pg from 'pg'
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { closeDatabase, pool, prisma, transaction } from '../../lib/db'
import { chainState } from '../../lib/queries/chain/chain'
import { sealNext } from '../../lib/store/chain/chain'
import { saveClosed } from '../../lib/store/imports/runs'
import { decisions, entries, lines, past, reset, rowsOf, sealAll, twoImports, verify } from './support-chain'
import { importOf, job } from './support-ingest'

beforeEach(reset)
afterAll(closeDatabase)

const ENTRY = `INSERT INTO audit_entry (actor_kind, actor_id, actor_name, action, target)
  SELECT 'member', 'm', 'M', 'x.y', 'n:' || n FROM generate_series(1, $1::int) AS n`

test('an empty history is valid', async () => {
  expect(await sealAll()).toBe(0)
  expect(await verify()).toMatchObject({ links: 0, head: null, until: null, pending: 0, broken: null })
})

test('decisions and imports are sealed once, and the sealed history is valid', async () => {
  await decisions()
  await twoImports()
  expect(await verify()).toMatchObject({ links: 0, decisions: 0, broken: null })
  expect(await sealAll()).toBe(3)
  const [audit, events, told] = [await entries(), await lines(), await verify()]
  const own = events.filter(line => line.actorKind !== 'import')
  expect(own).toHaveLength(6)
  expect(told).toMatchObject({ links: 3, decisions: audit.length + 6, runs: 2, events: 4, pending: 0, broken: null })
  expect(told.misdated.count).toBe(0)
  const times = [...audit, ...own].map(({ at }) => at.toISOString()).sort()
  expect(told.until).toBe(times.at(-1))
  expect(await sealAll()).toBe(0)
  expect((await verify()).head).toBe(told.head)
})

test('every link follows on the one before', async () => {
  await decisions()
  await sealAll()
  const first = await verify()
  await decisions()
  await sealAll()
  const second = await verify(first.head)
  expect(second).toMatchObject({ links: 2, headFound: true, broken: null })
  expect(second.head).not.toBe(first.head)
  expect(await verify('0'.repeat(64))).toMatchObject({ headFound: false, broken: null })
})

test('the page shows the last link and the number of waiting rows', async () => {
  expect(await chainState(job)).toEqual({ head: null, pending: 0, more: false })
  await pool().query(ENTRY, [3])
  expect(await chainState(job)).toEqual({ head: null, pending: 3, more: false })
  await sealAll()
  await pool().query(ENTRY, [1001])
  const { hash, at } = await prisma().chainLink.findFirstOrThrow()
  const head = { hash: Buffer.from(hash).toString('hex'), at }
  expect(await chainState(job)).toEqual({ head, pending: 1000, more: true })
  expect((await verify()).head).toBe(head.hash)
})

describe('transactions', () => {
  test('that commit in another order than their ids are both covered', async () => {
    const [slow, quick] = [await pool().connect(), await pool().connect()]
    try {
      await slow.query('BEGIN')
      await slow.query(ENTRY, [2])
      await quick.query(ENTRY, [2])
      expect(await sealAll()).toBe(1)
      expect(await verify()).toMatchObject({ decisions: 2, pending: 0, broken: null })
      await slow.query('COMMIT')
    } finally {
      slow.release()
      quick.release()
    }
    expect(await verify()).toMatchObject({ decisions: 2, pending: 2, broken: null })
    expect(await sealAll()).toBe(1)
    expect(await verify()).toMatchObject({ decisions: 4, pending: 0, broken: null })
    const sealed = await rowsOf('SELECT row_id FROM chain_seal ORDER BY link, place')
    const [first = 0, ...rest] = sealed.map((row: { row_id?: string }) => Number(row.row_id))
    expect(Math.min(...rest)).toBeLessThan(first)
  })

  test('leave nothing to seal after a rollback', async () => {
    const client = await pool().connect()
    await client.query('BEGIN')
    await client.query(ENTRY, [2])
    await client.query('ROLLBACK')
    client.release()
    expect(await sealAll()).toBe(0)
    expect(await verify()).toMatchObject({ pending: 0, broken: null })
  })

  test('are never split: one link covers all rows of a transaction', async () => {
    for (const count of [300, 150, 100, 700, 1]) await pool().query(ENTRY, [count])
    await sealAll()
    const links = await rowsOf('SELECT rows FROM chain_link ORDER BY seq')
    expect(links).toEqual([{ rows: 450 }, { rows: 100 }, { rows: 700 }, { rows: 1 }])
    expect(await verify()).toMatchObject({ decisions: 1251, broken: null })
  })
})

describe('the sealer', () => {
  test('running in parallel append one link each', async () => {
    for (let n = 0; n < 8; n++) await pool().query(ENTRY, [300])
    await twoImports()
    await Promise.all([sealAll(), sealAll(), sealAll(), sealAll()])
    await sealAll()
    const told = await verify()
    const { length } = await entries()
    expect(told).toMatchObject({ decisions: length, runs: 2, pending: 0, broken: null })
    const twice = await rowsOf('SELECT row_id FROM chain_seal GROUP BY kind, row_id HAVING count(*) > 1')
    expect(twice).toEqual([])
  })

  test.each(['INSERT ON chain_seal', 'DELETE ON chain_pending', 'INSERT ON chain_link'])(
    'that breaks off at %s leaves everything to the next',
    async place => {
      await decisions()
      await twoImports()
      await pool().query(`CREATE FUNCTION break_off() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'broken off'; END $$`)
      await pool().query(`CREATE TRIGGER a BEFORE ${place} FOR EACH ROW EXECUTE FUNCTION break_off()`)
      await expect(sealNext(job)).rejects.toThrow('broken off')
      expect(await verify()).toMatchObject({ links: 0, broken: null })
      expect(await rowsOf('SELECT 1 FROM chain_seal')).toEqual([])
      await pool().query('DROP FUNCTION break_off CASCADE')
      expect(await sealAll()).toBe(3)
      expect(await verify()).toMatchObject({ links: 3, runs: 2, pending: 0, broken: null })
    },
  )

  test('reports a row that was deleted before it could be sealed, and continues', async () => {
    await pool().query(ENTRY, [3])
    const [, second] = await entries()
    await past(['DELETE FROM audit_entry WHERE id = $1', [second?.id]])
    expect(await sealAll()).toBe(1)
    expect((await verify()).broken).toMatchObject({
      problem: 'missing',
      row: { kind: 'audit', id: String(second?.id) },
    })
  })
})

test('triggers prevent every change and deletion in the chain', async () => {
  await decisions()
  await sealAll()
  for (const statement of [
    'UPDATE chain_link SET rows = 1',
    'DELETE FROM chain_link',
    'TRUNCATE chain_link',
    'UPDATE chain_seal SET place = 1',
    'DELETE FROM chain_seal',
    'TRUNCATE chain_seal',
  ]) {
    await expect(pool().query(statement)).rejects.toThrow(/append-only/)
  }
})

test('the counts of an ended import cannot change: they are sealed', async () => {
  const { id, resolved } = await twoImports()
  await expect(transaction(client => saveClosed(job, client, id, 1))).rejects.toThrow('ended')
  expect((await importOf(id)).resolved).toBe(resolved)
})

test('a long chain is sealed and verified in pieces', async () => {
  for (let n = 0; n < 40; n++) await pool().query(ENTRY, [200])
  await pool().query(ENTRY, [5000])
  const query = vi.spyOn(pg.Client.prototype, 'query')
  try {
    await sealAll()
    expect(await verify()).toMatchObject({ links: 21, decisions: 13_000, broken: null })
    const results = await Promise.all(query.mock.results.map(result => result.value as Promise<{ rows?: unknown[] }>))
    const sizes = results.map(result => result?.rows?.length ?? 0)
    expect(sizes.filter(size => size === 1000).length).toBeGreaterThanOrEqual(18)
    expect(Math.max(...sizes)).toBe(1000)
  } finally {
    query.mockRestore()
  }
})
