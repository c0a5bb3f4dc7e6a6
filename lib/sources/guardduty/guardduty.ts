import type { Severity } from '../../domain/findings/severity'
import type { Tags } from '../../domain/identity/tags'
import type { Outcome, ResourceRef } from '../../domain/imports/outcome'
import { RejectedRecord } from '../../domain/imports/reject'
import type { ReadingContext, Source } from '../source'
import { arnParts, firstRegion, identify, parseWith, prose, requireAccount } from '../values/fields'
import { looseText, valueAt } from '../values/loose'
import { toTags } from '../values/tags'
import { firstText, isRecord, shown } from '../values/text'
import { sequenceParts } from '../values/threats/sequence'
import { type Identity, toThreatFacts } from '../values/threats/threat'
import { readTime } from '../values/time'
import { affectedIds } from './affected'
import { camelCase } from './camel-case'
import { GuardDutyFinding } from './schema'

/** Native findings of GuardDuty: GetFindings, its export to S3, and its EventBridge events. */
export const guardduty: Source<GuardDutyFinding> = {
  recognises(record) {
    if (isEvent(record)) return true
    const finding = camelCase(record)
    // Events always have a service; in the API it is optional.
    return (
      (isRecord(finding.service) || 'schemaVersion' in finding) &&
      ['type', 'resource', 'severity'].every(key => key in finding)
    )
  },
  parse(record) {
    const { detail } = record
    return parseWith(GuardDutyFinding, camelCase(isEvent(record) && isRecord(detail) ? detail : record))
  },
  normalise,
}

function isEvent(record: Record<string, unknown>): boolean {
  return record['detail-type'] === 'GuardDuty Finding' && isRecord(record.detail) && 'id' in record.detail
}

function normalise(finding: GuardDutyFinding, { now }: ReadingContext): Outcome[] {
  const accountId = accountOf(finding)
  const region = firstRegion(finding.region, arnParts(finding.arn ?? '')?.region)
  const resource = resourceOf(finding, accountId, region)
  const time = (field: string, value: unknown) => readTime(value, field, now, accountId)
  return [
    {
      source: 'guardduty',
      product: 'GuardDuty',
      nativeId: identify(finding.id, 'id', accountId),
      class: 'threat',
      accountId,
      region,
      control: identify(finding.type, 'type', accountId),
      result: finding.service?.archived === true ? 'archived' : 'failed',
      severity: severityOf(finding.severity, accountId),
      ...textsOf(finding, resource),
      remediationText: '',
      remediationUrl: '',
      resource,
      tags: tagsOf(finding),
      otherResources: sequenceResources(finding, accountId),
      packageName: '',
      facts: toThreatFacts(finding.service, identityOf(finding), finding.title ?? ''),
      firstObservedAt:
        time('service.eventFirstSeen', finding.service?.eventFirstSeen) ?? time('createdAt', finding.createdAt),
      updatedAt: time('updatedAt', finding.updatedAt) ?? time('service.eventLastSeen', finding.service?.eventLastSeen),
    },
  ]
}

/** Whose credentials were used. In a cluster that is the user of Kubernetes. */
function identityOf({ resource }: GuardDutyFinding): Identity {
  const key = resource.accessKeyDetails
  const inCluster = resource.kubernetesDetails?.kubernetesUserDetails?.username
  return {
    principal: looseText(key?.userName) ?? looseText(key?.principalId) ?? looseText(inCluster),
    principalType: looseText(key?.userType) ?? (inCluster ? 'KubernetesUser' : null),
    accessKeyId: looseText(key?.accessKeyId),
  }
}

/** The resources of an attack sequence: its own resource is only "AttackSequence". */
function sequenceResources({ service }: GuardDutyFinding, accountId: string): ResourceRef[] {
  const parts = sequenceParts(valueAt(service, 'detection', 'sequence'))
  return (parts?.resources ?? []).map(({ id, type }) => ({ id: identify(id, 'resource', accountId), type }))
}

/** The finding's account, or that of the finding's ARN if it is missing. */
function accountOf({ accountId, arn }: GuardDutyFinding): string {
  if (accountId !== undefined && accountId !== null && accountId !== '') return requireAccount(accountId)
  const named = arnParts(arn ?? '')?.account
  if (named) return named
  throw new RejectedRecord('missing_field', { field: 'accountId' })
}

/**
 * Lower bounds of GuardDuty's bands, 1 to 10:
 * https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings-severity.html
 */
