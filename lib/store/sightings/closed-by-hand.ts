import 'server-only'
import type { PoolClient } from 'pg'
import type { JobAccess } from '../../access/proof'
import { findingKey, type RowKey } from '../../domain/identity/keys'
import type { FindingKey } from './settled-findings'

/** Those of the findings that a person closed by hand: their sources may still report them. */
export async function closedByHand(
  _job: JobAccess,
  client: PoolClient,
  keys: readonly FindingKey[],
): Promise<Set<RowKey<'finding'>>> {
  const { rows } = await client.query<{ account_id: string; id: string }>({
    name: 'closed-by-hand',
    text: `SELECT f.account_id, f.id FROM unnest($1::text[], $2::uuid[]) AS k(account_id, id)
           JOIN finding f ON f.account_id = k.account_id AND f.id = k.id
           WHERE f.status = 'resolved' AND f.resolved_reason = 'hand'`,
    values: [keys.map(key => key.accountId), keys.map(key => key.id)],
  })
  return new Set(rows.map(row => findingKey(row.account_id, row.id.replaceAll('-', ''))))
}

/** The findings of accounts that a person closed. */
export async function closedByHandIn(
  _job: JobAccess,
  client: PoolClient,
  accounts: readonly string[],
): Promise<FindingKey[]> {
  const { rows } = await client.query<{ account_id: string; id: string }>({
    name: 'closed-by-hand-in',
    text: `SELECT account_id, id FROM finding
           WHERE account_id = ANY($1::text[]) AND status = 'resolved' AND resolved_reason = 'hand' ORDER BY account_id, id`,
    values: [accounts],
  })
  return rows.map(row => ({ accountId: row.account_id, id: row.id.replaceAll('-', '') }))
}
