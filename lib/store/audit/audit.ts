import 'server-only'
import type { PoolClient } from 'pg'
import type { Access } from '../../access/proof'
import { now } from '../../clock'
import type { AccountId } from '../../domain/accounts/account-id'
import { isNoticeAction } from '../../domain/people/notices'
import type { Prisma } from '../../generated/prisma/client'

export interface AuditRecord {
  /** What was done, as noun.verb: member.invite, token.revoke, account.update. Named in messages under audit.actions. */
  action: string
  /** What it was done to, as kind:id or an address: member:<uuid>, account:123456789012. */
  target: string
  accountId?: AccountId
  /** Facts for the reader, never a secret. */
  detail?: Prisma.InputJsonObject
}

/** Writes one line of the audit log. Call it in the transaction of the change, so that neither is kept without the other. */
export async function recordAudit(tx: Prisma.TransactionClient, access: Access, record: AuditRecord): Promise<void> {
  const { actor, ip } = access
  await tx.auditEntry.create({
    data: {
      at: now(),
      actorKind: actor.kind,
      actorId: actor.id,
      actorName: actor.name,
      ip,
      action: record.action,
      target: record.target,
      accountId: record.accountId ?? null,
      detail: detailOf(access, record),
    },
  })
}

/** The same in a transaction of a plain client, where bulk work and a person's decision go together. */
export async function recordAuditWith(client: PoolClient, access: Access, record: AuditRecord): Promise<void> {
  const { actor, ip } = access
  await client.query(
    `INSERT INTO audit_entry (at, actor_kind, actor_id, actor_name, ip, action, target, account_id, detail)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      now(),
      actor.kind,
      actor.id,
      actor.name,
      ip,
      record.action,
      record.target,
      record.accountId ?? null,
      JSON.stringify(detailOf(access, record)),
    ],
  )
}

/** Notices are hidden from the session that caused them, and from no other: those entries name it. */
function detailOf({ session }: Access, { action, detail = {} }: AuditRecord): Prisma.InputJsonObject {
  return session !== undefined && isNoticeAction(action) ? { session, ...detail } : detail
}
