import 'server-only'
import type { Scope } from '@aws-sdk/client-wafv2'
import { partitionOf } from '../../../domain/commands/command-values'
import type { CellCalls, Collector, Cursor, Page } from '../collector'
import { pagesOfEach } from '../nested'
import { alarms } from './alarms'
import { requestMetrics } from './requests'
import { webAclMetrics } from './web-acls'

/** Alarms, behind all metrics by name: a role from before they were read is denied them. */
const LAST = 'zz-alarms'

/** Daily sums of CloudWatch: requests of entrances, and what web ACLs and their rules did with them. Alarms as well. */
export const metrics: Collector = { id: 'metrics', collect }

async function* collect(calls: CellCalls, from: Cursor | null): AsyncGenerator<Page> {
  // Metrics of web ACLs for CloudFront are in one Region.
  const isGlobal = calls.region === partitionOf(calls.region).globalRegion
  const scopes: readonly Scope[] = isGlobal ? ['CLOUDFRONT', 'REGIONAL'] : ['REGIONAL']
  yield* pagesOfEach(['requests', LAST, ...scopes], from, async function* (part, token) {
    if (part === LAST) return yield* alarms(calls, token)
    const scope = scopes.find(one => one === part)
    yield { records: scope ? await webAclMetrics(calls, scope) : await requestMetrics(calls), next: null }
  })
}
