import 'server-only'
import { type Access, accountFilter, type JobAccess } from '../../access/proof'
import { now } from '../../clock'
import { prisma } from '../../db'
import type { CloseAccount, ReopenAccount } from '../../domain/accounts/filter'
import { NotFoundError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { executeIn, type Tx } from '../../sql/transaction'
import { recordAudit } from '../audit/audit'
import { lockAccounts } from './lock'

const { sql } = Prisma

/**
 * Marks an account as removed from the organization. Its findings keep their state, since nobody knows whether they are
 * fixed; lists and counts leave them out unless the account is named. A closed account keeps its date. Throws
 * NotFoundError outside the actor's accounts.
 */
export async function closeAccount(access: Access<'accounts:manage'>, input: CloseAccount): Promise<void> {
  await change(access, input.id, 'account.close', { closedAt: now(), closedReason: input.reason })
}

/** Restores a closed account. */
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
    await lockAccounts(tx, [id])
    const account = await tx.account.findUnique({ where: { id } })
    if (!account) throw new NotFoundError()
    if ((account.closedAt === null) === (data.closedAt === null)) return
    await tx.account.update({ where: { id }, data: { ...data, updatedAt: now() } })
    const reason = action === 'account.close' ? data.closedReason : account.closedReason
    await recordAudit(tx, access, { action, target: `account:${id}`, accountId: id, detail: { reason } })
  })
}

/** The reasons with which an organization closes accounts: states of AWS, and that they have left. */
export const organizationReasons: readonly string[] = ['SUSPENDED', 'PENDING_CLOSURE', 'CLOSED', 'LEFT']

/**
 * Reopens closed accounts that a newer report names, which somebody sent: services show findings of accounts that are closed. What an
 * organization says of its own accounts stands. The caller holds their locks.
 */
export async function reopenNamed(
  access: JobAccess,
  tx: Tx,
  run: { importId: number; observedAt: Date },
  accountIds: readonly string[],
): Promise<void> {
  const { actor } = access
  const at = now()
  await executeIn(
    tx,
    sql`WITH closed AS (
       SELECT a.id, a.closed_reason FROM account a JOIN import i ON i.id = ${run.importId} AND i.origin NOT IN ('collector', 'events')
       WHERE a.id = ANY(${accountIds}::text[]) AND a.closed_at < ${run.observedAt}
         AND (a.connection_id IS NULL OR NOT a.closed_reason = ANY(${organizationReasons}::text[]))
     ), opened AS (
       UPDATE account a SET closed_at = NULL, closed_reason = '', updated_at = ${at} FROM closed c WHERE a.id = c.id RETURNING a.id
     )
     INSERT INTO audit_entry (at, actor_kind, actor_id, actor_name, action, target, account_id, detail)
     SELECT ${at}::timestamptz, ${actor.kind}, ${actor.id}, ${actor.name}, 'account.reopen', 'account:' || o.id, o.id,
       jsonb_build_object('reason', c.closed_reason, 'import', ${run.importId}::int)
     FROM opened o JOIN closed c ON c.id = o.id ORDER BY o.id`,
  )
}
