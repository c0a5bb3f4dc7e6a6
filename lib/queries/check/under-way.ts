import 'server-only'
import { now } from '../../clock'
import { Prisma } from '../../generated/prisma/client'
import { deadlineSql } from '../../sql/findings/deadline'
import { openStatusSql } from '../../sql/findings/open'
import { read } from '../../sql/read'

const { sql } = Prisma

/** Waiting or running work: `underWay_…` in the messages under `check`, and how much there is. */
export interface UnderWay {
  kind: string
  count: number
}

/** What the worker still has to do. */
export async function openWork(): Promise<UnderWay[]> {
  const rows = await read<UnderWay>(sql`
    SELECT 'imports' AS kind, count(*)::int AS count FROM import WHERE state IN ('queued', 'running')
    UNION ALL SELECT 'uploads', count(*)::int FROM import WHERE state = 'receiving'
    UNION ALL SELECT 'policies', count(DISTINCT account_id)::int FROM policy_work
    UNION ALL SELECT 'exceptions', count(*)::int FROM exception WHERE pending OR (state = 'approved' AND expires_at <= ${now()}::timestamptz)
    UNION ALL SELECT 'overdue', count(*)::int FROM finding
      WHERE status IN (${openStatusSql}) AND NOT overdue AND ${deadlineSql('')} < ${now()}::timestamptz
    UNION ALL SELECT 'history', count(*)::int FROM chain_pending`)
  return rows.filter(({ count }) => count > 0)
}
