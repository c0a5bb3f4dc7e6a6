import 'server-only'
import type { Access } from '../../access/proof'
import { ClosingLimit, defaultClosingLimit } from '../../domain/feeds/closing'
import { Prisma } from '../../generated/prisma/client'
import { read } from '../../sql/read'

/** How many findings a complete report may close at once without a lead's confirmation. */
export async function getClosingLimit(_access: Access<'imports:confirm'>): Promise<ClosingLimit> {
  const [row] = await read<{ value: unknown }>(Prisma.sql`SELECT value FROM setting WHERE key = 'closing-limit'`)
  return row ? ClosingLimit.parse(row.value) : defaultClosingLimit
}
