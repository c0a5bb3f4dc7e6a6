import 'server-only'
import type { Access, JobAccess } from '../../access/proof'
import { now } from '../../clock'
import { pool } from '../../db'
import { renamedControl } from '../../domain/controls/table'
import type {
  Covering,
  EndReason,
  ExceptionCondition,
  ExceptionKind,
  ExceptionMatch,
} from '../../domain/exceptions/exception'
import { findingKey } from '../../domain/identity/keys'
import { Prisma } from '../../generated/prisma/client'
import { executeIn, type Runner, runIn, type Tx } from '../../sql/transaction'

const { sql } = Prisma

interface StoredExceptionRow {
  id: number
  account_id: string | null
  kind: ExceptionKind
  finding: string | null
  match: ExceptionMatch | null
  condition: ExceptionCondition
  expires_at: Date
  covers_up_to: number
}

/**
 * Approved exceptions, oldest first: every rule, and the exceptions of single findings in the given accounts (null for
 * all). A caller in a transaction passes it.
 */
export async function approvedExceptions(
  _access: Access,
  runner: Runner = pool(),
  accountIds: readonly string[] | null = null,
): Promise<Covering[]> {
  const rows = await runIn<StoredExceptionRow>(
    runner,
    sql`SELECT id, kind, account_id, replace(finding_id::text, '-', '') AS finding, match, condition, expires_at, covers_up_to
    FROM exception
    WHERE state = 'approved' AND (${accountIds}::text[] IS NULL OR account_id IS NULL OR account_id = ANY(${accountIds}::text[]))
    ORDER BY id`,
  )
  return rows.map(({ account_id: account, finding, expires_at: expiresAt, covers_up_to: coversUpTo, ...row }) => ({
    ...row,
    renamed: renamedControl(row.match?.control ?? null),
    finding: account === null || finding === null ? null : findingKey(account, finding),
    expiresAt,
    coversUpTo,
  }))
}

/**
 * Ends exceptions of one finding that is gone or no longer meets their condition. Rules stay, since they cover other
 * findings.
 */
export async function endWithFinding(
  access: JobAccess,
  tx: Tx,
  ended: readonly { id: number; reason: EndReason }[],
): Promise<void> {
  if (ended.length === 0) return
  await executeIn(
    tx,
    sql`UPDATE exception x SET state = 'ended', ended_at = ${now()}, ended_reason = e.reason, ended_name = ${access.actor.name}
     FROM unnest(${ended.map(each => each.id)}::int[], ${ended.map(each => each.reason)}::text[]) AS e(id, reason)
     WHERE x.id = e.id AND x.state = 'approved' AND x.finding_id IS NOT NULL`,
  )
}
