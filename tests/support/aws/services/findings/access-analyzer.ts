import type * as AccessAnalyzer from '@aws-sdk/client-accessanalyzer'
import { AwsError } from '../../wire/aws-error'
import { type Handlers, pageOf } from '../handler'

const PAGE = 100

type Names = 'ListAnalyzers' | 'ListFindings' | 'ListFindingsV2' | 'GetFindingV2'

export const accessanalyzer: Handlers<typeof AccessAnalyzer, Names> = {
  ListAnalyzers({ type, nextToken, maxResults = PAGE }, call) {
    const all = call.store.list('accessanalyzer.analyzer', call).filter(one => !type || one.type === type)
    const { items, next } = pageOf(all, nextToken, maxResults)
    return { analyzers: items, nextToken: next }
  },
  ListFindings() {
    // The first version knows only findings of external access.
    throw new AwsError('ValidationException', 'The emulator answers only ListFindingsV2.')
  },
  ListFindingsV2({ analyzerArn, filter = {}, nextToken, maxResults = PAGE }, call) {
    if (!call.store.list('accessanalyzer.analyzer', call).some(one => one.arn === analyzerArn)) {
      throw new AwsError('ResourceNotFoundException', `The analyzer ${analyzerArn} was not found`, 404)
    }
    const all = call.store.list('accessanalyzer.finding', call).filter(finding =>
      Object.entries(filter).every(([name, { eq = [] }]) => {
        if (name === 'status') return eq.includes(String(finding.status))
        throw new AwsError('ValidationException', `The emulator does not know the filter ${name}.`)
      }),
    )
    const { items, next } = pageOf(all, nextToken, maxResults)
    return { findings: items.map(({ findingDetails, ...summary }) => summary), nextToken: next }
  },
  GetFindingV2({ id }, call) {
    const finding = call.store.list('accessanalyzer.finding', call).find(one => one.id === id)
    if (!finding) throw new AwsError('ResourceNotFoundException', `The finding ${id} was not found`, 404)
    return { ...finding, findingDetails: finding.findingDetails ?? [] }
  },
}
