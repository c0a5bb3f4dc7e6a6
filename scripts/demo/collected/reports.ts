import type { CollectorId } from '../../../lib/domain/collection/collectors'
import { collectorDefinition } from '../../../lib/domain/collection/collectors'
import type { DemoAccount } from '../organisation'
import { deniedAction, SETTINGS, settingsResources } from './settings'
import { type DemoResource, wafResources } from './waf'

const REGIONS = ['ap-northeast-1', 'us-east-1'] as const
const COLLECTORS: readonly CollectorId[] = [
  'entrances',
  'cloudfront',
  'ec2',
  'metrics',
  'waf',
  'waf-global',
  ...SETTINGS,
]

/** The reports that collectors would write of an account at a time, by collector. */
export function collectedReports(account: DemoAccount, place: number, at: Date): [CollectorId, string][] {
  const resources = [...wafResources(account, place, at), ...settingsResources(account, place)]
  return COLLECTORS.map(collector => [collector, reportOf(account.id, place, collector, resources, at)])
}

function reportOf(
  account: string,
  place: number,
  collector: CollectorId,
  all: readonly DemoResource[],
  at: Date,
): string {
  const time = at.toISOString()
  const own = all.filter(resource => resource.collector === collector)
  const lines = own.map(({ collector: _, ...resource }) => ({ inventory: 1, account, ...resource, observedAt: time }))
  const regions = collectorDefinition(collector)?.regional ? REGIONS : ['global']
  const cells = regions.map(region => {
    const records = own.filter(resource => resource.region === region).length
    const action = deniedAction(place, collector, region)
    const state = action === null ? 'ok' : 'denied'
    return { coverage: 1, account, region, collector, state, complete: state === 'ok', records, action }
  })
  const header = { collection: 1, account, collector, startedAt: time, whole: true }
  return [header, ...lines, ...cells].map(line => `${JSON.stringify(line)}\n`).join('')
}
