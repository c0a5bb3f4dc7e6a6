import 'server-only'
import type { Access } from '../../access/proof'
import { now } from '../../clock'
import type { AccountId } from '../../domain/accounts/account-id'
import { isNoticeAction } from '../../domain/people/notices'
import { Prisma } from '../../generated/prisma/client'
import { runIn, type Tx } from '../../sql/transaction'

const { sql } = Prisma

export interface AuditRecord {
  /**
   * What was done, as noun.verb: member.invite, token.revoke, account.update. Named in messages under audit.actions.
   */
  action: string
  /** What it was done to, as kind:id or an address: member:<uuid>, account:123456789012. */
  target: string
  accountId?: AccountId
  /** Facts for the reader, never a secret. */
  detail?: Prisma.InputJsonObject
}

/**
 * Writes one line of the audit log. Call it in the transaction of the change, so that neither is kept without the
 * other.
 */
export async function recordAudit(tx: Tx, access: Access, record: AuditRecord): Promise<void> {
  const { actor, ip } = access
  const { action, target, accountId = null } = record
  await runIn(
    tx,
    sql`INSERT INTO audit_entry (at, actor_kind, actor_id, actor_name, ip, action, target, account_id, detail)
      VALUES (${now()}, ${actor.kind}, ${actor.id}, ${actor.name}, ${ip}, ${action}, ${target}, ${accountId},
        ${JSON.stringify(detailOf(access, record))}::jsonb)`,
  )
}

/** Notices are hidden from the session that caused them, and from no other: those entries name it. */
function detailOf({ session }: Access, { action, detail = {} }: AuditRecord): Prisma.InputJsonObject {
  return session !== undefined && isNoticeAction(action) ? { session, ...detail } : detail
}
