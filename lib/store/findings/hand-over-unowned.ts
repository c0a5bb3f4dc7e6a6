import 'server-only'
import type { JobAccess } from '../../access/proof'
import { now } from '../../clock'
import { transaction } from '../../db'
import { workingDaysBefore } from '../../domain/policies/due'
import { env } from '../../env'
import { Prisma } from '../../generated/prisma/client'
import { insertEvents } from '../../sql/findings/events'
import { isOpenCount, openStatusSql } from '../../sql/findings/open'
import { readPrimary } from '../../sql/read'
import { executeIn } from '../../sql/transaction'
import { lockAccounts } from '../accounts/lock'
import { storedDuePolicy } from '../policies/due-policy'

const { sql } = Prisma

/** Working days after which unowned findings move to the team that owns the account. */
const UNOWNED_DAYS = 5
const BATCH = 5000

/** Since when a finding has to be unowned, by the calendar of the organization. */
async function unownedSince(): Promise<Date> {
  const { policy } = await storedDuePolicy()
  return workingDaysBefore(now(), UNOWNED_DAYS, env().HINOMI_TIME_ZONE, policy)
}

/**
 * Over `finding AS f` and its account `a`: open and without an owner since then. A finding that an old report added later
 * counts from its import, since nobody could see it before.
 */
function isUnowned(from: Date): Prisma.Sql {
  const since = sql`${from}::timestamptz`
  return sql`f.status IN (${openStatusSql}) AND f.owner_id IS NULL AND f.team_by = 'routing'
    AND greatest(f.opened_at, f.unowned_at) <= ${since} AND f.team <> a.owner_team
    AND NOT EXISTS (SELECT FROM import i WHERE i.id = f.first_import_id AND i.created_at > ${since})`
}

/**
 * Moves findings that were open and unowned for five working days to the owner team of their account, once each, unless a
 * person chose the team. Works account by account, with at most 5,000 findings in a transaction. Returns their number.
 */
export async function handOverUnowned(access: JobAccess): Promise<number> {
  const since = await unownedSince()
  // The counts name the accounts where another team has unowned findings, so that only their findings are read.
  const accounts = await readPrimary<{ id: string }>(sql`
    WITH candidates AS MATERIALIZED (
      SELECT DISTINCT a.id, a.owner_team FROM account a JOIN finding_count c ON c.account_id = a.id AND c.team <> a.owner_team
      WHERE ${isOpenCount} AND c.owner_key = '00000000-0000-0000-0000-000000000000'
    )
    SELECT a.id FROM candidates a
    CROSS JOIN LATERAL (SELECT FROM finding f WHERE f.account_id = a.id AND ${isUnowned(since)} LIMIT 1) AS f ORDER BY a.id`)
  let moved = 0
  for (const { id } of accounts) {
    for (let count = await moveBatch(access, id, since); count > 0; count = await moveBatch(access, id, since))
      moved += count
  }
  return moved
}

async function moveBatch({ actor }: JobAccess, accountId: string, since: Date): Promise<number> {
  return transaction(async tx => {
    await lockAccounts(tx, [accountId])
    const event = {
      accountId: sql`${accountId}`,
      findingId: sql`id`,
      kind: 'left' as const,
      before: sql`to_jsonb(before)`,
      after: sql`to_jsonb(after)`,
    }
    return executeIn(
      tx,
      sql`WITH picked AS MATERIALIZED (
        SELECT f.id, f.team AS before, a.owner_team AS after FROM finding f JOIN account a ON a.id = f.account_id
        WHERE f.account_id = ${accountId} AND ${isUnowned(since)} ORDER BY f.id LIMIT ${BATCH}
      ), changed AS (
        UPDATE finding f SET team = p.after, team_by = 'left', updated_at = ${now()}::timestamptz FROM picked p
        WHERE f.account_id = ${accountId} AND f.id = p.id
      )
      ${insertEvents({ actor, at: now() }, event, sql`picked`)}`,
    )
  })
}
