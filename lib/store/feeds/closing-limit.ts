import 'server-only'
import { type Access, type JobAccess, requireAllAccounts } from '../../access/proof'
import { pool, prisma } from '../../db'
import { ClosingLimit, defaultClosingLimit } from '../../domain/feeds/closing'
import { recordAudit } from '../audit/audit'

const KEY = 'closing-limit'

/** How many closings at once an import may make without a lead's confirmation. */
export async function closingLimit(_job: JobAccess | Access<'imports:read'>): Promise<ClosingLimit> {
  const { rows } = await pool().query<{ value: unknown }>('SELECT value FROM setting WHERE key = $1', [KEY])
  return rows[0] ? ClosingLimit.parse(rows[0].value) : defaultClosingLimit
}

/** Sets the limit. It holds for imports that start afterwards. Throws ForbiddenError for who may not see every account. */
export async function saveClosingLimit(access: Access<'imports:confirm'>, limit: ClosingLimit): Promise<void> {
  requireAllAccounts(access)
  await prisma().$transaction(async tx => {
    await tx.setting.upsert({ where: { key: KEY }, create: { key: KEY, value: limit }, update: { value: limit } })
    await recordAudit(tx, access, { action: 'setting.closing-limit', target: `setting:${KEY}`, detail: { ...limit } })
  })
}
