import 'server-only'
import type { JobAccess } from '../../access/proof'
import { findingKey, type RowKey } from '../../domain/identity/keys'
import { Prisma } from '../../generated/prisma/client'
import { runIn, type Tx } from '../../sql/transaction'
import type { FindingKey } from './settled-findings'

const { sql } = Prisma

/** Those of the findings that a person resolved by hand; their sources may still report them. */
export async function closedByHand(
  _job: JobAccess,
  tx: Tx,
  keys: readonly FindingKey[],
): Promise<Set<RowKey<'finding'>>> {
  const rows = await runIn<{ account_id: string; id: string }>(
    tx,
    sql`SELECT f.account_id, f.id
      FROM unnest(${keys.map(key => key.accountId)}::text[], ${keys.map(key => key.id)}::uuid[]) AS k(account_id, id)
      JOIN finding f ON f.account_id = k.account_id AND f.id = k.id
      WHERE f.status = 'resolved' AND f.resolved_reason = 'hand'`,
    'closed-by-hand',
  )
  return new Set(rows.map(row => findingKey(row.account_id, row.id.replaceAll('-', ''))))
}

/** The findings of accounts that a person resolved by hand. */
export async function closedByHandIn(_job: JobAccess, tx: Tx, accounts: readonly string[]): Promise<FindingKey[]> {
  const rows = await runIn<{ account_id: string; id: string }>(
    tx,
    sql`SELECT account_id, id FROM finding
      WHERE account_id = ANY(${accounts}::text[]) AND status = 'resolved' AND resolved_reason = 'hand' ORDER BY account_id, id`,
    'closed-by-hand-in',
  )
  return rows.map(row => ({ accountId: row.account_id, id: row.id.replaceAll('-', '') }))
}
