import 'server-only'
import { AwsFailure } from '../../failure'
import type { CellCalls, Collector, Cursor, Page } from '../collector'
import { type NestedPage, pagesOfEach } from '../nested'
import { itemsOf, pagesOf } from '../paging'

/** The most that GetComplianceDetailsByConfigRule returns. */
const PAGE = 100
/** Security Hub creates these rules for its controls, and reports their results itself. */
const OF_SECURITY_HUB = 'securityhub-'

/** The results of the rules of AWS Config: every evaluation of every rule, with its account and Region. */
export const config: Collector = { id: 'config', collect }

async function* collect(calls: CellCalls, from: Cursor | null): AsyncGenerator<Page> {
  if (from === null) await requireRecorder(calls)
  const rules = await itemsOf(
    calls,
    'config-service:DescribeComplianceByConfigRule',
    {},
    { at: NextToken => ({ NextToken }), next: answer => answer.NextToken },
    answer => answer.ComplianceByConfigRules,
  )
  const names = rules.flatMap(({ ConfigRuleName: name }) => (name?.startsWith(OF_SECURITY_HUB) ? [] : (name ?? [])))
  yield* pagesOfEach(names, from, (rule, token) => evaluations(calls, rule, token))
}

async function* evaluations(calls: CellCalls, rule: string, token: string | null): AsyncGenerator<NestedPage> {
  const input = { ConfigRuleName: rule, Limit: PAGE }
  const pages = pagesOf(
    calls,
    'config-service:GetComplianceDetailsByConfigRule',
    input,
    { at: NextToken => ({ ...input, NextToken }), next: answer => answer.NextToken },
    token,
  )
  try {
    for await (const { answer, next } of pages) {
      const results = answer.EvaluationResults ?? []
      // In the form of an aggregator, which names the place. The token would let its holder report results.
      const records = results.map(({ ResultToken: _, ...result }) => {
        return { ...result, AccountId: calls.account, AwsRegion: calls.region }
      })
      yield { records, next }
    }
  } catch (error) {
    // It was deleted meanwhile.
    if (!(error instanceof AwsFailure) || error.code !== 'NoSuchConfigRuleException') throw error
    yield { records: [], next: null }
  }
}

/** Without a recorder nothing is evaluated any more, and old results stay. */
async function requireRecorder(calls: CellCalls): Promise<void> {
  const operation = 'config-service:DescribeConfigurationRecorderStatus'
  const { ConfigurationRecordersStatus: recorders } = await calls.call(operation, {})
  if (recorders?.some(({ recording }) => recording)) return
  const message = recorders?.length ? 'The recorder of AWS Config is stopped.' : 'AWS Config has no recorder here.'
  throw new AwsFailure({ reason: 'service_disabled', operation, message })
}
