import 'server-only'
import { z } from 'zod'
import type { CellCalls, Collector, Cursor, Page } from '../collector'
import { pagesOf } from '../paging'

const Token = z.string()

/** The most that both operations take: https://docs.aws.amazon.com/macie/latest/APIReference/findings-describe.html */
const PAGE = 50

/**
 * Findings of Amazon Macie, also those that a rule suppressed: of the cell's own account, or all that an administrator
 * sees.
 */
export const macie: Collector = { id: 'macie', collect }

async function* collect(calls: CellCalls, from: Cursor | null): AsyncGenerator<Page> {
  const input = {
    maxResults: PAGE,
    sortCriteria: { attributeName: 'updatedAt', orderBy: 'ASC' as const },
    findingCriteria: {
      criterion: {
        ...(!calls.isView && { accountId: { eq: [calls.account] } }),
        archived: { eq: ['true', 'false'] },
        ...(calls.since && { updatedAt: { gte: calls.since.getTime() } }),
      },
    },
  }
  const pages = pagesOf(
    calls,
    'macie2:ListFindings',
    input,
    { at: nextToken => ({ ...input, nextToken }), next: answer => answer.nextToken },
    from === null ? null : Token.parse(from),
  )
  for await (const { answer, next } of pages) {
    const findingIds = answer.findingIds ?? []
    const found = findingIds.length > 0 ? await calls.call('macie2:GetFindings', { findingIds }) : null
    yield { records: found?.findings ?? [], next }
  }
}
