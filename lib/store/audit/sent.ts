import 'server-only'
import { z } from 'zod'
import type { JobAccess } from '../../access/proof'
import { pool } from '../../db'

const KEY = 'audit-sent'
const Sent = z.object({ to: z.string(), id: z.string().regex(/^\d{1,18}$/) })

/** Up to which entry a receiver has the audit log; another receiver than before begins with the first. */
export async function auditSentTo(_access: JobAccess, to: string): Promise<bigint> {
  const { rows } = await pool().query<{ value: unknown }>('SELECT value FROM setting WHERE key = $1', [KEY])
  const sent = Sent.safeParse(rows[0]?.value)
  return sent.success && sent.data.to === to ? BigInt(sent.data.id) : 0n
}

export async function noteAuditSent(_access: JobAccess, to: string, id: bigint): Promise<void> {
  await pool().query(
    'INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    [KEY, JSON.stringify({ to, id: String(id) })],
  )
}
