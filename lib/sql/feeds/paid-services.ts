import 'server-only'
import { paidServices } from '../../domain/collection/paid-services/paid-services'
import { Prisma } from '../../generated/prisma/client'
import { openStatusSql } from '../findings/open'

const { sql } = Prisma

/**
 * SQL: the services in use in the accounts whose ids the query `accounts` gives, as `id, accounts, home, first_at`: in
 * how many, the first of them, and since when. A resource that shows the use by its data may have been there before:
 * its last change counts.
 */
export function paidServicesInUse(accounts: Prisma.Sql): Prisma.Sql {
  return sql`SELECT s.id, count(DISTINCT r.account_id)::int AS accounts, min(r.account_id) AS home,
      min(CASE WHEN s.data = '{}' THEN r.first_seen_at ELSE r.changed_at END) AS first_at
    FROM unnest(${paidServices.map(({ id }) => id)}::text[], ${paidServices.map(({ inUse }) => inUse.type)}::text[],
        ${paidServices.map(({ inUse }) => JSON.stringify(inUse.data))}::jsonb[]) AS s(id, type, data)
    JOIN asset r ON r.type = s.type AND r.account_id = ANY(ARRAY(${accounts})) AND r.data @> s.data GROUP BY 1`
}

/**
 * SQL: the open findings about services in these accounts, as `id, open, urgent, unread, oldest`. Services without any
 * are left out.
 */
export function findingsOfPaidServices(accounts: Prisma.Sql): Prisma.Sql {
  const pairs = paidServices.flatMap(({ id, controls }) => controls.map(control => ({ id, control })))
  // Control by control, from their index: together they look like a large share of all findings.
  return sql`SELECT s.id, sum(f.open)::int AS open, sum(f.urgent)::int AS urgent, sum(f.unread)::int AS unread, min(f.oldest) AS oldest
    FROM unnest(${pairs.map(({ id }) => id)}::text[], ${pairs.map(({ control }) => control)}::text[]) AS s(id, control)
    CROSS JOIN LATERAL (
      SELECT count(*) AS open, count(*) FILTER (WHERE severity >= 4) AS urgent, count(*) FILTER (WHERE status = 'new') AS unread,
        min(first_observed_at) FILTER (WHERE status = 'new') AS oldest
      FROM finding WHERE control = s.control AND status IN (${openStatusSql}) AND account_id = ANY(ARRAY(${accounts}))) AS f
    GROUP BY s.id HAVING sum(f.open) > 0`
}
