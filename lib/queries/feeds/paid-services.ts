import 'server-only'
import type { Access } from '../../access/proof'
import { type PaidServiceId, paidServices } from '../../domain/collection/paid-services/paid-services'
import type { SourceView } from '../../domain/feeds/sources'
import { Prisma } from '../../generated/prisma/client'
import { findingsOfPaidServices, paidServicesInUse } from '../../sql/feeds/paid-services'
import { read } from '../../sql/read'
import { accountInScope } from '../accounts/rows'
import type { readingsOf } from './cells'

const { sql } = Prisma

type ServiceView = Omit<SourceView, 'price' | 'neglected' | 'id'> & { id: PaidServiceId }

type Stored = Pick<ServiceView, 'id' | 'firstAt' | 'openedAt' | 'openedBy'> & { usedIn: number }

/**
 * The paid services that a collector tried to read in the open accounts in scope, and who looks at them. `reading`: what
 * the collectors found.
 */
export async function listPaidServices(
  access: Access<'findings:read'>,
  reading: ReturnType<typeof readingsOf>,
): Promise<ServiceView[]> {
  const [rows, found, readings] = await Promise.all([storedServices(access), findingsOf(access), reading])
  const stored = new Map(rows.map(row => [row.id, row]))
  const counts = new Map(found.map(({ id, ...rest }) => [id, rest]))
  return paidServices.flatMap(({ id, controls }) => {
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
  const ids = paidServices.map(({ id }) => id)
  return read<Stored>(
    sql`WITH wanted AS MATERIALIZED (SELECT a.id FROM account a WHERE ${accountInScope(access)} AND a.closed_at IS NULL
      ), used AS (
        ${paidServicesInUse(sql`SELECT id FROM wanted`)}
      ), opened AS (
        SELECT DISTINCT ON (o.source) o.source AS id, o.opened_at, coalesce(nullif(m.name, ''), m.email::text, '') AS name
        FROM source_opening o LEFT JOIN member m ON m.id = o.member_id
        WHERE o.source = ANY(${ids}::text[]) ORDER BY o.source, o.opened_at DESC
      )
      SELECT s.id, u.first_at AS "firstAt", coalesce(u.accounts, 0) AS "usedIn", o.opened_at AS "openedAt",
        coalesce(o.name, '') AS "openedBy"
      FROM unnest(${ids}::text[]) AS s(id) LEFT JOIN used u USING (id) LEFT JOIN opened o USING (id)`,
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
