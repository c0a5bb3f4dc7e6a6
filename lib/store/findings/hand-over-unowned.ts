import 'server-only'
import type { JobAccess } from '../../access/proof'
import { now } from '../../clock'
import { pool, transaction } from '../../db'
import { Prisma } from '../../generated/prisma/client'
import { insertEvents } from '../../sql/findings/events'
import { isOpenCount, openStatusSql } from '../../sql/findings/open'
import { lockAccountsSql } from '../accounts/lock'

const { sql } = Prisma

/** Days after which work that nobody took goes to the team that owns its account. */
const LEFT_DAYS = 7
const BATCH = 5000

/**
 * Over `finding AS f` and its account `a`: open, and nobody's since a week, counted anew whenever it becomes so again. Nobody could take
 * before what a report of last month tells only now.
 */
function isLeft(): Prisma.Sql {
  const since = sql`${now()}::timestamptz - make_interval(days => ${LEFT_DAYS}::int)`
  return sql`f.status IN (${openStatusSql}) AND f.owner_id IS NULL AND f.team_by = 'routing'
    AND greatest(f.opened_at, f.unowned_at) <= ${since} AND f.team <> a.owner_team
    AND NOT EXISTS (SELECT FROM import i WHERE i.id = f.first_import_id AND i.created_at > ${since})`
}

/**
 * Gives what has been open and nobody's for a week to the owner team of its account, once each, unless a person chose the team. Account
 * by account, at most 5,000 in a transaction. Returns how many.
 */
export async function handOverUnowned(access: JobAccess): Promise<number> {
  // The counts name the accounts where a team other than the owner's has unowned findings: only their findings are read.
  const { text, values } = sql`
    WITH asked AS MATERIALIZED (
      SELECT DISTINCT a.id, a.owner_team FROM account a JOIN finding_count c ON c.account_id = a.id AND c.team <> a.owner_team
      WHERE ${isOpenCount} AND c.owner_key = '00000000-0000-0000-0000-000000000000'
    )
    SELECT a.id FROM asked a CROSS JOIN LATERAL (SELECT FROM finding f WHERE f.account_id = a.id AND ${isLeft()} LIMIT 1) AS f ORDER BY a.id`
  const { rows } = await pool().query<{ id: string }>(text, values)
  let given = 0
  for (const { id } of rows) {
    for (let more = await giveSome(access, id); more > 0; more = await giveSome(access, id)) given += more
  }
  return given
}

async function giveSome({ actor }: JobAccess, accountId: string): Promise<number> {
  return transaction(async client => {
    await client.query(lockAccountsSql, [[accountId]])
    const event = {
      accountId: sql`${accountId}`,
      findingId: sql`id`,
      kind: 'left' as const,
      before: sql`to_jsonb(before)`,
      after: sql`to_jsonb(after)`,
    }
    const { text, values } = sql`
      WITH picked AS MATERIALIZED (
        SELECT f.id, f.team AS before, a.owner_team AS after FROM finding f JOIN account a ON a.id = f.account_id
        WHERE f.account_id = ${accountId} AND ${isLeft()} ORDER BY f.id LIMIT ${BATCH}
      ), changed AS (
        UPDATE finding f SET team = p.after, team_by = 'left', updated_at = ${now()}::timestamptz FROM picked p
        WHERE f.account_id = ${accountId} AND f.id = p.id
      )
      ${insertEvents({ actor, at: now() }, event, sql`picked`)}`
    const { rowCount } = await client.query(text, values)
    return rowCount ?? 0
  })
}