const BANDS: [number, Severity][] = [
  [9, 'critical'],
  [7, 'high'],
  [4, 'medium'],
  [1, 'low'],
]

function severityOf(value: unknown, accountId: string): Severity {
  if (value === undefined || value === null) throw new RejectedRecord('missing_field', { field: 'severity' }, accountId)
  const score = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  const found = typeof score === 'number' && score <= 10 ? BANDS.find(([lowest]) => score >= lowest) : undefined
  if (!found) throw new RejectedRecord('bad_severity', { value: shown(value) }, accountId)
  return found[1]
}

/** The attacked or misused resource, by the kind in the finding; the finding itself if the kind is unknown. */
function resourceOf(finding: GuardDutyFinding, accountId: string, region: string): ResourceRef {
  const { resource } = finding
  const partition = /^arn:([^:]+):/.exec(finding.arn ?? '')?.[1] ?? 'aws'
  const of = (type: string, id: string | null | undefined): ResourceRef | null =>
    id ? { type, id: identify(id, 'resource', accountId) } : null
  const instance = resource.instanceDetails?.instanceId
  const instanceArn = instance ? `arn:${partition}:ec2:${region}:${accountId}:instance/${instance}` : null
  const key = resource.accessKeyDetails
  const bucket = resource.s3BucketDetails?.[0]
  const s3 = of('AwsS3Bucket', firstText(bucket?.arn, bucket?.name))
  const byKind: ReadonlyMap<string, ResourceRef | null> = new Map([
    ['Instance', of('AwsEc2Instance', instanceArn)],
    ['AccessKey', of('AwsIamAccessKey', firstText(key?.userName, key?.principalId, key?.accessKeyId))],
    ['S3Bucket', s3],
    ['S3Object', s3],
    ['EKSCluster', of('AwsEksCluster', firstText(resource.eksClusterDetails?.arn, resource.eksClusterDetails?.name))],
    ['ECSCluster', of('AwsEcsCluster', firstText(resource.ecsClusterDetails?.arn, resource.ecsClusterDetails?.name))],
    [
      'RDSDBInstance',
      of(
        'AwsRdsDbInstance',
        firstText(resource.rdsDbInstanceDetails?.dbInstanceArn, resource.rdsDbInstanceDetails?.dbInstanceIdentifier),
      ),
    ],
    [
      'Lambda',
      of('AwsLambdaFunction', firstText(resource.lambdaDetails?.functionArn, resource.lambdaDetails?.functionName)),
    ],
  ])
  const kind = resource.resourceType ?? ''
  return (
    byKind.get(kind) ?? {
      id: identify(firstText(finding.arn, finding.id), 'arn', accountId),
      type: prose(kind, 'name'),
    }
  )
}

/** The tags of the attacked or misused resource. */
function tagsOf({ resource }: GuardDutyFinding): Tags | null {
  const [bucket] = resource.s3BucketDetails ?? []
  const byKind: ReadonlyMap<string, { tags?: unknown } | null | undefined> = new Map([
    ['Instance', resource.instanceDetails],
    ['S3Bucket', bucket],
    ['S3Object', bucket],
    ['EKSCluster', resource.eksClusterDetails],
    ['ECSCluster', resource.ecsClusterDetails],
    ['RDSDBInstance', resource.rdsDbInstanceDetails],
    ['Lambda', resource.lambdaDetails],
  ])
  return toTags(byKind.get(resource.resourceType ?? '')?.tags)
}

/** The number of ids in a title; the description has all of them. */
const IN_TITLE = { ids: 8, length: 128 }

/** Title and description with the affected ids, because a search covers only titles and resources. */
function textsOf(finding: GuardDutyFinding, resource: ResourceRef): { title: string; description: string } {
  const title = firstText(finding.title, finding.type)
  const affected = affectedIds(finding)
  const unnamed = affected
    .map(({ id }) => id)
    .filter(id => id.length <= IN_TITLE.length && !title.includes(id) && !resource.id.includes(id))
    .slice(0, IN_TITLE.ids)
  const lines = affected.map(({ label, id }) => `${label}: ${id}`)
  return {
    title: prose(unnamed.length > 0 ? `${title.slice(0, 300)} (${unnamed.join(', ')})` : title, 'title'),
    description: prose([firstText(finding.description), lines.join('\n')].filter(Boolean).join('\n\n'), 'text'),
  }
}
