import { deflateSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { closeDatabase, pool } from '../../lib/db'
import { StoredPayloads } from '../../lib/sql/imports/stored-payloads'

const id = 2_000_000_000
const remove = () => pool().query('DELETE FROM import_chunk WHERE import_id = $1', [id])

/** Two pieces whose positions are in another order as text. */
beforeAll(async () => {
  await remove()
  for (const [start, text] of [
    [90, 'ABCDEFGHIJ'],
    [100, 'KLMNOPQRST'],
  ] as const)
    await pool().query('INSERT INTO import_chunk (import_id, start, length, deflated) VALUES ($1, $2, $3, $4)', [
      id,
      start,
      text.length,
      deflateSync(text),
    ])
})
afterAll(async () => {
  await remove()
  await closeDatabase()
})

test.each<[from: number, length: number, expected: string | null]>([
  [92, 3, 'CDE'],
  [100, 10, 'KLMNOPQRST'],
  [95, 10, 'FGHIJKLMNO'],
  [90, 20, 'ABCDEFGHIJKLMNOPQRST'],
  [105, 10, null],
  [85, 10, null],
])('the bytes from %i, %i of them', async (from, length, expected) => {
  const text = async (payloads: StoredPayloads) => (await payloads.bytes(id, from, length))?.toString() ?? null
  const payloads = new StoredPayloads()
  expect(await text(payloads)).toBe(expected)
  // The second time it comes from the piece that was kept.
  expect(await text(payloads)).toBe(expected)
  const client = await pool().connect()
  try {
    expect(await text(new StoredPayloads(client))).toBe(expected)
  } finally {
    client.release()
  }
})
