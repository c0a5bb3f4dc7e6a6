import 'server-only'
import type { Access } from '../../../access/proof'
import { everyFinding, type FindingFilter, isWhole } from '../../../domain/findings/filter'
import { findingWhere, statusesOf } from '../../../sql/findings/where'
import { countFindings } from '../count'
import { listFindings } from '../list'

/** Exports of more findings than this need a recent proof of identity, whatever their filter. */
const MAX_ROWS = 1_000

/**
 * Whether an export contains everything or close to it: it has no filter, more than 1,000 findings, or more than half of the findings of
 * its statuses that the reader may see. `page` is the number of matching findings, where it is known already.
 */
export async function isBulkExport(
  access: Access<'findings:read'>,
  filter: FindingFilter,
  page?: { total: number; exact: boolean },
): Promise<boolean> {
  if (isWhole(filter)) return true
  const { total, exact } = page ?? (await listFindings(access, filter, { cursor: null, limit: 1 }))
  if (!exact || total > MAX_ROWS) return true
  if (total === 0) return false
  const all = { ...everyFinding, status: [...statusesOf(filter)] }
  const inReach = await countFindings(access, all, await findingWhere(access, all))
  return inReach === null || total * 2 > inReach.total
}
