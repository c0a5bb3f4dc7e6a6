import 'server-only'
import type { JobAccess } from '../../access/proof'
import { now } from '../../clock'
import { pool, transaction } from '../../db'
import { openStatusText } from '../../sql/findings/open'
import { lockAccountsSql } from '../accounts/lock'

/** Days after which work that nobody took goes to the team that owns its account. */
const LEFT_DAYS = 7
const BATCH = 5000

/**
 * Over `finding AS f` and its account `a`: open, and nobody's since a week, counted anew whenever it becomes so again. Nobody could take
 * before what a report of last month tells only now.
 */
const IS_LEFT = `f.status IN (${openStatusText}) AND f.owner_id IS NULL AND f.team_by = 'routing'
  AND greatest(f.opened_at, f.unowned_at) <= $1::timestamptz - make_interval(days => $2) AND f.team <> a.owner_team
  AND NOT EXISTS (SELECT FROM import i WHERE i.id = f.first_import_id AND i.created_at > $1::timestamptz - make_interval(days => $2))`

/**
 * Gives what has been open and nobody's for a week to the owner team of its account, once each, unless a person chose the team. Account
 * by account, at most 5,000 in a transaction. Returns how many.
 */
export async function handOverUnowned(access: JobAccess): Promise<number> {
  // The counts name the accounts where a team other than the owner's has unowned findings: only their findings are read.
  const { rows } = await pool().query<{ id: string }>(
    `WITH asked AS MATERIALIZED (
       SELECT DISTINCT a.id, a.owner_team FROM account a JOIN finding_count c ON c.account_id = a.id AND c.team <> a.owner_team
       WHERE c.n > 0 AND c.owner_key = '00000000-0000-0000-0000-000000000000' AND c.status IN (${openStatusText})
     )
     SELECT a.id FROM asked a CROSS JOIN LATERAL (SELECT FROM finding f WHERE f.account_id = a.id AND ${IS_LEFT} LIMIT 1) AS f ORDER BY a.id`,
    [now(), LEFT_DAYS],
  )
  let given = 0
  for (const { id } of rows) {
    for (let more = await giveSome(access, id); more > 0; more = await giveSome(access, id)) given += more
  }
  return given
}

async function giveSome({ actor }: JobAccess, accountId: string): Promise<number> {
  return transaction(async client => {
    await client.query(lockAccountsSql, [[accountId]])
    const { rowCount } = await client.query(
      `WITH picked AS MATERIALIZED (
         SELECT f.id, f.team AS before, a.owner_team AS after FROM finding f JOIN account a ON a.id = f.account_id
         WHERE f.account_id = $3 AND ${IS_LEFT} ORDER BY f.id LIMIT ${BATCH}
       ), changed AS (
         UPDATE finding f SET team = p.after, team_by = 'left', updated_at = $1 FROM picked p WHERE f.account_id = $3 AND f.id = p.id
       )
       INSERT INTO finding_event (account_id, finding_id, at, actor_kind, actor_id, actor_name, kind, before, after)
       SELECT $3, id, $1, $4, $5, $6, 'left', to_jsonb(before), to_jsonb(after) FROM picked`,
      [now(), LEFT_DAYS, accountId, actor.kind, actor.id, actor.name],
    )
    return rowCount ?? 0
  })
}
