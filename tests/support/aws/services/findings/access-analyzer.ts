import type * as AccessAnalyzer from '@aws-sdk/client-accessanalyzer'
import type { AnalyzerSummary, Criterion } from '@aws-sdk/client-accessanalyzer'
import { AwsError } from '../../wire/aws-error'
import { type Call, type Handlers, pageOf } from '../handler'

const PAGE = 100

type Names = 'ListAnalyzers' | 'ListFindings' | 'ListFindingsV2' | 'GetFindingV2'

export const accessanalyzer: Handlers<typeof AccessAnalyzer, Names> = {
  ListAnalyzers({ type, nextToken, maxResults = PAGE }, call) {
    const all = call.store.list('accessanalyzer.analyzer', call).filter(one => !type || one.type === type)
    const { items, next } = pageOf(all, nextToken, maxResults)
    return { analyzers: items, nextToken: next }
  },
  /** The first version knows only external access, but lists who has it. */
  ListFindings({ analyzerArn, filter, nextToken, maxResults = PAGE }, call) {
    if (!EXTERNAL.test(analyzerOf(String(analyzerArn), call).type ?? '')) {
      throw new AwsError('ValidationException', 'Use ListFindingsV2 for this analyzer.')
    }
    const { items, next } = pageOf(findingsOf(String(analyzerArn), filter, call), nextToken, maxResults)
    const findings = items.map(({ findingType, findingDetails: [detail] = [], ...summary }) => {
      const { action, principal, condition = {}, isPublic = false, sources } = detail?.externalAccessDetails ?? {}
      return { ...summary, action, principal, condition, isPublic, sources }
    })
    return { findings, nextToken: next }
  },
  ListFindingsV2({ analyzerArn, filter, nextToken, maxResults = PAGE }, call) {
    const { items, next } = pageOf(findingsOf(String(analyzerArn), filter, call), nextToken, maxResults)
    return { findings: items.map(({ findingDetails, ...summary }) => summary), nextToken: next }
  },
  GetFindingV2({ id }, call) {
    const finding = call.store.list('accessanalyzer.finding', call).find(one => one.id === id)
    if (!finding) throw new AwsError('ResourceNotFoundException', `The finding ${id} was not found`, 404)
    return { ...finding, findingDetails: finding.findingDetails ?? [] }
  },
}

const EXTERNAL = /^(ACCOUNT|ORGANIZATION)$/

function analyzerOf(arn: string, { store, ...place }: Call): AnalyzerSummary {
  const found = store.list('accessanalyzer.analyzer', place).find(one => one.arn === arn)
  if (!found) throw new AwsError('ResourceNotFoundException', `The analyzer ${arn} was not found`, 404)
  return found
}

/** Each kind of analyzer has its own kinds of findings. */
function findingsOf(arn: string, filter: Record<string, Criterion> = {}, call: Call) {
  const { type = 'ACCOUNT' } = analyzerOf(arn, call)
  const kind = EXTERNAL.test(type) ? 'External' : type.includes('UNUSED') ? 'Unused' : 'Internal'
  return call.store.list('accessanalyzer.finding', call).filter(
    finding =>
      (finding.findingType ?? 'ExternalAccess').startsWith(kind) &&
      Object.entries(filter).every(([name, { eq = [] }]) => {
        if (name === 'status') return eq.includes(String(finding.status))
        throw new AwsError('ValidationException', `The emulator does not know the filter ${name}.`)
      }),
  )
}
