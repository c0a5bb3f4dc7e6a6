import 'server-only'
import { paidServices } from '../../domain/collection/paid-services/paid-services'
import { writersOf } from '../../domain/collection/resources/written-types'
import { Prisma } from '../../generated/prisma/client'
import { openStatusSql } from '../findings/open'

const { sql } = Prisma

/**
 * SQL: the services in use in the accounts whose ids the query `accounts` gives, as `id, accounts, home, first_at`: in
 * how many, the first of them, and since when. A resource that shows the use by its data may have been there before:
 * its last change counts.
 */
export function paidServicesInUse(accounts: Prisma.Sql): Prisma.Sql {
  // Account by account, from the index of an account's resources of a type.
  return sql`SELECT s.id, count(r.first_at)::int AS accounts, min(w.id) FILTER (WHERE r.first_at IS NOT NULL) AS home,
      min(r.first_at) AS first_at
    FROM unnest(${paidServices.map(({ id }) => id)}::text[], ${paidServices.map(({ inUse }) => inUse.type)}::text[],
        ${paidServices.map(({ inUse }) => JSON.stringify(inUse.data))}::jsonb[],
        ${paidServices.map(({ inUse }) => JSON.stringify(writersOf(inUse.type)))}::jsonb[]) AS s(id, type, data, writers)
      CROSS JOIN (${accounts}) AS w(id)
      CROSS JOIN LATERAL (
        SELECT min(CASE WHEN s.data = '{}' THEN first_seen_at ELSE changed_at END) AS first_at
        FROM asset WHERE type = s.type AND account_id = w.id AND s.writers @> to_jsonb(collector) AND (s.data = '{}' OR data @> s.data)) AS r
    GROUP BY 1 HAVING count(r.first_at) > 0`
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
