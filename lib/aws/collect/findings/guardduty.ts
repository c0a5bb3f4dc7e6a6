import 'server-only'
import { z } from 'zod'
import { AwsFailure } from '../../failure'
import type { CellCalls, Collector, Cursor, Page } from '../collector'
import { pagesOf } from '../paging'

const Place = z.object({ detector: z.string(), token: z.string() })

/** GetFindings takes at most 50 ids: https://docs.aws.amazon.com/guardduty/latest/APIReference/API_GetFindings.html */
const PAGE = 50

/** Findings of GuardDuty, archived ones included: of the account, or all that its administrator sees. */
export const guardduty: Collector = { id: 'guardduty', collect }

async function* collect(calls: CellCalls, from: Cursor | null): AsyncGenerator<Page> {
  const place = from ? Place.parse(from) : null
  const detector = place?.detector ?? (await detectorOf(calls))
  const input = {
    DetectorId: detector,
    MaxResults: PAGE,
    SortCriteria: { AttributeName: 'updatedAt', OrderBy: 'ASC' as const },
    FindingCriteria: {
      Criterion: {
        ...(!calls.isView && { accountId: { Equals: [calls.account] } }),
        ...(calls.since && { updatedAt: { GreaterThanOrEqual: calls.since.getTime() } }),
      },
    },
  }
  const pages = pagesOf(
    calls,
    'guardduty:ListFindings',
    input,
    { at: NextToken => ({ ...input, NextToken }), next: answer => answer.NextToken },
    place?.token ?? null,
  )
  for await (const { answer, next } of pages) {
    const FindingIds = answer.FindingIds ?? []
    const found =
      FindingIds.length > 0 ? await calls.call('guardduty:GetFindings', { DetectorId: detector, FindingIds }) : null
    yield { records: found?.Findings ?? [], next: next === null ? null : { detector, token: next } }
  }
}

/** An account has one detector in each Region, or none. */
async function detectorOf(calls: CellCalls): Promise<string> {
  const { DetectorIds } = await calls.call('guardduty:ListDetectors', { MaxResults: 1 })
  const [detector] = DetectorIds ?? []
  if (detector === undefined) {
    const message = 'GuardDuty has no detector in this Region.'
    throw new AwsFailure({ reason: 'service_disabled', operation: 'guardduty:ListDetectors', message })
  }
  return detector
}
