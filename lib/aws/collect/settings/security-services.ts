import 'server-only'
import type { Condition } from '@aws-sdk/client-guardduty'
import type { ScanStatusReason } from '@aws-sdk/client-inspector2'
import { AwsFailure } from '../../failure'
import type { CellCalls } from '../collector'
import { itemsOf } from '../paging'
import { ordered } from '../plain'

const PAGE = 50
/** The most of https://docs.aws.amazon.com/inspector/v2/APIReference/API_ListCoverage.html */
const COVERAGE_PAGE = 200

/** Reads the settings of a service in the Region; null where it is not enabled. Throws AwsFailure. */
export type ReadSettings = (calls: CellCalls) => Promise<Record<string, unknown> | null>

/** Analyzers with the zone of trust that they have. */
export async function accessAnalyzer(calls: CellCalls): Promise<Record<string, unknown> | null> {
  const analyzers = await itemsOf(
    calls,
    'accessanalyzer:ListAnalyzers',
    { maxResults: PAGE },
    { at: nextToken => ({ maxResults: PAGE, nextToken }), next: answer => answer.nextToken },
    answer => answer.analyzers,
  )
  if (analyzers.length === 0) return null
  const found = analyzers.map(({ arn = '', type, status }) => ({ arn, type: type ?? null, status: status ?? null }))
  return { analyzers: ordered(found, ({ arn }) => arn) }
}

/** Recorders of AWS Config, what they record, and whether they deliver it. */
export async function config(calls: CellCalls): Promise<Record<string, unknown> | null> {
  const { ConfigurationRecorders } = await calls.call('config-service:DescribeConfigurationRecorders', {})
  if (!ConfigurationRecorders?.length) return null
  const status = await calls.call('config-service:DescribeConfigurationRecorderStatus', {})
  const delivery = await calls.call('config-service:DescribeDeliveryChannelStatus', {})
  const recorders = ConfigurationRecorders.map(({ name = '', recordingGroup: group, servicePrincipal }) => {
    const state = status.ConfigurationRecordersStatus?.find(one => one.name === name)
    return {
      name,
      service: servicePrincipal ?? null,
      allSupported: group?.allSupported ?? false,
      strategy: group?.recordingStrategy?.useOnly ?? null,
      types: [...(group?.resourceTypes ?? [])].sort(),
      excluded: [...(group?.exclusionByResourceTypes?.resourceTypes ?? [])].sort(),
      recording: state?.recording ?? false,
      lastStatus: state?.lastStatus ?? null,
      error: state?.lastErrorCode ?? null,
    }
  })
  const channels = (delivery.DeliveryChannelsStatus ?? []).map(({ name = '', ...channel }) => ({
    name,
    stream: channel.configStreamDeliveryInfo?.lastStatus ?? null,
    history: channel.configHistoryDeliveryInfo?.lastStatus ?? null,
  }))
  return { recorders: ordered(recorders, ({ name }) => name), channels: ordered(channels, ({ name }) => name) }
}

/** The detector of Amazon GuardDuty, of which a Region has one, with its features and suppression rules. */
export async function guardDuty(calls: CellCalls): Promise<Record<string, unknown> | null> {
  const { DetectorIds } = await calls.call('guardduty:ListDetectors', {})
  const [DetectorId] = DetectorIds ?? []
  if (DetectorId === undefined) return null
  const detector = await calls.call('guardduty:GetDetector', { DetectorId })
  const features = (detector.Features ?? []).map(({ Name, Status, AdditionalConfiguration }) => ({
    name: Name ?? '',
    enabled: Status === 'ENABLED',
    with: (AdditionalConfiguration ?? [])
      .flatMap(one => (one.Status === 'ENABLED' && one.Name ? [one.Name] : []))
      .sort(),
  }))
  return {
    detector: DetectorId,
    running: detector.Status === 'ENABLED',
    features: ordered(features, ({ name }) => name),
    publishing: detector.FindingPublishingFrequency ?? null,
    suppressions: await suppressions(calls, DetectorId),
  }
}

/** Filters that archive findings, by the fields that they look at; null in a member, whose rules are its administrator's. */
async function suppressions(calls: CellCalls, DetectorId: string): Promise<object[] | null> {
  const names = await filterNames(calls, DetectorId)
  if (names === null) return null
  const found: object[] = []
  for (const FilterName of names.toSorted()) {
    const { Action, FindingCriteria } = await calls.call('guardduty:GetFilter', { DetectorId, FilterName })
    if (Action !== 'ARCHIVE') continue
    const criteria = Object.entries(FindingCriteria?.Criterion ?? {}).map(([field, condition]) => {
      return { field, excludes: onlyExcludes(condition) }
    })
    found.push({ name: FilterName, criteria: ordered(criteria, ({ field }) => field) })
  }
  return found
}

