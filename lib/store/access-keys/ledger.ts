import 'server-only'
import type { JobAccess } from '../../access/proof'
import type { StoredResource } from '../../domain/access-keys/iam-resources'
import { LEDGER_COLLECTOR, type LedgerKey, ledgerTypes } from '../../domain/access-keys/ledger'
import { Prisma } from '../../generated/prisma/client'
import { executeIn, runIn, type Tx } from '../../sql/transaction'
import type { ReportStamp } from '../collection/assets'

const { sql } = Prisma

/** The resources of an account that its ledger of access keys is made from. */
export function keyResources(
  _job: JobAccess,
  tx: Tx,
  accountId: string,
): Promise<(StoredResource & { type: string })[]> {
  return runIn(
    tx,
    sql`SELECT type, arn, name, data FROM asset WHERE type = ANY(${[...ledgerTypes]}::text[]) AND account_id = ${accountId}
        AND collector = ${LEDGER_COLLECTOR} ORDER BY arn`,
  )
}

/**
 * Writes all access keys that a report shows. Keys that it lacks were deleted. A key counts as active from the first
 * report that shows it so: what was before is not known. What people decided about a key stays.
 */
export async function saveKeys(
  _job: JobAccess,
  tx: Tx,
  { importId, observedAt }: ReportStamp,
  accountId: string,
  keys: readonly LedgerKey[],
): Promise<void> {
  await endKeys(tx, accountId, keys, observedAt)
  if (keys.length === 0) return
  const column = <T>(of: (key: LedgerKey) => T) => keys.map(of)
  await executeIn(
    tx,
    sql`INSERT INTO access_key AS k (account_id, id, user_arn, user_name, user_tags, active, created_at, last_used_at, last_used_service,
        last_used_region, score, judged, system, rules, first_seen_at, started_at, import_id)
      SELECT DISTINCT ON (n.id) ${accountId}, n.id, n.user_arn, n.user_name, n.user_tags::jsonb, n.active, n.created_at::timestamptz,
        n.last_used_at::timestamptz, n.last_used_service, n.last_used_region, n.score, n.judged, n.system, n.rules::jsonb,
        ${observedAt}::timestamptz, CASE WHEN n.active THEN ${observedAt}::timestamptz END, ${importId}::int
      FROM unnest(${column(k => k.id)}::text[], ${column(k => k.userArn)}::text[], ${column(k => k.userName)}::text[],
        ${column(k => JSON.stringify(k.tags))}::text[], ${column(k => k.active)}::boolean[],
        ${column(k => k.createdAt?.toISOString() ?? null)}::text[], ${column(k => k.lastUsed?.at.toISOString() ?? null)}::text[],
        ${column(k => k.lastUsed?.service ?? null)}::text[], ${column(k => k.lastUsed?.region ?? null)}::text[],
        ${column(k => k.score)}::int[], ${column(k => k.use)}::text[], ${column(k => k.system)}::text[],
        ${column(k => JSON.stringify(k.rules))}::text[])
        AS n(id, user_arn, user_name, user_tags, active, created_at, last_used_at, last_used_service, last_used_region, score, judged,
          system, rules)
      ORDER BY n.id
      ON CONFLICT (account_id, id) DO UPDATE SET user_arn = excluded.user_arn, user_name = excluded.user_name,
        user_tags = excluded.user_tags, active = excluded.active, created_at = excluded.created_at, last_used_at = excluded.last_used_at,
        last_used_service = excluded.last_used_service, last_used_region = excluded.last_used_region, score = excluded.score,
        judged = excluded.judged, system = excluded.system, rules = excluded.rules, import_id = excluded.import_id, gone_at = NULL,
        started_at = CASE WHEN excluded.active AND NOT k.active THEN excluded.started_at ELSE k.started_at END,
        ended_at = CASE WHEN excluded.active THEN NULL WHEN k.active THEN ${observedAt}::timestamptz ELSE k.ended_at END
      WHERE (k.user_arn, k.user_name, k.user_tags, k.active, k.created_at, k.last_used_at, k.last_used_service, k.last_used_region, k.score,
          k.judged, k.system, k.rules, k.gone_at)
        IS DISTINCT FROM (excluded.user_arn, excluded.user_name, excluded.user_tags, excluded.active, excluded.created_at,
          excluded.last_used_at, excluded.last_used_service, excluded.last_used_region, excluded.score, excluded.judged, excluded.system,
          excluded.rules, NULL)`,
    'save-access-keys',
  )
}

/** Ends keys that are not in the report, and keeps the time of those that are active again. */
async function endKeys(tx: Tx, accountId: string, keys: readonly LedgerKey[], observedAt: Date): Promise<void> {
  const active = keys.flatMap(key => (key.active ? [key.id] : []))
  await executeIn(
    tx,
    sql`INSERT INTO access_key_period (account_id, key_id, started_at, ended_at)
      SELECT account_id, id, started_at, ended_at FROM access_key
      WHERE account_id = ${accountId} AND id = ANY(${active}::text[]) AND started_at IS NOT NULL AND ended_at IS NOT NULL
      ON CONFLICT (account_id, key_id, ended_at) DO NOTHING`,
  )
  await executeIn(
    tx,
    sql`UPDATE access_key SET active = FALSE, gone_at = ${observedAt}, ended_at = coalesce(ended_at,
        CASE WHEN active THEN ${observedAt}::timestamptz END)
      WHERE account_id = ${accountId} AND gone_at IS NULL AND id <> ALL(${keys.map(({ id }) => id)}::text[])`,
  )
}
