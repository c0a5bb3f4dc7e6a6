import 'server-only'
import type { PoolClient } from 'pg'
import type { Access, JobAccess } from '../../access/proof'
import { now } from '../../clock'
import { prisma } from '../../db'
import type {
  Covering,
  EndReason,
  ExceptionCondition,
  ExceptionKind,
  ExceptionMatch,
} from '../../domain/exceptions/exception'
import { findingKey } from '../../domain/identity/keys'
import type { Prisma } from '../../generated/prisma/client'

interface StoredExceptionRow {
  id: number
  kind: ExceptionKind
  account_id: string | null
  finding: string | null
  match: ExceptionMatch | null
  condition: ExceptionCondition
  expires_at: Date
  covers_up_to: number
}

/**
 * Approved exceptions, oldest first: every rule, and those of one finding in the given accounts, null for all. Inside a transaction it
 * needs that transaction as `tx`.
 */
export async function approvedExceptions(
  _access: Access,
  tx: Prisma.TransactionClient = prisma(),
  accountIds: readonly string[] | null = null,
): Promise<Covering[]> {
  const rows = await tx.$queryRaw<StoredExceptionRow[]>`
    SELECT id, kind, account_id, replace(finding_id::text, '-', '') AS finding, match, condition, expires_at, covers_up_to
    FROM exception WHERE state = 'approved' AND (${accountIds}::text[] IS NULL OR account_id IS NULL OR account_id = ANY(${accountIds}::text[]))
    ORDER BY id`
  return rows.map(({ account_id: account, finding, expires_at: expiresAt, covers_up_to: coversUpTo, ...row }) => ({
    ...row,
    finding: account === null || finding === null ? null : findingKey(account, finding),
    expiresAt,
    coversUpTo,
  }))
}

/** Ends exceptions that are for one finding, which is gone or no longer meets them. Those of rules go on for other findings. */
export async function endWithFinding(
  access: JobAccess,
  client: PoolClient,
  ended: readonly { id: number; reason: EndReason }[],
): Promise<void> {
  if (ended.length === 0) return
  await client.query(
    `UPDATE exception x SET state = 'ended', ended_at = $3, ended_reason = e.reason, ended_name = $4
     FROM unnest($1::int[], $2::text[]) AS e(id, reason)
     WHERE x.id = e.id AND x.state = 'approved' AND x.finding_id IS NOT NULL`,
    [ended.map(each => each.id), ended.map(each => each.reason), now(), access.actor.name],
  )
}
