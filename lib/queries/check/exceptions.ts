import 'server-only'
import { ruleCondition } from '../../access/exception-where'
import type { Permission } from '../../access/permissions'
import type { Access } from '../../access/proof'
import { now } from '../../clock'
import { ANNOUNCED_DAYS, ExceptionCondition, ExceptionMatch, exceptionLists } from '../../domain/exception'
import { Prisma } from '../../generated/prisma/client'
import { countExceptions, listExceptions } from '../exceptions'
import { read } from '../read'
import type { Differences, SqlCheck } from './differences'
import { findingName, isOpenSql } from './findings'

const { sql } = Prisma
const DAY_MS = 86_400_000
const PAGE = 200
/** Whoever ends an exception while an import runs leaves it to the next run of the job: it runs each minute. */
const PATIENCE_MS = 5 * 60_000

/** Compares the lists of exceptions, and what each covers, with the findings; and findings with the exceptions that they name. */
export async function checkExceptions(access: Access<Permission>, differences: Differences): Promise<void> {
  const covered = new Map(
    (
      await read<{ id: number; n: number }>(
        sql`SELECT exception_id AS id, count(*)::int AS n FROM finding WHERE exception_id IS NOT NULL GROUP BY 1`,
      )
    ).map(({ id, n }) => [id, n]),
  )
  const counts = await countExceptions(access)
  const states = await statesNow()
  for (const list of exceptionLists) {
    differences.compare('exceptionList', list, counts[list], states[list])
    let listed = 0
    let cursor: string | null = null
    do {
      const page: Awaited<ReturnType<typeof listExceptions>> = await listExceptions(access, list, {
        cursor,
        limit: PAGE,
      })
      for (const { id, covers } of page.rows)
        if (list !== 'expiring') differences.compare('exceptionCovers', String(id), covers, covered.get(id) ?? 0)
      listed += page.rows.length
      cursor = page.next
    } while (cursor !== null)
    differences.compare('exceptionList', `${list} (rows)`, listed, states[list])
  }
  await differences.run([...coverings(), ...(await rules())])
}

async function statesNow(): Promise<Record<(typeof exceptionLists)[number], number>> {
  const soon = now().getTime() + ANNOUNCED_DAYS * DAY_MS
  const sums = { waiting: 0, active: 0, expiring: 0, over: 0 }
  for (const { state, expires_at: ends } of await read<{ state: string; expires_at: Date }>(
    sql`SELECT state, expires_at FROM exception`,
  )) {
    if (state === 'requested') sums.waiting++
    else if (state === 'approved') sums.active++
    else sums.over++
    if (state === 'approved' && ends.getTime() <= soon) sums.expiring++
  }
  return sums
}

/** An approved exception whose findings are brought in line and that has not reached its date. */
const isInForce = () => sql`x.state = 'approved' AND NOT x.pending AND x.expires_at > ${now()}::timestamptz`

function coverings(): SqlCheck[] {
  const lately = new Date(now().getTime() - PATIENCE_MS)
  return [
    {
      check: 'acceptedAlone',
      sql: sql`SELECT ${findingName} AS of, f.status || ' ' || coalesce(f.exception_id::text, '-') AS shown, coalesce(x.kind || ' ' || x.state, '-') AS recomputed
        FROM finding f LEFT JOIN exception x ON x.id = f.exception_id
        WHERE (f.status IN ('accepted', 'false_positive') OR f.exception_id IS NOT NULL)
          AND NOT coalesce(x.kind = f.status AND (x.state = 'approved' OR x.pending OR x.ended_at > ${lately}::timestamptz), FALSE)`,
    },
    {
      check: 'exceptionOpen',
      sql: sql`SELECT x.id::text AS of, ${findingName} || ' ' || f.status AS shown, x.kind AS recomputed
        FROM exception x JOIN finding f ON f.account_id = x.account_id AND f.id = x.finding_id
        WHERE ${isInForce()} AND f.status <> x.kind`,
    },
    {
      check: 'exceptionMissing',
      sql: sql`SELECT x.id::text AS of, x.account_id || ' ' || x.finding_id AS shown, NULL::text AS recomputed FROM exception x
        WHERE x.state IN ('requested', 'approved') AND x.finding_id IS NOT NULL
          AND NOT EXISTS (SELECT FROM finding f WHERE f.account_id = x.account_id AND f.id = x.finding_id)`,
    },
  ]
}

/** Open findings that an approved rule is for. */
async function rules(): Promise<SqlCheck[]> {
  const found = await read<{ id: number; match: unknown; condition: unknown; covers_up_to: number | null }>(
    sql`SELECT x.id, x.match, x.condition, x.covers_up_to FROM exception x WHERE ${isInForce()} AND x.match IS NOT NULL ORDER BY x.id`,
  )
  return found.map(({ id, match, condition, covers_up_to: upTo }) => ({
    check: 'ruleOpen',
    sql: sql`SELECT ${String(id)} AS of, ${findingName} || ' ' || f.status AS shown, NULL::text AS recomputed FROM finding f
      WHERE ${isOpenSql} AND f.severity <= ${upTo ?? 5}::smallint AND ${ruleCondition(ExceptionMatch.parse(match), ExceptionCondition.parse(condition))}
        AND EXISTS (SELECT FROM sighting s WHERE s.account_id = f.account_id AND s.finding_id = f.id AND s.present AND s.result = 'failed' AND NOT s.unproven)`,
  }))
}
