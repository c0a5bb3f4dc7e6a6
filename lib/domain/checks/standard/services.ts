import { z } from 'zod'
import type { CheckDefinition, CheckResult, Inventory } from '../check'
import { lacks } from './organization'
import { accountOf, evidenceOf, listed, resultOf } from './parts'
import {
  ANALYZER,
  administratorsOf,
  CONFIG,
  GUARDDUTY,
  INSPECTOR,
  SECURITY_HUB,
  service,
  settingsOf,
} from './service-settings'

const Analyzers = z.object({
  analyzers: z.array(z.object({ type: z.string().nullable(), status: z.string().nullable() })).default([]),
})
const Config = z.object({
  recorders: z
    .array(
      z.object({
        service: z.string().nullable(),
        allSupported: z.boolean(),
        strategy: z.string().nullable(),
        types: z.array(z.string()),
        recording: z.boolean(),
        lastStatus: z.string().nullable(),
      }),
    )
    .default([]),
  channels: z.array(z.object({ stream: z.string().nullable(), history: z.string().nullable() })).default([]),
})
const Detector = z.object({
  running: z.boolean().default(false),
  features: z.array(z.object({ name: z.string(), enabled: z.boolean(), with: z.array(z.string()) })).default([]),
})
const Scans = z.object({ scans: z.record(z.string(), z.string().nullable()).default({}) })
const Hub = z.object({
  generator: z.string().nullish(),
  standards: z.array(z.object({ arn: z.string(), status: z.string().nullable() })).default([]),
  aggregated: z.boolean().default(false),
})

/** An analyzer of the organization, in its administrator's account, counts for its members. */
function* analyzers(inventory: Inventory, region: string, types: readonly string[]): Iterable<CheckResult> {
  const settings = settingsOf(inventory, ANALYZER, Analyzers, region)
  if (!settings) return
  const ofOrganization = (inventory.organization?.resources(ANALYZER) ?? []).flatMap(resource => {
    const read = resource.region === region ? Analyzers.safeParse(resource.data) : null
    return read?.success ? read.data.analyzers.filter(({ type }) => type?.startsWith('ORGANIZATION')) : []
  })
  const active = [...settings.data.analyzers, ...ofOrganization].filter(({ status }) => status === 'ACTIVE')
  const found = active.some(({ type }) => type !== null && types.includes(type))
  yield { resource: accountOf(inventory), result: resultOf(found) }
}

const external = (inventory: Inventory, region: string) => analyzers(inventory, region, ['ACCOUNT', 'ORGANIZATION'])
const unused = (inventory: Inventory, region: string) =>
  analyzers(inventory, region, ['ACCOUNT_UNUSED_ACCESS', 'ORGANIZATION_UNUSED_ACCESS'])

/** Config.1: a recorder of the account that runs, and delivers what it records. */
function* config(inventory: Inventory, region: string): Iterable<CheckResult> {
  const settings = settingsOf(inventory, CONFIG, Config, region)
  if (!settings) return
  const own = settings.data.recorders.filter(({ service }) => service === null)
  const running = own.filter(({ recording, lastStatus }) => recording && lastStatus?.toUpperCase() !== 'FAILURE')
  const covering = running.filter(recorder => {
    return recorder.allSupported || recorder.strategy === 'EXCLUSION_BY_RESOURCE_TYPES' || recorder.types.length > 0
  })
  const failing = settings.data.channels.some(channel =>
    [channel.stream, channel.history].some(status => status?.toUpperCase() === 'FAILURE'),
  )
  const evidence = evidenceOf({ recorders: own.length, recording: running.length > 0, deliveryFails: failing || null })
  yield { resource: accountOf(inventory), result: resultOf(covering.length > 0 && !failing), evidence }
}

/**
 * Features by control, and what has to be managed with them.
 * https://docs.aws.amazon.com/securityhub/latest/userguide/guardduty-controls.html
 */
