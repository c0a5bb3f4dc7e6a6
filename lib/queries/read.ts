import 'server-only'
import { pool } from '../db'
import type { Prisma } from '../generated/prisma/client'

/** Runs one read with bound parameters. The caller names the row that its columns make. */
export async function read<Row extends object>(query: Prisma.Sql): Promise<Row[]> {
  const result = await pool().query<Row>({ text: query.text, values: query.values })
  return result.rows
}
