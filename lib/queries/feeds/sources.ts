import 'server-only'
import { type Access, accountFilter } from '../../access/proof'
import { now } from '../../clock'
import { collectors } from '../../domain/collection/collectors'
import { paidServiceDefinition } from '../../domain/collection/paid-services/paid-services'
import { feedDefinition } from '../../domain/feeds/feed-definitions'
import { defaultSourceSettings, isNeglected, SourceSettings, type SourceView } from '../../domain/feeds/sources'
import type { SourceId } from '../../domain/imports/outcome'
import { Prisma } from '../../generated/prisma/client'
import { openStatusSql } from '../../sql/findings/open'
import { read } from '../../sql/read'
import { accountInScope } from '../accounts/rows'
import { type Readings, readingsOf } from './cells'
import { listPaidServices } from './paid-services'

const { sql } = Prisma

/** Up to so many unread findings are sorted; of more, the oldest come first in an index. */
const FEW = 20_000

const COLLECTED = collectors.flatMap(({ feed }) => feed ?? [])

/** After how many days without a visit a source counts as neglected, and what sources cost. */
export async function getSourceSettings(_access: Access<'findings:read'>): Promise<SourceSettings> {
  const [row] = await read<{ value: unknown }>(sql`SELECT value FROM setting WHERE key = 'sources'`)
  return row ? SourceSettings.parse(row.value) : defaultSourceSettings
}

type Stored = Omit<
  SourceView,
  keyof Readings | 'price' | 'neglected' | 'oldestUnreadAt' | 'kind' | 'list' | 'usedIn' | 'id'
> & { id: SourceId }

/**
 * Every source that reported from the open accounts in scope, or that a collector tried to read there; then the paid services that it
 * tried to read.
 */
export async function listSources(access: Access<'findings:read'>): Promise<SourceView[]> {
  const at = now()
  const reading = readingsOf(access)
  const [settings, readings, rows, services] = await Promise.all([
    getSourceSettings(access),
    reading,
    storedSources(access, at).then(stored => withOldest(access, stored)),
    listPaidServices(access, reading),
  ])
  const sources = rows
    // Those of another version have no name.
    .filter(({ id, isReported }) => feedDefinition(id) && (isReported || readings.has(id)))
    .map(({ isReported: _, ...row }): SourceView => {
      const { cells, readAt } = readings.get(row.id) ?? { cells: {}, readAt: null }
      const price = settings.prices[row.id] ?? ''
      const list = { source: [row.id] }
      const view = { ...row, kind: 'source' as const, list, usedIn: null, cells, readAt, price }
      return { ...view, neglected: isNeglected({ ...row, isSubscription: false }, at, settings) }
    })
  return [
    ...sources,
    ...services.map(service => {
      const price = settings.prices[service.id] ?? ''
      const isSubscription = paidServiceDefinition(service.id)?.cost === 'subscription'
      const inUse = service.usedIn !== null && service.usedIn > 0
      return { ...service, price, neglected: inUse && isNeglected({ ...service, isSubscription }, at, settings) }
    }),
  ]
}

/** All sources that a collector can read, and those that reported something. */
function storedSources(access: Access, at: Date): Promise<(Stored & { isReported: boolean })[]> {
  return read(
    sql`WITH wanted AS MATERIALIZED (SELECT a.id FROM account a WHERE ${accountInScope(access)} AND a.closed_at IS NULL
      ), reported AS (
        SELECT source, count(*)::int AS accounts, (count(*) FILTER (WHERE silent))::int AS silent, min(first_at) AS first_at,
          max(last_at) AS last_at
        FROM (SELECT account_id, source, bool_and(silent_after < ${at}::timestamptz) AS silent, min(first_at) AS first_at,
            max(last_at) AS last_at
          FROM feed WHERE account_id = ANY(ARRAY(SELECT id FROM wanted)) GROUP BY 1, 2) AS d
        GROUP BY 1
      ), counted AS (
        SELECT source, sum(n)::int AS open, (sum(n) FILTER (WHERE severity >= 4))::int AS urgent,
          (sum(n) FILTER (WHERE unread))::int AS unread
        FROM source_count WHERE account_id = ANY(ARRAY(SELECT id FROM wanted)) AND n > 0 GROUP BY 1
      ), opened AS (
        SELECT DISTINCT ON (o.source) o.source, o.opened_at, coalesce(nullif(m.name, ''), m.email::text, '') AS name
        FROM source_opening o LEFT JOIN member m ON m.id = o.member_id ORDER BY o.source, o.opened_at DESC
      )
      SELECT k.source AS id, r.source IS NOT NULL OR c.source IS NOT NULL AS "isReported", coalesce(r.accounts, 0) AS accounts,
        coalesce(r.silent, 0) AS silent, r.first_at AS "firstAt", r.last_at AS "lastAt", coalesce(c.open, 0) AS open,
        coalesce(c.urgent, 0) AS urgent, coalesce(c.unread, 0) AS unread, o.opened_at AS "openedAt", coalesce(o.name, '') AS "openedBy"
      FROM (SELECT source FROM reported UNION SELECT source FROM counted UNION SELECT unnest(${COLLECTED}::text[])) AS k
        LEFT JOIN reported r USING (source) LEFT JOIN counted c USING (source) LEFT JOIN opened o USING (source)
      ORDER BY coalesce(c.unread, 0) DESC, k.source`,
  )
}

function withOldest<R extends Pick<Stored, 'id' | 'unread'>>(access: Access, rows: readonly R[]) {
  return Promise.all(
    rows.map(async row => ({ ...row, oldestUnreadAt: row.unread > 0 ? await oldestUnread(access, row) : null })),
  )
}

/** Since when the oldest unread finding of a source exists. */
async function oldestUnread(access: Access, { id, unread }: Pick<Stored, 'id' | 'unread'>): Promise<Date | null> {
  const scope = accountFilter(access)
  const matches = sql`f.status IN (${openStatusSql}) AND f.status = 'new' AND f.sources && ${[id]}::text[]
    AND f.account_id NOT IN (SELECT id FROM account WHERE closed_at IS NOT NULL)
    AND (${scope === null} OR f.account_id = ANY(${scope ?? []}::text[]))`
  const [row] = await read<{ at: Date | null }>(
    unread <= FEW || scope !== null
      ? sql`WITH few AS MATERIALIZED (SELECT first_observed_at AS at FROM finding f WHERE ${matches}) SELECT min(at) AS at FROM few`
      : sql`SELECT f.first_observed_at AS at FROM finding f WHERE ${matches} ORDER BY f.first_observed_at, f.sequence LIMIT 1`,
  )
  return row?.at ?? null
}
