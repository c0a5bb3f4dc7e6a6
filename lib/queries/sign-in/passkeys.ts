import 'server-only'
import type { Access } from '../../access/proof'
import type { PasskeyRow } from '../../domain/sign-in/passkey'
import { Prisma } from '../../generated/prisma/client'
import { readPrimary } from '../../sql/read'

/** The reader's own passkeys, the newest first. */
export async function listOwnPasskeys({ actor }: Access): Promise<PasskeyRow[]> {
  if (actor.kind !== 'member') return []
  return readPrimary<PasskeyRow>(Prisma.sql`
    SELECT id, name, created_at AS "createdAt", last_used_at AS "lastUsedAt", backed_up AS "isSynced"
    FROM passkey WHERE member_id = ${actor.id}::uuid ORDER BY created_at DESC, id LIMIT 100`)
}

export async function hasPasskeys({ actor }: Access): Promise<boolean> {
  if (actor.kind !== 'member') return false
  const [row] = await readPrimary<{ has: boolean }>(
    Prisma.sql`SELECT EXISTS (SELECT FROM passkey WHERE member_id = ${actor.id}::uuid) AS has`,
  )
  return row?.has ?? false
}