async function filterNames(calls: CellCalls, DetectorId: string): Promise<string[] | null> {
  const input = { DetectorId, MaxResults: PAGE }
  try {
    return await itemsOf(
      calls,
      'guardduty:ListFilters',
      input,
      { at: NextToken => ({ ...input, NextToken }), next: answer => answer.NextToken },
      answer => answer.FilterNames,
    )
  } catch (error) {
    if (error instanceof AwsFailure && error.reason === 'request') return null
    throw error
  }
}

/** Whether a condition names only what it does not hide. */
function onlyExcludes({ Neq, NotEquals, NotMatches, ...others }: Condition): boolean {
  const excludes = [Neq, NotEquals, NotMatches].some(values => values !== undefined)
  return excludes && Object.values(others).every(value => value === undefined)
}

/** What Amazon Inspector scans. */
export async function inspector(calls: CellCalls): Promise<Record<string, unknown> | null> {
  const { accounts } = await calls.call('inspector2:BatchGetAccountStatus', {})
  const own = accounts?.find(({ accountId }) => accountId === calls.account)
  if (!own || own.state?.status === 'DISABLED') return null
  const { ec2, ecr, lambda, lambdaCode } = own.resourceState ?? {}
  return {
    status: own.state?.status ?? null,
    scans: {
      ec2: ec2?.status ?? null,
      ecr: ecr?.status ?? null,
      lambda: lambda?.status ?? null,
      lambdaCode: lambdaCode?.status ?? null,
    },
    unscanned: own.state?.status === 'ENABLED' ? await unscanned(calls) : null,
  }
}

/**
 * Why a resource that should be scanned is not: the ten values that a filter takes. Others are resources that are gone, stopped, excluded or
 * too old to be scanned, and runtimes without support. https://docs.aws.amazon.com/inspector/latest/user/assessing-coverage.html
 */
const GAPS = [
  'ACCESS_DENIED',
  'ACCESS_DENIED_TO_ENCRYPTION_KEY',
  'IMAGE_SIZE_EXCEEDED',
  'INTEGRATION_CONNECTION_LOST',
  'INTERNAL_ERROR',
  'NO_INVENTORY',
  'RESOURCE_UNMANAGED',
  'STALE_INVENTORY',
  'UNMANAGED_EC2_INSTANCE',
  'UNSUPPORTED_OS',
] as const satisfies readonly ScanStatusReason[]
/** Resources that are named; all are counted. */
const NAMED = 30

/** Resources of the account that Amazon Inspector covers and does not scan. */
async function unscanned(calls: CellCalls): Promise<object> {
  const equals = (value: string) => ({ comparison: 'EQUALS' as const, value })
  const input = {
    maxResults: COVERAGE_PAGE,
    filterCriteria: {
      accountId: [equals(calls.account)],
      scanStatusCode: [equals('INACTIVE')],
      scanStatusReason: GAPS.map(equals),
    },
  }
  const found = await itemsOf(
    calls,
    'inspector2:ListCoverage',
    input,
    { at: nextToken => ({ ...input, nextToken }), next: answer => answer.nextToken },
    answer => answer.coveredResources,
  )
  const reasons = new Map<string, number>()
  for (const reason of found.map(({ scanStatus }) => scanStatus?.reason ?? '').sort()) {
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
  }
  const resources = [...new Set(found.map(({ resourceId = '' }) => resourceId))].sort()
  return { count: resources.length, reasons: Object.fromEntries(reasons), resources: resources.slice(0, NAMED) }
}

export async function macie(calls: CellCalls): Promise<Record<string, unknown> | null> {
  const { status } = await calls.call('macie2:GetMacieSession', {})
  return { status: status ?? null }
}

/** AWS Security Hub CSPM with its standards, and whether Regions are aggregated. */
export async function securityHub(calls: CellCalls): Promise<Record<string, unknown> | null> {
  const hub = await calls.call('securityhub:DescribeHub', {})
  const standards = await itemsOf(
    calls,
    'securityhub:GetEnabledStandards',
    { MaxResults: PAGE },
    { at: NextToken => ({ MaxResults: PAGE, NextToken }), next: answer => answer.NextToken },
    answer => answer.StandardsSubscriptions,
  )
  const { FindingAggregators } = await calls.call('securityhub:ListFindingAggregators', {})
  const found = standards.map(({ StandardsArn: arn = '', StandardsStatus }) => ({
    arn,
    status: StandardsStatus ?? null,
  }))
  return {
    hub: hub.HubArn ?? null,
    generator: hub.ControlFindingGenerator ?? null,
    standards: ordered(found, ({ arn }) => arn),
    aggregated: (FindingAggregators ?? []).length > 0,
  }
}
