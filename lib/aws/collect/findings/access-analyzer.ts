import 'server-only'
import { AwsFailure } from '../../failure'
import type { OutputOf } from '../../operations'
import type { CellCalls, Collector, Cursor, Page } from '../collector'
import { type NestedPage, pagesOfEach } from '../nested'
import { itemsOf, pagesOf } from '../paging'

const PAGE = 100
/** Each of these findings is another call. */
const DETAILED_PAGE = 20

type Finding = NonNullable<OutputOf<'accessanalyzer:ListFindingsV2'>['findings']>[number]

/**
 * Findings of all analyzers of the account, resolved ones included. The first version of the API lists who has access
 * from outside; the second knows the other kinds, but has their details only one by one.
 */
export const accessAnalyzer: Collector = { id: 'access-analyzer', collect }

async function* collect(calls: CellCalls, from: Cursor | null): AsyncGenerator<Page> {
  const analyzers = await itemsOf(
    calls,
    'accessanalyzer:ListAnalyzers',
    { maxResults: PAGE },
    { at: nextToken => ({ maxResults: PAGE, nextToken }), next: answer => answer.nextToken },
    answer => answer.analyzers,
  )
  const active = analyzers.filter(({ status }) => status === 'ACTIVE')
  if (active.length === 0) {
    const message = 'IAM Access Analyzer has no active analyzer in this Region.'
    throw new AwsFailure({ reason: 'service_disabled', operation: 'accessanalyzer:ListAnalyzers', message })
  }
  const external = new Set(active.filter(({ type }) => type === 'ACCOUNT' || type === 'ORGANIZATION').map(it => it.arn))
  const names = active.map(({ arn }) => arn ?? '')
  yield* pagesOfEach(names, from, (arn, token) =>
    external.has(arn) ? externalAccess(calls, arn, token) : otherAccess(calls, arn, token),
  )
}

async function* externalAccess(calls: CellCalls, analyzerArn: string, from: string | null): AsyncGenerator<NestedPage> {
  const input = { analyzerArn, maxResults: PAGE }
  const pages = pagesOf(
    calls,
    'accessanalyzer:ListFindings',
    input,
    { at: nextToken => ({ ...input, nextToken }), next: answer => answer.nextToken },
    from,
  )
  for await (const { answer, next } of pages) {
    yield { records: wanted(calls, answer.findings).map(finding => placed(calls, finding)), next }
  }
}

async function* otherAccess(calls: CellCalls, analyzerArn: string, from: string | null): AsyncGenerator<NestedPage> {
  const input = { analyzerArn, maxResults: DETAILED_PAGE }
  const pages = pagesOf(
    calls,
    'accessanalyzer:ListFindingsV2',
    input,
    { at: nextToken => ({ ...input, nextToken }), next: answer => answer.nextToken },
    from,
  )
  for await (const { answer, next } of pages) {
    const records: object[] = []
    for (const finding of wanted(calls, answer.findings)) {
      records.push(placed(calls, await detailed(calls, analyzerArn, finding)))
    }
    yield { records, next }
  }
}

/** Findings cannot be listed by their time. */
function wanted<F extends Pick<Finding, 'updatedAt'>>({ since }: CellCalls, findings: readonly F[] = []): readonly F[] {
  return since ? findings.filter(({ updatedAt }) => updatedAt === undefined || updatedAt >= since) : findings
}

/** With the Region of the analyzer, as in events: ARNs of buckets name none. */
function placed<F extends object>({ region }: CellCalls, finding: F): F & { region: string } {
  return { ...finding, region }
}

/** Only open findings are shown with their details. */
async function detailed(calls: CellCalls, analyzerArn: string, finding: Finding): Promise<Finding> {
  if (finding.status !== 'ACTIVE') return finding
  try {
    const { findingDetails } = await calls.call('accessanalyzer:GetFindingV2', { analyzerArn, id: finding.id })
    return { ...finding, ...(findingDetails && { findingDetails }) }
  } catch (error) {
    // It was deleted meanwhile.
    if (error instanceof AwsFailure && error.code === 'ResourceNotFoundException') return finding
    throw error
  }
}
