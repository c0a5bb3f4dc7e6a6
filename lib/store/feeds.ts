import 'server-only'
import type { PoolClient } from 'pg'
import type { Access } from '../access/proof'
import { silentAfter, withReport } from '../domain/cadence'
import type { SourceId } from '../domain/outcome'

export interface FeedKey {
  accountId: string
  source: SourceId
  product: string
}

/** When each of the given feeds was last heard completely; feeds never heard are missing. */
export async function knownFeeds(
  _access: Access<'imports:write'>,
  client: PoolClient,
  keys: readonly FeedKey[],
): Promise<(FeedKey & { lastCompleteAt: Date | null })[]> {
  const { rows } = await client.query<FeedKey & { lastCompleteAt: Date | null }>(
    `SELECT f.account_id AS "accountId", f.source, f.product, f.last_complete_at AS "lastCompleteAt"
     FROM unnest($1::text[], $2::text[], $3::text[]) AS k(account_id, source, product)
     JOIN feed f ON f.account_id = k.account_id AND f.source = k.source AND f.product = k.product`,
    [keys.map(key => key.accountId), keys.map(key => key.source), keys.map(key => key.product)],
  )
  return rows
}

/** The feeds of one source in an account. */
export async function feedsOf(
  _access: Access<'imports:write'>,
  client: PoolClient,
  accountId: string,
  source: SourceId,
): Promise<FeedKey[]> {
  const { rows } = await client.query<FeedKey>(
    'SELECT account_id AS "accountId", source, product FROM feed WHERE account_id = $1 AND source = $2 ORDER BY product',
    [accountId, source],
  )
  return rows
}

/** Notes that feeds were heard, and learns how often they are. Older reports never move the times back. */
export async function heardFeeds(
  _access: Access<'imports:write'>,
  client: PoolClient,
  run: { importId: number; observedAt: Date },
  feeds: readonly (FeedKey & { complete: boolean })[],
): Promise<void> {
  const keys = [feeds.map(feed => feed.accountId), feeds.map(feed => feed.source), feeds.map(feed => feed.product)]
  const { rows } = await client.query<FeedKey & { heardAt: Date[] | null; last: Date }>(
    `SELECT f.account_id AS "accountId", f.source, f.product, f.heard_at AS "heardAt", f.last_at AS last
     FROM unnest($1::text[], $2::text[], $3::text[]) AS k(account_id, source, product)
     JOIN feed f ON f.account_id = k.account_id AND f.source = k.source AND f.product = k.product
     ORDER BY 1, 2, 3 FOR UPDATE OF f`,
    keys,
  )
  const heard = new Map(
    rows.map(({ accountId, source, product, heardAt, last }) => [
      `${accountId}/${source}/${product}`,
      { began: heardAt ?? [last], last },
    ]),
  )
  const learned = feeds.map(feed =>
    withReport(heard.get(`${feed.accountId}/${feed.source}/${feed.product}`) ?? null, run.observedAt),
  )
  await client.query(
    `INSERT INTO feed AS f (account_id, source, product, first_at, last_at, last_complete_at, last_import_id, heard_at, silent_after)
     SELECT k.account_id, k.source, k.product, $5, $5, CASE WHEN k.complete THEN $5::timestamptz END, $6,
       ARRAY(SELECT jsonb_array_elements_text(k.heard)::timestamptz), k.silent
     FROM unnest($1::text[], $2::text[], $3::text[], $4::boolean[], $7::jsonb[], $8::timestamptz[]) AS k(account_id, source, product, complete, heard, silent)
     ORDER BY 1, 2, 3
     ON CONFLICT (account_id, source, product) DO UPDATE SET
       first_at = least(f.first_at, excluded.first_at),
       last_import_id = CASE WHEN excluded.last_at >= f.last_at THEN excluded.last_import_id ELSE f.last_import_id END,
       last_at = greatest(f.last_at, excluded.last_at),
       last_complete_at = greatest(f.last_complete_at, excluded.last_complete_at),
       heard_at = excluded.heard_at, silent_after = excluded.silent_after`,
    [
      ...keys,
      feeds.map(feed => feed.complete),
      run.observedAt,
      run.importId,
      learned.map(({ began }) => JSON.stringify(began)),
      learned.map(silentAfter),
    ],
  )
}
