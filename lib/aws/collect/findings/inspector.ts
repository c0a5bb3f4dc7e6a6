import 'server-only'
import { z } from 'zod'
import { AwsFailure } from '../../failure'
import type { CellCalls, Collector, Cursor, Page } from '../collector'
import { pagesOf } from '../paging'

const Token = z.string()

/**
 * More are refused, although https://docs.aws.amazon.com/inspector/v2/APIReference/API_ListFindings.html names no
 * limit.
 */
const PAGE = 100

/**
 * Findings of Amazon Inspector, also suppressed and closed ones: of the cell's own account, or all that an
 * administrator sees.
 */
export const inspector: Collector = { id: 'inspector', collect }

async function* collect(calls: CellCalls, from: Cursor | null): AsyncGenerator<Page> {
  const token = from === null ? null : Token.parse(from)
  if (token === null) await requireEnabled(calls)
  const input = {
    maxResults: PAGE,
    filterCriteria: {
      ...(!calls.isView && { awsAccountId: [{ comparison: 'EQUALS' as const, value: calls.account }] }),
      ...(calls.since && { updatedAt: [{ startInclusive: calls.since }] }),
    },
  }
  const pages = pagesOf(
    calls,
    'inspector2:ListFindings',
    input,
    { at: nextToken => ({ ...input, nextToken }), next: answer => answer.nextToken },
    token,
  )
  for await (const { answer, next } of pages) yield { records: answer.findings ?? [], next }
}

/** An account that was switched off keeps findings for a while, which nothing checks any more. */
async function requireEnabled(calls: CellCalls): Promise<void> {
  const operation = 'inspector2:BatchGetAccountStatus'
  const { accounts } = await calls.call(operation, { accountIds: [calls.account] })
  const status = accounts?.find(({ accountId }) => accountId === calls.account)?.state?.status
  if (status === undefined || status === 'ENABLED' || status === 'ENABLING') return
  throw new AwsFailure({ reason: 'service_disabled', operation, message: `Amazon Inspector is ${status}.` })
}
