import 'server-only'
import { z } from 'zod'
import type { Access } from '../../access/proof'
import { AccountId } from '../../domain/accounts/account-id'
import type { Page } from '../../domain/views'
import { type EntranceFilter, EntranceId } from '../../domain/waf/filter'
import type { EntranceRow } from '../../domain/waf/views'
import { Prisma } from '../../generated/prisma/client'
import { read } from '../../sql/read'
import { accountInScope } from '../accounts/rows'
import { decodeCursor, encodeCursor, PlaceInt, PlaceText } from '../cursor'
import { entranceColumns, entrancesFrom, matchesEntrance, rungPlace } from './rows'

const { sql } = Prisma

const Place = z.tuple([PlaceInt, PlaceText, AccountId, EntranceId])

interface StoredEntrance extends EntranceRow {
  place: number
  lower: string
}

/**
 * One page of the entrances of open accounts in scope, the worst rung first, then by name. Throws `conflict` for a
 * cursor of another list.
 */
export async function listEntrances(
  access: Access<'findings:read'>,
  filter: EntranceFilter,
  { cursor, limit }: { cursor: string | null; limit: number },
): Promise<Page<EntranceRow>> {
  const matches = sql`${accountInScope(access)} AND ${matchesEntrance(filter)}`
  const [rung, name, account, id] = cursor === null ? [] : decodeCursor(cursor, Place)
  const after =
    rung === undefined
      ? sql`TRUE`
      : sql`(${rungPlace}, lower(e.name) COLLATE "C", e.account_id, e.id) > (${rung}::int, ${name} COLLATE "C", ${account}, ${id}::uuid)`
  const [rows, [counted]] = await Promise.all([
    read<StoredEntrance>(
      sql`SELECT ${entranceColumns}, ${rungPlace} AS place, lower(e.name) AS lower ${entrancesFrom} WHERE ${matches} AND ${after}
        ORDER BY ${rungPlace}, lower(e.name) COLLATE "C", e.account_id, e.id LIMIT ${limit + 1}`,
    ),
    read<{ total: number }>(sql`SELECT count(*)::int AS total ${entrancesFrom} WHERE ${matches}`),
  ])
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return {
    rows: shown.map(({ place: _, lower: __, ...row }) => row),
    next: rows.length > limit && last ? encodeCursor([last.place, last.lower, last.account.id, last.id]) : null,
    total: counted?.total ?? 0,
    exact: true,
  }
}
