import 'server-only'
import type { OutputOf } from '../../operations'
import type { CellCalls, Cursor, Page } from '../collector'
import { type NestedPage, pagesOfEach } from '../nested'
import { itemsOf, pagesOf } from '../paging'

const PAGE = 100

type Recommendation = NonNullable<OutputOf<'trustedadvisor:ListRecommendations'>['recommendationSummaries']>[number]

/** Recommendations of Trusted Advisor with their resources, which name their check only together with them. */
export async function* recommendations(calls: CellCalls, from: Cursor | null): AsyncGenerator<Page> {
  const all = await itemsOf(
    calls,
    'trustedadvisor:ListRecommendations',
    { maxResults: PAGE },
    { at: nextToken => ({ maxResults: PAGE, nextToken }), next: answer => answer.nextToken },
    answer => answer.recommendationSummaries,
  )
  // Security Hub reports its findings itself.
  const own = new Map(all.filter(({ source }) => source !== 'security_hub').map(one => [one.arn ?? '', one]))
  yield* pagesOfEach(own.keys(), from, (arn, token) => withResources(calls, own.get(arn), token))
}

async function* withResources(
  calls: CellCalls,
  recommendation: Recommendation | undefined,
  from: string | null,
): AsyncGenerator<NestedPage> {
  if (!recommendation) return
  const input = { recommendationIdentifier: recommendation.arn, maxResults: PAGE }
  const pages = pagesOf(
    calls,
    'trustedadvisor:ListRecommendationResources',
    input,
    { at: nextToken => ({ ...input, nextToken }), next: answer => answer.nextToken },
    from,
  )
  for await (const { answer, next } of pages) {
    const { recommendationResourceSummaries = [] } = answer
    yield { records: [{ recommendation, recommendationResourceSummaries }], next }
  }
}
