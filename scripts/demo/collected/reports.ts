import type { CollectorId } from '../../../lib/domain/collection/collectors'
import { collectorDefinition } from '../../../lib/domain/collection/collectors'
import type { DemoAccount } from '../organisation'
import { type DemoResource, wafResources } from './waf'

const REGIONS = ['ap-northeast-1', 'us-east-1'] as const
const COLLECTORS: readonly CollectorId[] = ['entrances', 'cloudfront', 'ec2', 'metrics', 'waf', 'waf-global']

/** The reports that collectors would write of an account at a time, by collector. */
export function collectedReports(account: DemoAccount, place: number, at: Date): [CollectorId, string][] {
  const resources = wafResources(account, place, at)
  return COLLECTORS.map(collector => [collector, reportOf(account.id, collector, resources, at)])
}

function reportOf(account: string, collector: CollectorId, all: readonly DemoResource[], at: Date): string {
  const time = at.toISOString()
  const own = all.filter(resource => resource.collector === collector)
  const lines = own.map(({ collector: _, ...resource }) => ({ inventory: 1, account, ...resource, observedAt: time }))
  const regions = collectorDefinition(collector)?.regional ? REGIONS : ['global']
  const cells = regions.map(region => {
    const records = own.filter(resource => resource.region === region).length
    return { coverage: 1, account, region, collector, state: 'ok', complete: true, records }
  })
  const header = { collection: 1, account, collector, startedAt: time, whole: true }
  return [header, ...lines, ...cells].map(line => `${JSON.stringify(line)}\n`).join('')
}
