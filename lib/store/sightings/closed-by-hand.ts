import 'server-only'
import type { JobAccess } from '../../access/proof'
import { findingKey, type RowKey } from '../../domain/identity/keys'
import { Prisma } from '../../generated/prisma/client'
import { runIn, type Tx } from '../../sql/transaction'
import type { FindingKey } from './settled-findings'

const { sql } = Prisma

/** Those of the findings that a person resolved, and whether by a verdict; their sources may still report them. */
export async function closedByHand(
  _job: JobAccess,
  tx: Tx,
  keys: readonly FindingKey[],
): Promise<Map<RowKey<'finding'>, { byVerdict: boolean }>> {
  const rows = await runIn<{ account_id: string; id: string; by_verdict: boolean }>(
    tx,
    sql`SELECT f.account_id, f.id, f.resolved_reason = 'verdict' AS by_verdict
      FROM unnest(${keys.map(key => key.accountId)}::text[], ${keys.map(key => key.id)}::uuid[]) AS k(account_id, id)
      JOIN finding f ON f.account_id = k.account_id AND f.id = k.id
      WHERE f.status = 'resolved' AND f.resolved_reason IN ('hand', 'verdict')`,
    'closed-by-hand',
  )
  return new Map(
    rows.map(row => [findingKey(row.account_id, row.id.replaceAll('-', '')), { byVerdict: row.by_verdict }]),
  )
}

/** A finding that a person resolved. */
export interface ClosedByHand extends FindingKey {
  byVerdict: boolean
}

/** The findings of accounts that a person resolved, by hand or by a verdict. */
export async function closedByHandIn(_job: JobAccess, tx: Tx, accounts: readonly string[]): Promise<ClosedByHand[]> {
  const rows = await runIn<{ account_id: string; id: string; by_verdict: boolean }>(
    tx,
    // Each half has an index of its own.
    sql`SELECT account_id, id, FALSE AS by_verdict FROM finding
      WHERE account_id = ANY(${accounts}::text[]) AND status = 'resolved' AND resolved_reason = 'hand'
      UNION ALL SELECT account_id, id, TRUE FROM finding
      WHERE account_id = ANY(${accounts}::text[]) AND status = 'resolved' AND resolved_reason = 'verdict' ORDER BY account_id, id`,
    'closed-by-hand-in',
  )
  return rows.map(row => ({
    accountId: row.account_id,
    id: row.id.replaceAll('-', ''),
    byVerdict: row.by_verdict,
  }))
}
