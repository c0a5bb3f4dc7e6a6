import 'server-only'
import type { Access } from '../../access/proof'
import { type ServiceId, services } from '../../domain/collection/services/services'
import type { SourceView } from '../../domain/feeds/sources'
import { Prisma } from '../../generated/prisma/client'
import { openStatusSql } from '../../sql/findings/open'
import { read } from '../../sql/read'
import { accountInScope } from '../accounts/rows'
import type { readingsOf } from './cells'

const { sql } = Prisma

type ServiceView = Omit<SourceView, 'price' | 'neglected' | 'id'> & { id: ServiceId }

type Stored = Pick<ServiceView, 'id' | 'firstAt' | 'openedAt' | 'openedBy'> & { usedIn: number }

/**
 * The services without findings that a collector tried to read in the open accounts in scope, and who looks at them. `reading`: what the
 * collectors found.
 */
export async function listServices(
  access: Access<'findings:read'>,
  reading: ReturnType<typeof readingsOf>,
): Promise<ServiceView[]> {
  const [rows, found, readings] = await Promise.all([storedServices(access), findingsOf(access), reading])
  const stored = new Map(rows.map(row => [row.id, row]))
  const counts = new Map(found.map(({ id, ...rest }) => [id, rest]))
  return services.flatMap(({ id, controls }) => {
    const row = stored.get(id)
    const known = readings.get(id)
    if (!row || !known) return []
    const accounts = Object.values(known.cells).reduce((sum, n) => sum + n, 0)
    const none = { open: 0, urgent: 0, unread: 0, oldestUnreadAt: null }
    const list = controls.length > 0 ? { control: [...controls] } : null
    return [
      {
        ...row,
        ...known,
        accounts,
        ...none,
        ...counts.get(id),
        kind: 'service' as const,
        list,
        silent: 0,
        lastAt: null,
      },
    ]
  })
}

function storedServices(access: Access): Promise<Stored[]> {
  return read<Stored>(
    sql`WITH wanted AS MATERIALIZED (SELECT a.id FROM account a WHERE ${accountInScope(access)} AND a.closed_at IS NULL
      ), used AS (
        SELECT s.id, count(r.first_at)::int AS accounts, min(r.first_at) AS first_at
        FROM unnest(${services.map(each => each.id)}::text[], ${services.map(each => each.inUse.type)}::text[],
            ${services.map(each => JSON.stringify(each.inUse.data))}::jsonb[]) AS s(id, type, data)
          CROSS JOIN wanted w CROSS JOIN LATERAL (
            SELECT min(first_seen_at) AS first_at FROM asset WHERE type = s.type AND account_id = w.id AND data @> s.data) AS r
        GROUP BY 1
      ), opened AS (
        SELECT DISTINCT ON (o.source) o.source AS id, o.opened_at, coalesce(nullif(m.name, ''), m.email::text, '') AS name
        FROM source_opening o LEFT JOIN member m ON m.id = o.member_id
        WHERE o.source = ANY(${services.map(each => each.id)}::text[]) ORDER BY o.source, o.opened_at DESC
      )
      SELECT s.id, u.first_at AS "firstAt", coalesce(u.accounts, 0) AS "usedIn", o.opened_at AS "openedAt",
        coalesce(o.name, '') AS "openedBy"
      FROM unnest(${services.map(each => each.id)}::text[]) AS s(id) LEFT JOIN used u USING (id) LEFT JOIN opened o USING (id)`,
  )
}

/** The open findings of the checks of each service. */
function findingsOf(
  access: Access,
): Promise<({ id: ServiceId } & Pick<ServiceView, 'open' | 'urgent' | 'unread' | 'oldestUnreadAt'>)[]> {
  const pairs = services.flatMap(({ id, controls }) => controls.map(control => ({ id, control })))
  // Control by control, from their index: together they look like a large share of all findings.
  return read(
    sql`SELECT s.id, sum(f.open)::int AS open, sum(f.urgent)::int AS urgent, sum(f.unread)::int AS unread, min(f.oldest) AS "oldestUnreadAt"
      FROM unnest(${pairs.map(each => each.id)}::text[], ${pairs.map(each => each.control)}::text[]) AS s(id, control)
      CROSS JOIN LATERAL (
        SELECT count(*) AS open, count(*) FILTER (WHERE severity >= 4) AS urgent, count(*) FILTER (WHERE status = 'new') AS unread,
          min(first_observed_at) FILTER (WHERE status = 'new') AS oldest
        FROM finding WHERE control = s.control AND status IN (${openStatusSql}) AND account_id = ANY(ARRAY(
          SELECT a.id FROM account a WHERE a.closed_at IS NULL AND ${accountInScope(access)}))) AS f
      GROUP BY s.id HAVING sum(f.open) > 0`,
  )
}
