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

/** The accounts that one reports for, and whether it does so for all of them or only for what it is the first to have. */
interface Scope {
  accounts: Prisma.Sql
  home: string
  isOrganization: boolean
}

/**
 * The sources and paid services whose neglect the account reports: the account of an organization's connection those of
 * the organization, and of the accounts without such a connection each those of which it is the first.
 */
export async function loadSourceAttention(accountId: string): Promise<SourceAttention[]> {
  const scope = await scopeOf(accountId)
  if (!scope) return []
  const [sources, services] = await Promise.all([sourcesOf(scope), servicesOf(scope)])
  return [...sources, ...services]
}

/** null: another account reports for this one. */
async function scopeOf(accountId: string): Promise<Scope | null> {
  const [found] = await readPrimary<{ organization: string | null; ids: string[] }>(
    sql`WITH member AS (
        SELECT a.id, h.id AS organization FROM account a
          LEFT JOIN connection c ON c.id = a.connection_id AND c.kind = 'organization'
          LEFT JOIN account h ON h.id = c.account_id AND h.closed_at IS NULL
        WHERE a.closed_at IS NULL
      ), asked AS (
        SELECT coalesce((SELECT organization FROM member WHERE organization = ${accountId} LIMIT 1),
          (SELECT organization FROM member WHERE id = ${accountId})) AS organization
      )
      SELECT organization, array(SELECT m.id FROM member m WHERE m.organization IS NOT DISTINCT FROM a.organization) AS ids
      FROM asked a`,
  )
  const { organization = null, ids = [] } = found ?? {}
  if (organization !== null && organization !== accountId) return null
  const accounts = sql`SELECT unnest(${ids}::text[]) AS id`
  return { accounts, home: accountId, isOrganization: organization !== null }
}

async function sourcesOf({ accounts, home, isOrganization }: Scope): Promise<SourceAttention[]> {
  const rows = await readPrimary<Omit<SourceAttention, 'kind' | 'isSubscription'> & { source: SourceId }>(
    sql`WITH reported AS (
        SELECT d.source, count(DISTINCT d.account_id)::int AS accounts, min(d.first_at) AS first_at, min(d.account_id) AS home
        FROM feed d JOIN (${accounts}) AS a ON a.id = d.account_id WHERE d.source <> ${OWN_FEED} GROUP BY 1
      ), counted AS (
        SELECT c.source, sum(c.n) FILTER (WHERE c.unread) AS unread, sum(c.n) FILTER (WHERE c.severity >= 4) AS urgent
        FROM source_count c JOIN (${accounts}) AS a ON a.id = c.account_id WHERE c.n > 0 GROUP BY 1
      )
      SELECT r.source, r.accounts, coalesce(c.unread, 0)::int AS unread, coalesce(c.urgent, 0)::int AS urgent,
        r.first_at AS "firstAt", (SELECT max(opened_at) FROM source_opening o WHERE o.source = r.source) AS "openedAt"
      FROM reported r LEFT JOIN counted c USING (source) WHERE ${isOrganization}::boolean OR r.home = ${home} ORDER BY r.source`,
  )
  return rows
    .filter(({ source }) => feedDefinition(source))
    .map(row => ({ ...row, kind: 'source' as const, isSubscription: false }))
}

async function servicesOf({ accounts, home, isOrganization }: Scope): Promise<SourceAttention[]> {
  const used = await readPrimary<Pick<SourceAttention, 'accounts' | 'firstAt' | 'openedAt'> & { id: PaidServiceId }>(
    sql`SELECT u.id, u.accounts, u.first_at AS "firstAt",
        (SELECT max(opened_at) FROM source_opening o WHERE o.source = u.id) AS "openedAt"
      FROM (${paidServicesInUse(accounts)}) AS u WHERE ${isOrganization}::boolean OR u.home = ${home} ORDER BY u.id`,
  )
  if (used.length === 0) return []
  const found = await readPrimary<{ id: string; unread: number; urgent: number }>(
    sql`SELECT f.id, f.unread, f.urgent FROM (${findingsOfPaidServices(accounts)}) AS f`,
  )
  const counts = new Map(found.map(row => [row.id, row]))
  return used.map(({ id, ...row }) => {
    const { unread = 0, urgent = 0 } = counts.get(id) ?? {}
    const isSubscription = paidServiceDefinition(id)?.cost === 'subscription'
    return { source: id, kind: 'service' as const, ...row, unread, urgent, isSubscription }
  })
}
