import { z } from 'zod'
import type { Evidence } from '../../findings/facts'
import { type CheckDefinition, type CheckResult, type Inventory, ownControl } from '../check'
import { lacks } from '../standard/organization'
import { accountOf, listed, resultOf } from '../standard/parts'
import { administratorsOf, GUARDDUTY, INSPECTOR, service, settingsOf } from '../standard/service-settings'

const Detector = z.object({
  running: z.boolean().default(false),
  publishing: z.string().nullish(),
  suppressions: z
    .array(z.object({ name: z.string(), criteria: z.array(z.object({ field: z.string(), excludes: z.boolean() })) }))
    .nullish(),
})
const Scans = z.object({
  unscanned: z
    .object({ count: z.number(), reasons: z.record(z.string(), z.number()), resources: z.array(z.string()) })
    .nullish(),
})

function detectorOf(inventory: Inventory, region: string) {
  const settings = settingsOf(inventory, GUARDDUTY, Detector, region)
  return settings?.enabled && settings.data.running ? settings.data : null
}

/**
 * Only the administrator sets how often its members publish:
 * https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings_cloudwatch.html
 */
function* slowPublishing(inventory: Inventory, region: string): Iterable<CheckResult> {
  const publishing = detectorOf(inventory, region)?.publishing
  const administrators = administratorsOf(inventory, 'guardduty')
  const decides = administrators.length === 0 || administrators.includes(inventory.account.id)
  if (!publishing || !decides) return
  const evidence: Evidence[] = [{ name: 'neglectPublishing', value: publishing }]
  const passed = publishing !== 'SIX_HOURS'
  const result = !passed && lacks(inventory, 'administrators') ? 'unknown' : resultOf(passed)
  yield { resource: accountOf(inventory), result, evidence }
}

/** Criteria with which a rule still hides every kind of threat. The console adds that findings are not archived. */
const BROAD = new Set(['accountId', 'confidence', 'region', 'service.archived', 'severity', 'updatedAt'])

/** Rules without a criterion that names what they hide. */
function* broadSuppressions(inventory: Inventory, region: string): Iterable<CheckResult> {
  const rules = detectorOf(inventory, region)?.suppressions
  if (!rules) return
  const broad = rules.filter(({ criteria }) => criteria.every(({ field, excludes }) => excludes || BROAD.has(field)))
  const evidence: Evidence[] = [
    { name: 'neglectRules', value: rules.length },
    ...(broad.length > 0 ? [{ name: 'neglectBroadRules', value: listed(broad.map(({ name }) => name)) }] : []),
  ]
  yield { resource: accountOf(inventory), result: resultOf(broad.length === 0), evidence }
}

function* missingScans(inventory: Inventory, region: string): Iterable<CheckResult> {
  const settings = settingsOf(inventory, INSPECTOR, Scans, region)
  const found = settings?.enabled ? settings.data.unscanned : null
  if (!found) return
  const { count, reasons, resources } = found
  const why = Object.entries(reasons).map(([reason, times]) => `${reason} ${times}`)
  const more = count - resources.length
  const evidence: Evidence[] = [
    { name: 'neglectUnscanned', value: count },
    ...(why.length > 0 ? [{ name: 'neglectReasons', value: listed(why) }] : []),
    ...(count > 0
      ? [{ name: 'neglectResources', value: [...resources, ...(more > 0 ? [`+${more}`] : [])].join(', ') }]
      : []),
  ]
  yield { resource: accountOf(inventory), result: resultOf(count === 0), evidence }
}

/** How GuardDuty and Inspector are operated, from their settings. */
export const operatedServices: readonly CheckDefinition[] = [
  { id: 'threats-slow', severity: 'low', ...own('threats-slow'), ...service(GUARDDUTY), run: slowPublishing },
  { id: 'threats-hidden', severity: 'medium', ...own('threats-hidden'), ...service(GUARDDUTY), run: broadSuppressions },
  { id: 'scans-missing', severity: 'medium', ...own('scans-missing'), ...service(INSPECTOR), run: missingScans },
]

function own(id: string): Pick<CheckDefinition, 'controls'> {
  return { controls: [ownControl(id)] }
}
