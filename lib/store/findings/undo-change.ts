import 'server-only'
import { randomUUID } from 'node:crypto'
import { type Access, holds } from '../../access/proof'
import { now } from '../../clock'
import { prisma } from '../../db'
import type { AccountId } from '../../domain/accounts/account-id'
import { type UndoChange, type UndoResult, undoableFields } from '../../domain/findings/change-set'
import { AppError, ForbiddenError, NotFoundError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { recountResponses } from '../../sql/findings/deadline'
import { inScope } from '../../sql/findings/where'
import { runIn, type Tx } from '../../sql/transaction'
import { lockAccounts } from '../accounts/lock'
import { recordAudit } from '../audit/audit'
import { queuePolicies } from '../policies/queue'
import { holdTeams } from '../teams/rows'
import { type ChangeGroup, toDetail, toValues } from './change-lines'
import { datesNeedingException } from './reasons'
import { restoreField } from './restore-field'

const { sql } = Prisma

/**
 * Restores the former values of a change, field by field, if nobody changed the field since and the actor could set the
 * value today. Needs the actor's own change, or `findings:triage-any`. Throws NotFoundError if no finding is in scope,
 * `conflict` for comments.
 */
export async function undoChange(access: Access<'findings:triage'>, { changeset }: UndoChange): Promise<UndoResult> {
  const id = randomUUID()
  return prisma().$transaction(
    async tx => {
      const own = await requireUndoable(tx, access, changeset)
      await holdTeams(tx)
      // Members are locked before accounts, as in an assignment.
      await lockFormerOwners(tx, changeset)
      const accounts = await accountsOf(tx, access, changeset)
      await lockAccounts(tx, accounts)
      const keptDates = await datesNeedingException(tx, changeset, accounts)
      const groups: ChangeGroup[] = []
      for (const field of undoableFields)
        groups.push(...(await restoreField(tx, access, { undoes: changeset, id, accounts, field, own, keptDates })))
      await recountResponses(tx, id, now())
      const { touched, restored } = await countRestored(tx, { undoes: changeset, id, accounts })
      if (restored === 0) return { changeset: null, restored, left: touched }
      // Policies and routing rules may have changed while the values were set by hand.
      await queuePolicies(tx, access, ['due-policy', 'routing'], accounts)
      const [account] = accounts
      await recordAudit(tx, access, {
        action: 'finding.undo',
        target: `changeset:${changeset}`,
        ...(accounts.length === 1 && account ? { accountId: account } : {}),
        detail: { ...toDetail({ changeset: id, changed: restored, ...toValues(groups) }), left: touched - restored },
      })
      return { changeset: id, restored, left: touched - restored }
    },
    { timeout: 300_000 },
  )
}

/** Whether the actor made the change. Throws if the actor may not undo it. */
async function requireUndoable(tx: Tx, access: Access, changeset: string): Promise<boolean> {
  const [row] = await runIn<{ own: boolean; fields: boolean }>(
    tx,
    sql`SELECT bool_and(e.actor_kind = ${access.actor.kind} AND e.actor_id = ${access.actor.id}) AS own,
      bool_or(e.kind = ANY(${[...undoableFields]}::text[])) AS fields
    FROM finding_event e JOIN finding f ON f.account_id = e.account_id AND f.id = e.finding_id
    WHERE e.change_id = ${changeset}::uuid AND ${inScope(access)} HAVING count(*) > 0`,
  )
  if (!row) throw new NotFoundError()
  if (!row.own && !holds(access, 'findings:triage-any')) throw new ForbiddenError('undoOthers')
  if (!row.fields) throw new AppError('conflict', { reason: 'commentStays' })
  return row.own
}

async function lockFormerOwners(tx: Tx, changeset: string): Promise<void> {
  await runIn(
    tx,
    sql`SELECT m.id FROM member m WHERE m.id IN (
      SELECT (e.before ->> 'id')::uuid FROM finding_event e WHERE e.change_id = ${changeset}::uuid AND e.kind = 'owner')
    ORDER BY m.id FOR SHARE`,
  )
}

async function accountsOf(tx: Tx, access: Access, changeset: string): Promise<AccountId[]> {
  const rows = await runIn<{ account_id: AccountId }>(
    tx,
    sql`SELECT DISTINCT f.account_id FROM finding_event f
      WHERE f.change_id = ${changeset}::uuid AND ${inScope(access)} ORDER BY 1`,
  )
  return rows.map(row => row.account_id)
}

async function countRestored(
  tx: Tx,
  { undoes, id, accounts }: { undoes: string; id: string; accounts: readonly AccountId[] },
): Promise<{ touched: number; restored: number }> {
  const [row] = await runIn<{ touched: number; restored: number }>(
    tx,
    sql`SELECT (${countOf(undoes, accounts)}) AS touched, (${countOf(id, accounts)}) AS restored`,
  )
  return row ?? { touched: 0, restored: 0 }
}

function countOf(change: string, accounts: readonly AccountId[]): Prisma.Sql {
  return sql`SELECT count(DISTINCT (e.account_id, e.finding_id))::int FROM finding_event e
    WHERE e.change_id = ${change}::uuid AND e.kind = ANY(${[...undoableFields]}::text[])
      AND e.account_id = ANY(${[...accounts]}::text[])`
}
