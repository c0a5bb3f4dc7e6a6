import 'server-only'
import { cache } from 'react'
import { pool, replica } from '../db'
import type { Prisma } from '../generated/prisma/client'

/** Once for each page that is rendered; elsewhere for each read, so that a read behind a write sees it. */
const position = cache(async () => (await replica()?.position()) ?? null)

/**
 * Runs one read with bound parameters, on the standby of DATABASE_READ_URL where there is one that has all that was committed. The
 * caller names the row that its columns make.
 */
export async function read<Row extends object>(query: Prisma.Sql): Promise<Row[]> {
  const standby = replica()
  const at = standby && (await position())
  const rows = at && (await standby.query<Row>(at, query.text, query.values))
  return rows || readPrimary(query)
}

/** The same, always on the primary: for what people may do and how they prove who they are. */
export async function readPrimary<Row extends object>(query: Prisma.Sql): Promise<Row[]> {
  const result = await pool().query<Row>({ text: query.text, values: query.values })
  return result.rows
}
