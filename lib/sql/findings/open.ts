import 'server-only'
import { openStatuses } from '../../domain/findings/status'
import { Prisma } from '../../generated/prisma/client'

/** The open statuses for `status IN (…)` in SQL text. Written as in the partial indexes, so that the planner can use them. */
export const openStatusText = openStatuses.map(status => `'${status}'`).join(', ')

/** The same for Prisma's tagged templates. */
export const openStatusSql = Prisma.raw(openStatusText)

/** Whether `finding_count AS c` counts open findings. Written as in its partial indexes, so that sums read only these. */
export const isOpenCount = Prisma.raw(`c.status IN (${openStatusText}) AND c.n > 0`)
