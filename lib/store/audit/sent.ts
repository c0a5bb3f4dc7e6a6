import 'server-only'
import { z } from 'zod'
import type { JobAccess } from '../../access/proof'
import { pool } from '../../db'
import { Prisma } from '../../generated/prisma/client'
import { readPrimary } from '../../sql/read'
import { executeIn } from '../../sql/transaction'

const { sql } = Prisma

const KEY = 'audit-sent'
const Sent = z.object({ to: z.string(), id: z.string().regex(/^\d{1,18}$/) })

/** The id of the newest audit entry that was sent to a receiver; 0 for another receiver than last time. */
export async function auditSentTo(_access: JobAccess, to: string): Promise<bigint> {
  const rows = await readPrimary<{ value: unknown }>(sql`SELECT value FROM setting WHERE key = ${KEY}`)
  const sent = Sent.safeParse(rows[0]?.value)
  return sent.success && sent.data.to === to ? BigInt(sent.data.id) : 0n
}

export async function noteAuditSent(_access: JobAccess, to: string, id: bigint): Promise<void> {
  await executeIn(
    pool(),
    sql`INSERT INTO setting (key, value) VALUES (${KEY}, ${JSON.stringify({ to, id: String(id) })})
      ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
  )
}
