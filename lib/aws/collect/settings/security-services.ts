import 'server-only'
import type { CellCalls } from '../collector'
import { itemsOf } from '../paging'
import { ordered } from '../plain'

const PAGE = 50

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

/** The detector of Amazon GuardDuty, of which a Region has one, with its features. */
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
  }
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
  }
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
