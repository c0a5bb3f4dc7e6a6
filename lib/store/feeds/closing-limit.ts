import 'server-only'
import { type Access, type JobAccess, requireAllAccounts } from '../../access/proof'
import { prisma } from '../../db'
import { ClosingLimit, defaultClosingLimit } from '../../domain/feeds/closing'
import { Prisma } from '../../generated/prisma/client'
import { readPrimary } from '../../sql/read'
import { recordAudit } from '../audit/audit'

const { sql } = Prisma

const KEY = 'closing-limit'

/** How many findings one import may close without a lead's confirmation. */
export async function closingLimit(_job: JobAccess | Access<'imports:read'>): Promise<ClosingLimit> {
  const rows = await readPrimary<{ value: unknown }>(sql`SELECT value FROM setting WHERE key = ${KEY}`)
  return rows[0] ? ClosingLimit.parse(rows[0].value) : defaultClosingLimit
}

/** Sets the limit for imports that start later. Throws ForbiddenError for an actor who does not see every account. */
export async function saveClosingLimit(access: Access<'imports:confirm'>, limit: ClosingLimit): Promise<void> {
  requireAllAccounts(access)
  await prisma().$transaction(async tx => {
    await tx.setting.upsert({ where: { key: KEY }, create: { key: KEY, value: limit }, update: { value: limit } })
    await recordAudit(tx, access, { action: 'setting.closing-limit', target: `setting:${KEY}`, detail: { ...limit } })
  })
}
