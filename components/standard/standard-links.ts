import { isCollectorId } from '@/lib/domain/collection/collectors'
import { type Status, unsolvedStatuses } from '@/lib/domain/findings/status'
import type { StandardCell } from '@/lib/domain/standard/api-standard'
import { standardRow } from '@/lib/domain/standard/rows'
import { cellsHref } from '../collection/coverage/coverage-params'
import { findingsHref } from '../findings/list/finding-params'

/**
 * Where a state is explained: the findings of a failed check, the cells that are missing for one that was not examined.
 */
export function standardLink(account: string, cell: StandardCell): string | null {
  const status = listed(cell)
  if (status) return cellFindingsHref(account, cell.check, status)
  if (cell.state !== 'unexamined') return null
  const collectors = [...new Set(cell.unexamined.map(({ collector }) => collector))].filter(isCollectorId)
  return cellsHref(account, collectors.length > 0 ? { collector: collectors } : {})
}

/** The findings of a check in an account, of some statuses. */
export function cellFindingsHref(account: string, check: string, status: readonly Status[]): string {
  return findingsHref({
    account: [account],
    control: [...(standardRow(check)?.controls ?? [])],
    status: [...status],
  })
}

/** The statuses of findings that an exception covers. */
export const EXCEPTED: readonly Status[] = ['accepted', 'false_positive']

/** The findings behind the number of a cell: exactly as many are listed. */
function listed({ state, failed }: StandardCell): readonly Status[] | null {
  if (state === 'excepted') return EXCEPTED
  if (state !== 'failed') return null
  // What is reported without an open finding was resolved by hand.
  return failed > 0 ? unsolvedStatuses : ['resolved']
}
