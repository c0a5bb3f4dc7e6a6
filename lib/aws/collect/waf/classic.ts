import 'server-only'
import { partitionOf } from '../../../domain/commands/command-values'
import { AwsFailure } from '../../failure'
import type { CellCalls } from '../collector'
import { inventoryOf } from '../inventory'
import type { NestedPage } from '../nested'
import { pagesOf } from '../paging'
import { markerOf } from './web-acls'

const PAGE = 100

/**
 * Web ACLs of AWS WAF Classic for CloudFront: that they exist is all that matters, because its support has ended
 * (https://docs.aws.amazon.com/waf/latest/developerguide/waf-migrating-from-classic.html).
 */
export async function* classicAcls(calls: CellCalls, _: unknown, from: string | null): AsyncGenerator<NestedPage> {
  const input = { Limit: PAGE }
  const paging = { at: (NextMarker: string) => ({ ...input, NextMarker }), next: markerOf }
  const { partition } = partitionOf(calls.region)
  try {
    for await (const { answer, next } of pagesOf(calls, 'waf:ListWebACLs', input, paging, from)) {
      const records = (answer.WebACLs ?? []).map(({ WebACLId = '', Name = '' }) => {
        const arn = `arn:${partition}:waf::${calls.account}:webacl/${WebACLId}`
        return inventoryOf(calls, { type: 'AWS::WAF::WebACL', arn, name: Name, data: { id: WebACLId } })
      })
      yield { records, next }
    }
  } catch (error) {
    // The service is being switched off: without its endpoint there is nothing left of it.
    if (!(error instanceof AwsFailure) || error.reason !== 'service_not_offered') throw error
    yield { records: [], next: null }
  }
}
