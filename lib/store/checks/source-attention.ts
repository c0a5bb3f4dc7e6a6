import 'server-only'
import type { SourceAttention } from '../../domain/checks/neglect/attention'
import { OWN_FEED } from '../../domain/collection/collectors'
import { type PaidServiceId, paidServiceDefinition } from '../../domain/collection/paid-services/paid-services'
import { feedDefinition } from '../../domain/feeds/feed-definitions'
import type { SourceId } from '../../domain/imports/outcome'
import { Prisma } from '../../generated/prisma/client'
import { findingsOfPaidServices, paidServicesInUse } from '../../sql/feeds/paid-services'
import { readPrimary } from '../../sql/read'

const { sql } = Prisma

const openAccounts = sql`SELECT id FROM account WHERE closed_at IS NULL`

/**
 * The sources and paid services whose neglect the account reports: the account of an organization's connection those of
 * all accounts, without such a connection each account those of which it is the first.
 */
export async function loadSourceAttention(accountId: string): Promise<SourceAttention[]> {
  const [home] = await readPrimary<{ id: string }>(
    sql`SELECT c.account_id AS id FROM connection c JOIN account a ON a.id = c.account_id AND a.closed_at IS NULL
      WHERE c.kind = 'organization' ORDER BY c.created_at, c.id LIMIT 1`,
  )
  if (home && home.id !== accountId) return []
  const isHome = home !== undefined
  const [sources, services] = await Promise.all([sourcesOf(accountId, isHome), servicesOf(accountId, isHome)])
  return [...sources, ...services]
}

async function sourcesOf(accountId: string, isHome: boolean): Promise<SourceAttention[]> {
  const rows = await readPrimary<Omit<SourceAttention, 'kind' | 'isSubscription'> & { source: SourceId }>(
    sql`WITH reported AS (
        SELECT d.source, count(DISTINCT d.account_id)::int AS accounts, min(d.first_at) AS first_at, min(d.account_id) AS home
        FROM feed d JOIN account a ON a.id = d.account_id AND a.closed_at IS NULL WHERE d.source <> ${OWN_FEED} GROUP BY 1
      ), counted AS (
        SELECT c.source, sum(c.n) FILTER (WHERE c.unread) AS unread, sum(c.n) FILTER (WHERE c.severity >= 4) AS urgent
        FROM source_count c JOIN account a ON a.id = c.account_id AND a.closed_at IS NULL WHERE c.n > 0 GROUP BY 1
      )
      SELECT r.source, r.accounts, coalesce(c.unread, 0)::int AS unread, coalesce(c.urgent, 0)::int AS urgent,
        r.first_at AS "firstAt", (SELECT max(opened_at) FROM source_opening o WHERE o.source = r.source) AS "openedAt"
      FROM reported r LEFT JOIN counted c USING (source) WHERE ${isHome}::boolean OR r.home = ${accountId} ORDER BY r.source`,
  )
  return rows
    .filter(({ source }) => feedDefinition(source))
    .map(row => ({ ...row, kind: 'source' as const, isSubscription: false }))
}

async function servicesOf(accountId: string, isHome: boolean): Promise<SourceAttention[]> {
  const used = await readPrimary<Pick<SourceAttention, 'accounts' | 'firstAt' | 'openedAt'> & { id: PaidServiceId }>(
    sql`SELECT u.id, u.accounts, u.first_at AS "firstAt",
        (SELECT max(opened_at) FROM source_opening o WHERE o.source = u.id) AS "openedAt"
      FROM (${paidServicesInUse(openAccounts)}) AS u WHERE ${isHome}::boolean OR u.home = ${accountId} ORDER BY u.id`,
  )
  if (used.length === 0) return []
  const found = await readPrimary<{ id: string; unread: number; urgent: number }>(
    sql`SELECT f.id, f.unread, f.urgent FROM (${findingsOfPaidServices(openAccounts)}) AS f`,
  )
  const counts = new Map(found.map(row => [row.id, row]))
  return used.map(({ id, ...row }) => {
    const { unread = 0, urgent = 0 } = counts.get(id) ?? {}
    const isSubscription = paidServiceDefinition(id)?.cost === 'subscription'
    return { source: id, kind: 'service' as const, ...row, unread, urgent, isSubscription }
  })
}
