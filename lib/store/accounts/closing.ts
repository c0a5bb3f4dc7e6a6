import 'server-only'
import type { PoolClient } from 'pg'
import { type Access, accountFilter, type JobAccess } from '../../access/proof'
import { now } from '../../clock'
import { prisma } from '../../db'
import type { CloseAccount, ReopenAccount } from '../../domain/accounts/filter'
import { NotFoundError } from '../../errors'
import type { Prisma } from '../../generated/prisma/client'
import { recordAudit } from '../audit/audit'
import { lockAccountsSql } from './lock'

/**
 * Notes that an account has left the organisation. Its findings keep their state, since nobody knows that they are fixed; they are left
 * out of lists and counts that name no account. A closed account keeps the date of its closing. Throws NotFoundError outside
 * the actor's accounts.
 */
export async function closeAccount(access: Access<'accounts:manage'>, input: CloseAccount): Promise<void> {
  await change(access, input.id, 'account.close', { closedAt: now(), closedReason: input.reason })
}

/** Takes a closing back. */
export async function reopenAccount(access: Access<'accounts:manage'>, input: ReopenAccount): Promise<void> {
  await change(access, input.id, 'account.reopen', { closedAt: null, closedReason: '' })
}

async function change(
  access: Access<'accounts:manage'>,
  id: string,
  action: 'account.close' | 'account.reopen',
  data: Pick<Prisma.AccountUpdateInput, 'closedAt' | 'closedReason'> & { closedReason: string },
): Promise<void> {
  const scope = accountFilter(access)
  if (scope !== null && !scope.includes(id)) throw new NotFoundError()
  await prisma().$transaction(async tx => {
    await tx.$queryRawUnsafe(lockAccountsSql, [id])
    const account = await tx.account.findUnique({ where: { id } })
    if (!account) throw new NotFoundError()
    if ((account.closedAt === null) === (data.closedAt === null)) return
    await tx.account.update({ where: { id }, data: { ...data, updatedAt: now() } })
    const reason = action === 'account.close' ? data.closedReason : account.closedReason
    await recordAudit(tx, access, { action, target: `account:${id}`, accountId: id, detail: { reason } })
  })
}

/** Opens closed accounts again that a report, made since, has named. The caller holds their lock. */
export async function reopenNamed(
  access: JobAccess,
  client: PoolClient,
  run: { importId: number; observedAt: Date },
  accountIds: readonly string[],
): Promise<void> {
  const { actor } = access
  await client.query(
    `WITH closed AS (
       SELECT id, closed_reason FROM account WHERE id = ANY($1::text[]) AND closed_at < $2
     ), opened AS (
       UPDATE account a SET closed_at = NULL, closed_reason = '', updated_at = $3 FROM closed c WHERE a.id = c.id RETURNING a.id
     )
     INSERT INTO audit_entry (at, actor_kind, actor_id, actor_name, action, target, account_id, detail)
     SELECT $3, $4, $5, $6, 'account.reopen', 'account:' || o.id, o.id, jsonb_build_object('reason', c.closed_reason, 'import', $7::int)
     FROM opened o JOIN closed c ON c.id = o.id ORDER BY o.id`,
    [accountIds, run.observedAt, now(), actor.kind, actor.id, actor.name, run.importId],
  )
}
