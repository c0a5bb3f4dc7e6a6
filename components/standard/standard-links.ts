import { isCollectorId } from '@/lib/domain/collection/collectors'
import type { StandardCell } from '@/lib/domain/standard/api-standard'
import { standardRow } from '@/lib/domain/standard/rows'
import { cellsHref } from '../collection/coverage/coverage-params'
import { findingsHref } from '../findings/list/finding-params'

/** Where a state is explained: the findings of a failed check, the cells that are missing for one that was not examined. */
export function standardLink(account: string, cell: StandardCell): string | null {
  if (cell.state === 'failed') {
    return findingsHref({ account: [account], control: [...(standardRow(cell.check)?.controls ?? [])] })
  }
  if (cell.state !== 'unexamined') return null
  const collectors = [...new Set(cell.unexamined.map(({ collector }) => collector))].filter(isCollectorId)
  return cellsHref(account, collectors.length > 0 ? { collector: collectors } : {})
}
