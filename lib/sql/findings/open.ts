import 'server-only'
import { openStatuses, unsolvedStatuses } from '../../domain/findings/status'
import { Prisma } from '../../generated/prisma/client'

/** The open statuses for `status IN (…)` in a text of SQL. Written as in the partial indexes, so that the planner may use them. */
const openStatusText = openStatuses.map(status => `'${status}'`).join(', ')

/** The same for Prisma's tagged templates. */
export const openStatusSql = Prisma.raw(openStatusText)

/** The statuses of open and of suppressed findings. */
export const unsolvedStatusSql = Prisma.raw(unsolvedStatuses.map(status => `'${status}'`).join(', '))

/** Counts of open findings, over `finding_count AS c`. Written as in its partial indexes, so that sums read nothing else. */
export const isOpenCount = Prisma.raw(`c.status IN (${openStatusText}) AND c.n > 0`)
