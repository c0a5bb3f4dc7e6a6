import 'server-only'
import type { Access } from '../../access/proof'
import type { CellState } from '../../domain/collection/lines'
import { type PaidServiceId, paidServices } from '../../domain/collection/paid-services/paid-services'
import type { SourceView } from '../../domain/feeds/sources'
import { Prisma } from '../../generated/prisma/client'
import { findingsOfPaidServices, paidServicesInUse } from '../../sql/feeds/paid-services'
import { read } from '../../sql/read'
import { accountInScope } from '../accounts/rows'

const { sql } = Prisma

type ServiceView = Omit<SourceView, 'price' | 'neglected' | 'id'> & { id: PaidServiceId }

interface Stored extends Pick<ServiceView, 'id' | 'readAt' | 'firstAt' | 'usedIn' | 'openedAt' | 'openedBy'> {
  accounts: number
  cells: Partial<Record<CellState, number>>
}

/** The paid services that a collector tried to read in the open accounts in scope, and who looks at them. */
export async function listPaidServices(access: Access<'findings:read'>): Promise<ServiceView[]> {
  const [rows, found] = await Promise.all([storedServices(access), findingsOf(access)])
  const stored = new Map(rows.map(row => [row.id, row]))
  const counts = new Map(found.map(({ id, ...rest }) => [id, rest]))
  return paidServices.flatMap(({ id, controls }) => {
    const row = stored.get(id)
    if (!row) return []
    const none = { open: 0, urgent: 0, unread: 0, oldestUnreadAt: null }
    const list = controls.length > 0 ? { control: [...controls] } : null
    return [{ ...row, ...none, ...counts.get(id), kind: 'service' as const, list, silent: 0, lastAt: null }]
  })
}

function storedServices(access: Access): Promise<Stored[]> {
  const collectors = paidServices.flatMap(({ id, collectors }) => collectors.map(collector => ({ id, collector })))
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
        ${paidServicesInUse(sql`SELECT id FROM wanted`)}
      ), opened AS (
        SELECT DISTINCT ON (o.source) o.source AS id, o.opened_at, coalesce(nullif(m.name, ''), m.email::text, '') AS name
        FROM source_opening o LEFT JOIN member m ON m.id = o.member_id
        WHERE o.source = ANY(${paidServices.map(each => each.id)}::text[]) ORDER BY o.source, o.opened_at DESC
      )
      SELECT c.id, c.accounts, c.cells, c.read_at AS "readAt", u.first_at AS "firstAt", coalesce(u.accounts, 0) AS "usedIn",
        o.opened_at AS "openedAt", coalesce(o.name, '') AS "openedBy"
      FROM cells c LEFT JOIN used u USING (id) LEFT JOIN opened o USING (id)`,
  )
}

function findingsOf(
  access: Access,
): Promise<({ id: PaidServiceId } & Pick<ServiceView, 'open' | 'urgent' | 'unread' | 'oldestUnreadAt'>)[]> {
  const accounts = sql`SELECT a.id FROM account a WHERE a.closed_at IS NULL AND ${accountInScope(access)}`
  return read(
    sql`SELECT f.id, f.open, f.urgent, f.unread, f.oldest AS "oldestUnreadAt" FROM (${findingsOfPaidServices(accounts)}) AS f`,
  )
}
