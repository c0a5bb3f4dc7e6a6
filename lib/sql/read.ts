import 'server-only'
import { cache } from 'react'
import { pool, replica } from '../db'
import type { Prisma } from '../generated/prisma/client'

/** Once for each page that is rendered; elsewhere for each read, so that a read after a write sees it. */
const position = cache(async () => (await replica()?.position()) ?? null)

/**
 * Runs one read with bound parameters, on the standby of DATABASE_READ_URL if that has replayed everything committed so far. `Row` is
 * the shape of the columns.
 */
export async function read<Row extends object>(query: Prisma.Sql): Promise<Row[]> {
  const standby = replica()
  const at = standby && (await position())
  const rows = at && (await standby.query<Row>(at, query.text, query.values))
  return rows || readPrimary(query)
}

/** The same, always on the primary: for permissions and authentication. */
export async function readPrimary<Row extends object>(query: Prisma.Sql): Promise<Row[]> {
  const result = await pool().query<Row>({ text: query.text, values: query.values })
  return result.rows
}
