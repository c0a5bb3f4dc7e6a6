import 'server-only'
import type { JobAccess } from '../../access/proof'
import type { ExaminedLine } from '../../domain/collection/lines'
import { Prisma } from '../../generated/prisma/client'
import { executeIn, type Tx } from '../../sql/transaction'
import type { ReportStamp } from '../collection/assets'

const { sql } = Prisma

/**
 * Stores what the checks of one account examined, unless a newer report has, and forgets checks that the report no
 * longer has.
 */
export async function saveCheckStates(
  _job: JobAccess,
  tx: Tx,
  { importId, observedAt }: ReportStamp,
  account: string,
  lines: readonly ExaminedLine[],
): Promise<void> {
  if (lines.length === 0) return
  await executeIn(
    tx,
    sql`DELETE FROM check_state WHERE account_id = ${account} AND read_at < ${observedAt}::timestamptz
      AND NOT "check" = ANY(${lines.map(({ check }) => check)}::text[])`,
  )
  await executeIn(
    tx,
    sql`INSERT INTO check_state AS s (account_id, "check", regions, whole, unexamined, passed, failed, unknown, read_at, import_id)
      SELECT DISTINCT ON (n."check") ${account}, n."check",
        ARRAY(SELECT jsonb_array_elements_text(n.line->'regions')), n.line->'unexamined' = '[]'::jsonb, n.line->'unexamined',
        (n.line->>'passed')::int, (n.line->>'failed')::int, coalesce((n.line->>'unknown')::int, 0), ${observedAt}::timestamptz, ${importId}::int
      FROM (SELECT line->>'check' AS "check", line FROM jsonb_array_elements(${JSON.stringify(
        lines.map(line => ({ ...line, regions: line.regions ?? [] })),
      )}::jsonb) AS line) n
      ORDER BY n."check"
      ON CONFLICT (account_id, "check") DO UPDATE SET regions = excluded.regions, whole = excluded.whole,
        unexamined = excluded.unexamined, passed = excluded.passed, failed = excluded.failed, unknown = excluded.unknown, read_at = excluded.read_at,
        import_id = excluded.import_id
      WHERE s.read_at <= excluded.read_at`,
  )
}
