import 'server-only'
import { z } from 'zod'
import type { InputOf } from '../../operations'
import type { CellCalls, Collector, Cursor, Page } from '../collector'
import { pagesOf } from '../paging'

type Filters = NonNullable<InputOf<'securityhub:GetFindings'>['Filters']>

const Place = z.object({ part: z.int().min(0), token: z.string().nullable() })

/** The most that GetFindings returns: https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_GetFindings.html */
const PAGE = 100
/** A finding that was archived longer ago is only missing. */
const ARCHIVED_DAYS = 7
const YEAR_MS = 365 * 86_400_000

/**
 * Findings of Security Hub: active ones and those archived lately, or all that changed. Of the cell's own account and
 * Region, or all that an administrator sees in its aggregation Region.
 */
export const securityHub: Collector = { id: 'security-hub', collect }

async function* collect(calls: CellCalls, from: Cursor | null): AsyncGenerator<Page> {
  const parts = partsOf(calls)
  const place = from === null ? { part: 0, token: null } : Place.parse(from)
  for (const [part, filters] of parts.entries()) {
    if (part < place.part) continue
    const input = {
      Filters: filters,
      MaxResults: PAGE,
      SortCriteria: [{ Field: 'UpdatedAt', SortOrder: 'asc' as const }],
    }
    const pages = pagesOf(
      calls,
      'securityhub:GetFindings',
      input,
      { at: NextToken => ({ ...input, NextToken }), next: answer => answer.NextToken },
      part === place.part ? place.token : null,
    )
    const following = part + 1 < parts.length ? { part: part + 1, token: null } : null
    for await (const { answer, next } of pages) {
      yield { records: answer.Findings ?? [], next: next === null ? following : { part, token: next } }
    }
  }
}

/**
 * The filters of one list after the other. A token fits only its own filters, so that none of them has the present
 * time.
 */
function partsOf({ account, region, since, isView }: CellCalls): readonly Filters[] {
  const own = isView ? {} : { AwsAccountId: [equals(account)], Region: [equals(region)] }
  if (since) return [{ ...own, UpdatedAt: [{ Start: since.toISOString(), End: yearAfter(since) }] }]
  return [
    { ...own, RecordState: [equals('ACTIVE')] },
    {
      ...own,
      RecordState: [equals('ARCHIVED')],
      UpdatedAt: [{ DateRange: { Value: ARCHIVED_DAYS, Unit: 'DAYS' } }],
    },
  ]
}

/** A start needs an end, and the present time would be another one after a restart. */
function yearAfter(since: Date): string {
  return new Date(since.getTime() + YEAR_MS).toISOString()
}

function equals(Value: string) {
  return { Value, Comparison: 'EQUALS' as const }
}
