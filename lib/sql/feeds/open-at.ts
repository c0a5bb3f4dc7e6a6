import 'server-only'
import { Prisma } from '../../generated/prisma/client'
import { openStatusSql, unsolvedStatusSql } from '../findings/open'

const { sql } = Prisma

/** Whether the finding `f` was open at `w.until`, in a period before its last reopening. */
const openBefore = sql`EXISTS (SELECT FROM finding_period p WHERE p.account_id = f.account_id AND p.finding_id = f.id
  AND p.opened_at <= w.until AND p.closed_at > w.until)`

const wasIn = (
  statuses: Prisma.Sql,
) => sql`((f.opened_at <= w.until AND (f.status IN (${statuses}) OR f.resolved_at > w.until
  OR e.decided_at > w.until)) OR ${openBefore})`

/** Whether the finding `f` was open at the instant `w.until`, as far as is known today. `e` is its exception. */
export const openAt = wasIn(openStatusSql)

/** The same, or suppressed at its source. */
export const unsolvedAt = wasIn(unsolvedStatusSql)
