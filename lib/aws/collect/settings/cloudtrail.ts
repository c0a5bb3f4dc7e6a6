import 'server-only'
import { AwsFailure } from '../../failure'
import type { OutputOf } from '../../operations'
import type { CellCalls, Collector, Page } from '../collector'
import { inventoryOf } from '../inventory'

type Trail = NonNullable<OutputOf<'cloudtrail:DescribeTrails'>['trailList']>[number]
type Selectors = OutputOf<'cloudtrail:GetEventSelectors'>
type Advanced = NonNullable<Selectors['AdvancedEventSelectors']>[number]

const DAY = 86_400_000
/** Service events that a trail may leave out, and still records what people do. */
const READS_AND_WRITES = 'All'

/**
 * Trails whose home is the Region. Those of the organization are shadow trails in its members, which may see their
 * state, but not change it. https://docs.aws.amazon.com/awscloudtrail/latest/userguide/creating-trail-organization.html
 */
export const cloudtrail: Collector = { id: 'cloudtrail', collect }

async function* collect(calls: CellCalls): AsyncGenerator<Page> {
  const { trailList } = await calls.call('cloudtrail:DescribeTrails', { includeShadowTrails: true })
  const records: object[] = []
  for (const trail of trailList ?? []) {
    if (trail.HomeRegion === calls.region) records.push(await trailOf(calls, trail))
  }
  yield { records, next: null }
}

async function trailOf(calls: CellCalls, trail: Trail) {
  const arn = trail.TrailARN ?? ''
  const foreign = arn.split(':')[4] !== calls.account
  const status = await shown(foreign, calls.call('cloudtrail:GetTrailStatus', { Name: arn }))
  const selectors = await shown(foreign, calls.call('cloudtrail:GetEventSelectors', { TrailName: arn }))
  const recent = (at: Date | undefined) => at !== undefined && calls.now().getTime() - at.getTime() < DAY
  const data = {
    multiRegion: trail.IsMultiRegionTrail ?? false,
    organization: trail.IsOrganizationTrail ?? false,
    logFileValidation: trail.LogFileValidationEnabled ?? false,
    kmsKey: trail.KmsKeyId ?? null,
    bucket: trail.S3BucketName ?? null,
    logging: status?.IsLogging ?? null,
    // Times of delivery change every few minutes: only whether they are recent says something.
    delivery: status && {
      recent: recent(status.LatestDeliveryTime),
      error: status.LatestDeliveryError || null,
      digestRecent: recent(status.LatestDigestDeliveryTime),
      digestError: status.LatestDigestDeliveryError || null,
    },
    managementEvents: selectors && managementEvents(selectors),
    objectEvents: selectors && objectEvents(selectors),
  }
  return inventoryOf(calls, {
    type: 'AWS::CloudTrail::Trail',
    arn,
    name: trail.Name ?? '',
    region: calls.region,
    data,
  })
}

/** Null for a trail of another account that AWS does not show. */
async function shown<T>(foreign: boolean, answer: Promise<T>): Promise<T | null> {
  try {
    return await answer
  } catch (error) {
    if (
      error instanceof AwsFailure &&
      (error.code === 'TrailNotFoundException' || (foreign && error.state === 'denied'))
    )
      return null
    throw error
  }
}

/** Which management events a trail records: `All`, `ReadOnly`, `WriteOnly`, or none. */
function managementEvents({ EventSelectors, AdvancedEventSelectors }: Selectors): string {
  const basic = (EventSelectors ?? []).flatMap(one => (one.IncludeManagementEvents ? [one.ReadWriteType ?? 'All'] : []))
  const kinds = new Set<string>([...basic, ...(AdvancedEventSelectors ?? []).flatMap(advancedManagement)])
  if (kinds.has(READS_AND_WRITES) || (kinds.has('ReadOnly') && kinds.has('WriteOnly'))) return READS_AND_WRITES
  return [...kinds][0] ?? 'None'
}

/** https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AdvancedFieldSelector.html */
function advancedManagement({ FieldSelectors = [] }: Advanced): string[] {
  const equals = (field: string) => FieldSelectors.find(({ Field }) => Field === field)?.Equals
  if (!equals('eventCategory')?.includes('Management')) return []
  const other = FieldSelectors.some(({ Field = '' }) => !['eventCategory', 'readOnly', 'eventSource'].includes(Field))
  if (other) return []
  const readOnly = equals('readOnly')
  return [readOnly === undefined ? READS_AND_WRITES : readOnly.includes('true') ? 'ReadOnly' : 'WriteOnly']
}

/** Whether a trail records reads or writes of objects in Amazon S3. */
function objectEvents({ EventSelectors, AdvancedEventSelectors }: Selectors): boolean {
  const basic = (EventSelectors ?? []).some(one => one.DataResources?.some(({ Type }) => Type === 'AWS::S3::Object'))
  const advanced = (AdvancedEventSelectors ?? []).some(({ FieldSelectors = [] }) =>
    FieldSelectors.some(({ Field, Equals }) => Field === 'resources.type' && Equals?.includes('AWS::S3::Object')),
  )
  return basic || advanced
}