const FEATURES: readonly (readonly [control: string, feature: string, agent?: string])[] = [
  ['GuardDuty.5', 'EKS_AUDIT_LOGS'],
  ['GuardDuty.6', 'LAMBDA_NETWORK_LOGS'],
  ['GuardDuty.7', 'RUNTIME_MONITORING', 'EKS_ADDON_MANAGEMENT'],
  ['GuardDuty.8', 'EBS_MALWARE_PROTECTION'],
  ['GuardDuty.9', 'RDS_LOGIN_EVENTS'],
  ['GuardDuty.10', 'S3_DATA_EVENTS'],
  ['GuardDuty.11', 'RUNTIME_MONITORING'],
  ['GuardDuty.12', 'RUNTIME_MONITORING', 'ECS_FARGATE_AGENT_MANAGEMENT'],
  ['GuardDuty.13', 'RUNTIME_MONITORING', 'EC2_AGENT_MANAGEMENT'],
]

/** Features of a detector that is off, and those that the Region does not have, say nothing. */
function* guardDuty(inventory: Inventory, region: string): Iterable<CheckResult> {
  const settings = settingsOf(inventory, GUARDDUTY, Detector, region)
  if (!settings) return
  const { running, features } = settings.data
  const resource = accountOf(inventory)
  yield { control: 'GuardDuty.1', resource, result: resultOf(settings.enabled && running) }
  if (!running) return
  for (const [control, name, agent] of FEATURES) {
    const feature = features.find(one => one.name === name)
    if (!feature) continue
    const on = feature.enabled && (agent === undefined || feature.with.includes(agent))
    yield { control, resource, result: resultOf(on), evidence: evidenceOf({ feature: agent ?? name }) }
  }
}

const SCANS = [
  ['Inspector.1', 'ec2'],
  ['Inspector.2', 'ecr'],
  ['Inspector.3', 'lambdaCode'],
  ['Inspector.4', 'lambda'],
] as const

function* inspector(inventory: Inventory, region: string): Iterable<CheckResult> {
  const settings = settingsOf(inventory, INSPECTOR, Scans, region)
  if (!settings) return
  for (const [control, scan] of SCANS) {
    const status = settings.data.scans[scan] ?? null
    if (settings.enabled && status === null) continue
    const evidence = evidenceOf({ scanStatus: status ?? 'DISABLED' })
    yield { control, resource: accountOf(inventory), result: resultOf(status === 'ENABLED'), evidence }
  }
}

const FSBP = /:standards\/aws-foundational-security-best-practices\//

/** Regions are aggregated by the administrator, or by an account without an organization. */
function aggregates(inventory: Inventory): boolean {
  return !inventory.organization || administratorsOf(inventory, 'securityhub').includes(inventory.account.id)
}

function* securityHub(inventory: Inventory, region: string): Iterable<CheckResult> {
  const settings = settingsOf(inventory, SECURITY_HUB, Hub, region)
  if (!settings) return
  const { standards, generator, aggregated } = settings.data
  const best = standards.some(({ arn, status }) => FSBP.test(arn) && status === 'READY')
  const consolidated = generator === 'SECURITY_CONTROL'
  const alone = aggregates(inventory) && inventory.regions.length > 1 && !aggregated
  const evidence = evidenceOf({
    standards: listed(standards.map(({ arn }) => arn.split('standards/')[1] ?? arn)) || null,
    consolidated,
    aggregated: alone ? false : null,
  })
  const passed = settings.enabled && best && consolidated && !alone
  // Whether this account had to aggregate its Regions is not known without the administrators.
  const result = passed && !aggregated && lacks(inventory, 'administrators') ? 'unknown' : resultOf(passed)
  yield { resource: accountOf(inventory), result, evidence }
}

export const serviceChecks: readonly CheckDefinition[] = [
  { id: 'external-analyzer', controls: ['IAM.28'], severity: 'high', ...service(ANALYZER), run: external },
  { id: 'unused-analyzer', controls: ['hinomi/unused-analyzer'], severity: 'low', ...service(ANALYZER), run: unused },
  { id: 'config-recording', controls: ['Config.1'], severity: 'critical', ...service(CONFIG), run: config },
  {
    id: 'guardduty',
    controls: ['GuardDuty.1', ...FEATURES.map(([control]) => control)],
    severity: 'high',
    ...service(GUARDDUTY),
    run: guardDuty,
  },
  {
    id: 'security-hub',
    controls: ['securityhub_enabled'],
    severity: 'high',
    ...service(SECURITY_HUB),
    run: securityHub,
  },
  {
    id: 'inspector',
    controls: ['Inspector.1', 'Inspector.2', 'Inspector.3', 'Inspector.4'],
    severity: 'high',
    ...service(INSPECTOR),
    run: inspector,
  },
]
