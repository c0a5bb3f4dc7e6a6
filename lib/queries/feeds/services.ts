import 'server-only'
import type { Access } from '../../access/proof'
import type { CellState } from '../../domain/collection/lines'
import { type ServiceId, services } from '../../domain/collection/services/services'
import type { SourceView } from '../../domain/feeds/sources'
import { Prisma } from '../../generated/prisma/client'
import { openStatusSql } from '../../sql/findings/open'
import { read } from '../../sql/read'
import { accountInScope } from '../accounts/rows'

const { sql } = Prisma

type ServiceView = Omit<SourceView, 'price' | 'neglected' | 'id'> & { id: ServiceId }

interface Stored extends Pick<ServiceView, 'id' | 'readAt' | 'firstAt' | 'usedIn' | 'openedAt' | 'openedBy'> {
  accounts: number
  cells: Partial<Record<CellState, number>>
}

/** The services without findings that a collector tried to read in the open accounts in scope, and who looks at them. */
export async function listServices(access: Access<'findings:read'>): Promise<ServiceView[]> {
  const [rows, found] = await Promise.all([storedServices(access), findingsOf(access)])
  const stored = new Map(rows.map(row => [row.id, row]))
  const counts = new Map(found.map(({ id, ...rest }) => [id, rest]))
  return services.flatMap(({ id, controls }) => {
    const row = stored.get(id)
    if (!row) return []
    const none = { open: 0, urgent: 0, unread: 0, oldestUnreadAt: null }
    const list = controls.length > 0 ? { control: [...controls] } : null
    return [{ ...row, ...none, ...counts.get(id), kind: 'service' as const, list, silent: 0, lastAt: null }]
  })
}

function storedServices(access: Access): Promise<Stored[]> {
  const collectors = services.flatMap(({ id, collectors }) => collectors.map(collector => ({ id, collector })))
  return read<Stored>(
    sql`WITH wanted AS MATERIALIZED (SELECT a.id FROM account a WHERE ${accountInScope(access)} AND a.closed_at IS NULL
      ), cell AS (
        SELECT s.id, c.account_id, CASE WHEN bool_or(c.state = 'ok') THEN 'ok' ELSE min(c.state) END AS state,
          max(c.read_at) FILTER (WHERE c.state = 'ok') AS read_at
        FROM unnest(${collectors.map(each => each.id)}::text[], ${collectors.map(each => each.collector)}::text[]) AS s(id, collector)
        JOIN coverage c ON c.collector = s.collector AND c.account_id = ANY(ARRAY(SELECT id FROM wanted)) GROUP BY 1, 2
      ), cells AS (
        SELECT id, sum(n)::int AS accounts, json_object_agg(state, n) AS cells, max(read_at) AS read_at
        FROM (SELECT id, state, count(*)::int AS n, max(read_at) AS read_at FROM cell GROUP BY 1, 2) AS s GROUP BY 1
      ), used AS (
        SELECT s.id, count(DISTINCT r.account_id)::int AS accounts, min(r.first_seen_at) AS first_at
        FROM unnest(${services.map(each => each.id)}::text[], ${services.map(each => each.inUse.type)}::text[],
            ${services.map(each => JSON.stringify(each.inUse.data))}::jsonb[]) AS s(id, type, data)
        JOIN asset r ON r.type = s.type AND r.account_id = ANY(ARRAY(SELECT id FROM wanted)) AND r.data @> s.data GROUP BY 1
      ), opened AS (
        SELECT DISTINCT ON (o.source) o.source AS id, o.opened_at, coalesce(nullif(m.name, ''), m.email::text, '') AS name
        FROM source_opening o LEFT JOIN member m ON m.id = o.member_id
        WHERE o.source = ANY(${services.map(each => each.id)}::text[]) ORDER BY o.source, o.opened_at DESC
      )
      SELECT c.id, c.accounts, c.cells, c.read_at AS "readAt", u.first_at AS "firstAt", coalesce(u.accounts, 0) AS "usedIn",
        o.opened_at AS "openedAt", coalesce(o.name, '') AS "openedBy"
      FROM cells c LEFT JOIN used u USING (id) LEFT JOIN opened o USING (id)`,
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
