import 'server-only'
import { standardRows } from '../../domain/standard/rows'
import type { FindingCounts } from '../../domain/standard/state'
import { Prisma } from '../../generated/prisma/client'
import { unsolvedStatusSql } from '../../sql/findings/open'
import { read } from '../../sql/read'

const { sql } = Prisma

const controls = [...new Set(standardRows.flatMap(row => row.controls))]

/** The findings of each control of the standard that are not resolved, by account. The caller limits the accounts. */
export async function findingCounts(ids: readonly string[]): Promise<Map<string, Map<string, FindingCounts>>> {
  const rows = await read<FindingCounts & { account: string; control: string }>(
    sql`SELECT account_id AS account, control, count(*) FILTER (WHERE status IN (${unsolvedStatusSql}))::int AS unsolved,
        count(*) FILTER (WHERE status IN ('accepted', 'false_positive'))::int AS excepted
      FROM finding WHERE account_id = ANY(${[...ids]}::text[]) AND control = ANY(${controls}::text[])
        AND class = 'posture' AND status <> 'resolved'
      GROUP BY 1, 2`,
  )
  const counts = new Map<string, Map<string, FindingCounts>>()
  for (const { account, control, unsolved, excepted } of rows) {
    const own = counts.get(account) ?? new Map<string, FindingCounts>()
    counts.set(account, own.set(control, { unsolved, excepted }))
  }
  return counts
}
