import 'server-only'
import type { Access } from '../../access/proof'
import { now } from '../../clock'
import { LEDGER_COLLECTOR } from '../../domain/access-keys/ledger'
import type { KeyDay, KeyProgress } from '../../domain/access-keys/views'
import { dayOf } from '../../domain/policies/due'
import { env } from '../../env'
import { Prisma } from '../../generated/prisma/client'
import { read } from '../../sql/read'
import { accountInScope } from '../accounts/rows'

const { sql } = Prisma

const DAYS = 180

/** How many of the pipelines' keys in scope have ended, and what is not known. */
export async function keyProgress(access: Access<'findings:read'>): Promise<KeyProgress> {
  const [row] = await read<KeyProgress>(
    sql`WITH k AS (
        SELECT k.active, k.started_at, coalesce(k.mark, k.judged) AS use FROM access_key k JOIN account a ON a.id = k.account_id
        WHERE ${accountInScope(access)} AND a.closed_at IS NULL
      )
      SELECT count(*) FILTER (WHERE use = 'pipeline' AND started_at IS NOT NULL)::int AS pipeline,
        count(*) FILTER (WHERE use = 'pipeline' AND started_at IS NOT NULL AND NOT active)::int AS replaced,
        count(*) FILTER (WHERE use = 'probable' AND active)::int AS probable, count(*) FILTER (WHERE active)::int AS active,
        (SELECT count(*)::int FROM coverage c JOIN account a ON a.id = c.account_id
          WHERE c.collector = ${LEDGER_COLLECTOR} AND c.state <> 'ok' AND ${accountInScope(access)} AND a.closed_at IS NULL) AS unread
      FROM k`,
  )
  return row ?? { pipeline: 0, replaced: 0, probable: 0, active: 0, unread: 0 }
}

/**
 * Active keys of pipelines at the end of each of the last 180 days, from the first day on which Hinomi saw one, and
 * those that ended on it. A key counts by what it is taken for today. Days without a change of a key are in it as well.
 */
export async function keyDays(access: Access<'findings:read'>): Promise<KeyDay[]> {
  const zone = env().HINOMI_TIME_ZONE
  const today = dayOf(now(), zone)
  return read<KeyDay>(
    sql`WITH k AS (
        SELECT k.account_id, k.id, k.started_at, k.ended_at FROM access_key k JOIN account a ON a.id = k.account_id
        WHERE ${accountInScope(access)} AND a.closed_at IS NULL AND coalesce(k.mark, k.judged) = 'pipeline' AND k.started_at IS NOT NULL
      ), period AS (
        SELECT started_at, ended_at, ended_at IS NOT NULL AS counted FROM k
        UNION ALL SELECT p.started_at, p.ended_at, FALSE FROM access_key_period p JOIN k ON p.account_id = k.account_id AND p.key_id = k.id
      ), change AS (
        SELECT (started_at AT TIME ZONE ${zone})::date AS day, 1 AS n, 0 AS replaced FROM period
        UNION ALL SELECT (ended_at AT TIME ZONE ${zone})::date, -1, counted::int FROM period WHERE ended_at IS NOT NULL
      ), of_day AS (
        SELECT day, sum(n)::int AS n, sum(replaced)::int AS replaced FROM change GROUP BY day
      ), days AS (
        SELECT generate_series(greatest(min(day), ${today}::date - ${DAYS - 1}::int), ${today}::date, interval '1 day')::date AS day
        FROM of_day HAVING count(*) > 0
      )
      SELECT to_char(d.day, 'YYYY-MM-DD') AS day, (SELECT coalesce(sum(c.n), 0)::int FROM of_day c WHERE c.day <= d.day) AS active,
        coalesce(o.replaced, 0)::int AS replaced
      FROM days d LEFT JOIN of_day o ON o.day = d.day ORDER BY d.day`,
  )
}
