import 'server-only'
import type { JobAccess } from '../../access/proof'
import { pool } from '../../db'
import { Prisma } from '../../generated/prisma/client'
import { readPrimary } from '../../sql/read'
import { runIn } from '../../sql/transaction'

const { sql } = Prisma

/** The open accounts that a connection reads. */
export async function openAccountsOf(_job: JobAccess, connectionId: string): Promise<string[]> {
  const rows = await readPrimary<{ id: string }>(
    sql`SELECT id FROM account WHERE connection_id = ${connectionId}::uuid AND closed_at IS NULL ORDER BY id`,
  )
  return rows.map(({ id }) => id)
}

/** Those of these accounts that are open and that any connection reads. */
export async function connectedAmong(_job: JobAccess, accounts: readonly string[]): Promise<string[]> {
  const rows = await runIn<{ id: string }>(
    pool(),
    sql`SELECT id FROM account WHERE id = ANY(${accounts}::text[]) AND connection_id IS NOT NULL AND closed_at IS NULL ORDER BY id`,
  )
  return rows.map(({ id }) => id)
}

/** The connection that speaks for an account; null where none does. */
export async function connectionOfAccount(_job: JobAccess, account: string): Promise<string | null> {
  const [found] = await runIn<{ id: string }>(
    pool(),
    sql`SELECT id::text AS id FROM connection WHERE account_id = ${account}
      UNION ALL SELECT connection_id::text FROM account WHERE id = ${account} AND connection_id IS NOT NULL LIMIT 1`,
  )
  return found?.id ?? null
}
