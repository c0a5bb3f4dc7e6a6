import 'server-only'
import { z } from 'zod'
import type { Access } from '../../access/proof'
import { AccountId } from '../../domain/accounts/account-id'
import type { StandardRow } from '../../domain/standard/rows'
import { type StandardState, standardStates } from '../../domain/standard/state'
import { addAccounts, noTotals, type StandardSummary } from '../../domain/standard/summary'
import type { CheckResult, CheckResults } from '../../domain/standard/views'
import { Prisma } from '../../generated/prisma/client'
import { read } from '../../sql/read'
import { accountInScope } from '../accounts/rows'
import { decodeCursor, encodeCursor, PlaceInt, PlaceText } from '../cursor'
import { type CheckedAccount, checkedAccounts, checkedColumns, contextOf } from './checked-accounts'

const { sql } = Prisma

const Place = z.tuple([PlaceInt, PlaceText, AccountId])
type Place = z.infer<typeof Place>

/** Accounts whose results are read at once. */
const BATCH = 100

/**
 * The open accounts in scope with the state of one check: the most urgent state first, then by name. The totals are of
 * all of them, whatever states are listed. Throws `conflict` for a cursor of another list.
 */
export async function listCheckResults(
  access: Access<'findings:read'>,
  row: StandardRow,
  { states, cursor, limit }: { states: readonly StandardState[]; cursor: string | null; limit: number },
): Promise<CheckResults> {
  const after = cursor === null ? null : decodeCursor(cursor, Place)
  const [context, accounts] = await Promise.all([
    contextOf(access, [row]),
    read<CheckedAccount>(
      sql`SELECT ${checkedColumns} FROM account a WHERE ${accountInScope(access)} AND a.closed_at IS NULL`,
    ),
  ])
  const summary: StandardSummary = { accounts: 0, checks: new Map() }
  const found: { place: Place; result: CheckResult }[] = []
  for (let start = 0; start < accounts.length; start += BATCH) {
    const batch = accounts.slice(start, start + BATCH)
    const checked = await checkedAccounts(batch, context)
    addAccounts(summary, checked)
    for (const [at, { cells, ...account }] of checked.entries()) {
      const cell = cells[0]
      if (!cell || (states.length > 0 && !states.includes(cell.state))) continue
      const place: Place = [standardStates.indexOf(cell.state), batch[at]?.place ?? '', account.account]
      found.push({ place, result: { ...account, cell } })
    }
  }
  const listed = found.filter(({ place }) => after === null || compare(place, after) > 0)
  const shown = listed.toSorted((a, b) => compare(a.place, b.place)).slice(0, limit)
  return {
    rows: shown.map(({ result }) => result),
    next: listed.length > limit ? encodeCursor(shown.at(-1)?.place) : null,
    total: found.length,
    totals: summary.checks.get(row.id) ?? noTotals(),
  }
}

function compare(a: Place, b: Place): number {
  if (a[0] !== b[0]) return a[0] - b[0]
  if (a[1] !== b[1]) return a[1] < b[1] ? -1 : 1
  return a[2] < b[2] ? -1 : a[2] > b[2] ? 1 : 0
}
