import 'server-only'
import { z } from 'zod'
import type { Access } from '../../access/proof'
import type { AccountId } from '../../domain/accounts/account-id'
import type { StandardAccount, StandardCell } from '../../domain/standard/api-standard'
import { StandardFilter } from '../../domain/standard/filter'
import { addAccounts, type StandardSummary } from '../../domain/standard/summary'
import { NotFoundError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { contains } from '../../sql/contains'
import { read } from '../../sql/read'
import { accountInScope } from '../accounts/rows'
import { decodeCursor, encodeCursor, PlaceText } from '../cursor'
import { type CheckedAccount, checkedAccounts, checkedColumns, contextOf } from './checked-accounts'

const { sql } = Prisma

/** Accounts that are read at once, while those of a page are looked for. */
const BATCH = 100

/**
 * Accounts in scope by name, with the state of each check that the filter wants. An account without one is left out, unless nothing but
 * accounts is filtered. Throws `conflict` for a cursor of another list.
 */
export async function listStandard(
  access: Access<'findings:read'>,
  filter: StandardFilter,
  { cursor, limit }: { cursor: string | null; limit: number },
): Promise<{ rows: StandardAccount[]; next: string | null }> {
  let after = cursor === null ? null : decodeCursor(cursor, z.tuple([PlaceText, PlaceText]))
  const [context, first] = await Promise.all([contextOf(access), accountsAfter(access, filter, after)])
  const rows: StandardAccount[] = []
  for (let batch = first; ; batch = await accountsAfter(access, filter, after)) {
    const checked = await checkedAccounts(batch, context)
    for (const [at, account] of batch.entries()) {
      const row = checked[at]
      if (!row) continue
      const cells = row.cells.filter(cell => isWanted(cell, filter))
      if (cells.length === 0) continue
      if (rows.length === limit) return { rows, next: encodeCursor(after) }
      rows.push({ ...row, cells })
      after = [account.place, account.id]
    }
    const last = batch.at(-1)
    if (batch.length < BATCH || !last) return { rows, next: null }
    after = [last.place, last.id]
  }
}

/** How many accounts in scope are in each state of each check. */
export async function standardSummary(access: Access<'findings:read'>): Promise<StandardSummary> {
  const summary: StandardSummary = { accounts: 0, checks: new Map() }
  const everything = StandardFilter.parse({})
  for (let cursor: string | null = null; ; ) {
    const { rows, next } = await listStandard(access, everything, { cursor, limit: BATCH })
    addAccounts(summary, rows)
    if (next === null) return summary
    cursor = next
  }
}

/** Every check of an account. Throws NotFoundError outside the reader's accounts. */
export async function accountStandard(access: Access<'findings:read'>, id: AccountId): Promise<StandardAccount> {
  const accounts = await read<CheckedAccount>(
    sql`SELECT ${checkedColumns} FROM account a WHERE a.id = ${id} AND ${accountInScope(access)}`,
  )
  const [row] = await checkedAccounts(accounts, await contextOf(access))
  if (!row) throw new NotFoundError()
  return row
}

function accountsAfter(
  access: Access<'findings:read'>,
  { text, account, environment }: StandardFilter,
  after: [string, string] | null,
): Promise<CheckedAccount[]> {
  return read<CheckedAccount>(
    sql`SELECT * FROM (
        SELECT ${checkedColumns} FROM account a WHERE ${accountInScope(access)} AND a.closed_at IS NULL
          AND (${text === ''} OR a.name ILIKE ${contains(text)} OR a.id LIKE ${contains(text)})
          AND (${account.length === 0} OR a.id = ANY(${account}::text[]))
          AND (${environment.length === 0} OR a.environment = ANY(${environment}::text[]))
      ) AS w
      WHERE ${after === null} OR (w.place, w.id) > (${after?.[0] ?? ''}, ${after?.[1] ?? ''})
      ORDER BY w.place, w.id LIMIT ${BATCH}`,
  )
}

function isWanted({ check, team, state }: StandardCell, wanted: StandardFilter): boolean {
  return (
    (wanted.check.length === 0 || wanted.check.includes(check)) &&
    (wanted.team.length === 0 || wanted.team.includes(team)) &&
    (wanted.state.length === 0 || wanted.state.includes(state))
  )
}
