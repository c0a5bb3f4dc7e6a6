import 'server-only'
import type { Access } from '../../access/proof'
import { now } from '../../clock'
import { ExceptionCondition, ExceptionMatch, exceptionLists } from '../../domain/exceptions/exception'
import { REVIEW_DAYS } from '../../domain/exceptions/review'
import type { Permission } from '../../domain/people/role'
import { Prisma } from '../../generated/prisma/client'
import { ruleCondition } from '../../sql/exceptions/where'
import { read } from '../../sql/read'
import { listExceptions } from '../exceptions/exceptions'
import type { Differences, SqlCheck } from './differences'
import { findingName, isGrouped, isOpenSql } from './findings'

const { sql } = Prisma
const PAGE = 200
/** The job that applies ended exceptions runs every minute, and not while an import runs in the account. */
const GRACE_MS = 5 * 60_000

/** Compares the number of findings that each exception covers with the events of findings, and findings with their exceptions. */
export async function checkExceptions(access: Access<Permission>, differences: Differences): Promise<void> {
  const covered = await coveredByHistory()
  for (const list of exceptionLists) {
    let cursor: string | null = null
    do {
      const page: Awaited<ReturnType<typeof listExceptions>> = await listExceptions(access, list, {
        cursor,
        limit: PAGE,
      })
      for (const { id, covers } of page.rows)
        if (list !== 'expiring') differences.compare('exceptionCovers', String(id), covers, covered.get(id) ?? 0)
      cursor = page.next
    } while (cursor !== null)
  }
  await differences.run([...coverings(), ...(await rules())])
}

/**
 * How many findings each exception covers by their last exception event. A finding that was covered from its first day has no such
 * event, and a merged finding continues the history of several: these count by the exception that they refer to.
 */
async function coveredByHistory(): Promise<Map<number, number>> {
  const rows = await read<{ id: number; n: number }>(sql`
    SELECT id, count(*)::int AS n FROM (
      SELECT CASE WHEN e.kind IS NULL OR ${isGrouped} THEN f.exception_id WHEN e.kind = 'excepted' THEN e.text::int END AS id
      FROM finding f LEFT JOIN (
        SELECT DISTINCT ON (account_id, finding_id) account_id, finding_id, kind, text FROM finding_event
        WHERE kind IN ('excepted', 'returned', 'resolved', 'reopened') ORDER BY account_id, finding_id, finding_event.id DESC
      ) AS e ON e.account_id = f.account_id AND e.finding_id = f.id
    ) AS covering WHERE id IS NOT NULL GROUP BY 1`)
  return new Map(rows.map(({ id, n }) => [id, n]))
}

/** Whether an exception is approved, applied to its findings, and has not reached its date. */
const isInForce = () => sql`x.state = 'approved' AND NOT x.pending AND x.expires_at > ${now()}::timestamptz`

function coverings(): SqlCheck[] {
  const lately = new Date(now().getTime() - GRACE_MS)
  return [
    {
      check: 'acceptedWithoutException',
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
      check: 'exceptionReview',
      sql: sql`SELECT x.id::text AS of, x.review_at::text AS shown, x.expires_at::text AS recomputed FROM exception x
        WHERE x.state = 'approved' AND CASE WHEN x.review_at IS NULL
          THEN x.expires_at > coalesce((SELECT max(r.at) FROM exception_review r WHERE r.exception_id = x.id), x.decided_at, x.requested_at)
            + make_interval(days => ${REVIEW_DAYS})
          ELSE x.review_at > x.expires_at END`,
    },
    {
      check: 'exceptionReviewed',
      sql: sql`SELECT r.exception_id || ' ' || r.at AS of, r.note AS shown, e.detail ->> 'note' AS recomputed FROM exception_review r
        LEFT JOIN audit_entry e ON e.target = 'exception:' || r.exception_id AND e.action = 'exception.review'
          AND (e.detail ->> 'at')::timestamptz = r.at
        WHERE e.detail ->> 'note' IS DISTINCT FROM r.note`,
    },
    {
      check: 'exceptionMissing',
      sql: sql`SELECT x.id::text AS of, x.account_id || ' ' || x.finding_id AS shown, NULL::text AS recomputed FROM exception x
        WHERE x.state IN ('requested', 'approved') AND x.finding_id IS NOT NULL
          AND NOT EXISTS (SELECT FROM finding f WHERE f.account_id = x.account_id AND f.id = x.finding_id)`,
    },
  ]
}

/** Open findings that an approved rule matches. */
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
