import 'server-only'
import type { Access } from '../../access/proof'
import { now } from '../../clock'
import { usualInterval } from '../../domain/feeds/cadence'
import type { SourceFeed } from '../../domain/feeds/sources'
import type { SourceId } from '../../domain/imports/outcome'
import { Prisma } from '../../generated/prisma/client'
import { read } from '../../sql/read'
import { accountInScope } from '../accounts/rows'

const { sql } = Prisma

/** So many are shown; the silent ones come first. */
const SHOWN = 200

/** The feeds of a source from the open accounts in scope: the silent ones first, then by account. */
export async function feedsOfSource(
  access: Access<'findings:read'>,
  source: SourceId,
): Promise<{ rows: SourceFeed[]; total: number }> {
  const from = sql`FROM feed d JOIN account a ON a.id = d.account_id
    WHERE d.source = ${source} AND ${accountInScope(access)} AND a.closed_at IS NULL`
  const [found, [counted]] = await Promise.all([
    read<Omit<SourceFeed, 'silent' | 'usualMs'> & { heardAt: Date[] }>(
      sql`SELECT d.account_id AS "accountId", a.name AS "accountName", d.product, d.first_at AS "firstAt", d.last_at AS "lastAt",
          d.last_complete_at AS "lastCompleteAt", d.last_import_id AS "lastImportId", d.silent_after AS "silentAfter",
          coalesce(d.heard_at, '{}') AS "heardAt"
        ${from} ORDER BY d.silent_after > ${now()}::timestamptz, lower(a.name), d.account_id, d.product LIMIT ${SHOWN}`,
    ),
    read<{ n: number }>(sql`SELECT count(*)::int AS n ${from}`),
  ])
  const rows = found.map(({ heardAt, ...row }) => ({
    ...row,
    silent: row.silentAfter <= now(),
    usualMs: usualInterval(heardAt),
  }))
  return { rows, total: counted?.n ?? 0 }
}
