import 'server-only'
import { type Access, accountFilter } from '../../access/proof'
import { now } from '../../clock'
import { prisma } from '../../db'
import type { KeyMark, MarkKey } from '../../domain/access-keys/filter'
import { NotFoundError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { executeIn, runIn } from '../../sql/transaction'
import { recordAudit } from '../audit/audit'
import { requestChecks } from '../checks/requests'

const { sql } = Prisma

/**
 * Decides whether a pipeline uses an access key, or leaves it to the rules again. It holds for the key whatever later
 * reports say. Throws NotFoundError outside the member's accounts.
 */
export async function markKey(access: Access<'findings:triage'>, { account, key, mark }: MarkKey): Promise<void> {
  const scope = accountFilter(access)
  const by = access.actor.kind === 'member' ? access.actor.id : null
  await prisma().$transaction(async tx => {
    const [found] = await runIn<{ mark: KeyMark | null }>(
      tx,
      sql`SELECT mark FROM access_key WHERE account_id = ${account} AND id = ${key}
        AND (${scope === null} OR account_id = ANY(${scope ?? []}::text[])) FOR UPDATE`,
    )
    if (!found) throw new NotFoundError()
    if (found.mark === mark) return
    await executeIn(
      tx,
      sql`UPDATE access_key SET mark = ${mark}, marked_at = ${mark === null ? null : now()}, marked_by = ${mark === null ? null : by}::uuid
        WHERE account_id = ${account} AND id = ${key}`,
    )
    const detail = { from: found.mark, to: mark }
    await requestChecks(tx, [account])
    await recordAudit(tx, access, {
      action: 'access-key.mark',
      target: `access-key:${key}`,
      accountId: account,
      detail,
    })
  })
}
