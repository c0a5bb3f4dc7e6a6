import { randomUUID } from 'node:crypto'
import { securityHubFinding } from './security-hub'
import { guardDutyFinding, inspectorFinding } from './threats'

interface EventOptions {
  account: string
  region?: string
  id?: string
  at?: Date
}

/** An event as EventBridge sends it: https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html */
function eventOf<D extends object>(source: string, type: string, detail: D, { account, region, id, at }: EventOptions) {
  return {
    version: '0',
    id: id ?? randomUUID(),
    'detail-type': type,
    source,
    account,
    time: (at ?? new Date()).toISOString().replace(/\.\d+Z$/, 'Z'),
    region: region ?? 'ap-northeast-1',
    resources: [],
    detail,
  }
}

/** Security Hub's event of one finding, which an administrator may send for a member. */
export function securityHubEvent(control: string, options: EventOptions & { of?: string; passed?: boolean }) {
  const { account, of = account, region = 'ap-northeast-1', at = new Date(), passed = false } = options
  const finding = securityHubFinding({ account: of, region }, control, passed ? 'PASSED' : 'FAILED', at)
  return eventOf('aws.securityhub', 'Security Hub Findings - Imported', { findings: [finding] }, options)
}

/** GuardDuty's events have the finding with names in camelCase. */
export function guardDutyEvent(n: number, options: EventOptions) {
  const { account, region = 'ap-northeast-1', at = new Date() } = options
  const detail = lowered(JSON.parse(JSON.stringify(guardDutyFinding({ account, region }, n, at))))
  return eventOf('aws.guardduty', 'GuardDuty Finding', detail as object, options)
}

export function inspectorEvent(n: number, options: EventOptions) {
  const { account, region = 'ap-northeast-1', at = new Date() } = options
  return eventOf('aws.inspector2', 'Inspector2 Finding', inspectorFinding({ account, region }, n, at), options)
}

function lowered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(lowered)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key.slice(0, 1).toLowerCase() + key.slice(1), lowered(inner)]),
  )
}
