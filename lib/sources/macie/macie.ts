import { z } from 'zod'
import type { Severity } from '../../domain/findings/severity'
import { type Outcome, type ResourceRef, suppressedBy } from '../../domain/imports/outcome'
import { RejectedRecord } from '../../domain/imports/reject'
import type { ReadingContext, Source } from '../source'
import { firstRegion, identify, parseWith, prose, requireAccount } from '../values/fields'
import { toTags } from '../values/tags'
import { firstText, isRecord, shown } from '../values/text'
import { readTime } from '../values/time'

const text = z.string().nullish()
const anything = z.unknown().optional()

/**
 * The fields of a Macie finding that Hinomi uses:
 * https://docs.aws.amazon.com/macie/latest/APIReference/findings-describe.html
 */
const MacieFinding = z.object({
  id: z.string().min(1),
  accountId: anything,
  region: text,
  type: z.string().min(1),
  category: text,
  title: text,
  description: text,
  severity: z.object({ description: text, score: anything }),
  archived: anything,
  createdAt: anything,
  updatedAt: anything,
  resourcesAffected: z.object({
    s3Bucket: z.object({ arn: text, name: text, tags: anything }).nullish(),
    s3Object: z.object({ bucketArn: text, key: text, path: text }).nullish(),
  }),
  classificationDetails: z
    .object({ result: z.object({ sensitiveData: anything, customDataIdentifiers: anything }).nullish() })
    .nullish(),
})
type MacieFinding = z.infer<typeof MacieFinding>

/** Native findings of Amazon Macie about policies and sensitive data: GetFindings and EventBridge. */
export const macie: Source<MacieFinding> = {
  recognises: record => isEvent(record) || isFinding(record),
  parse(record) {
    const { detail } = record
    return parseWith(MacieFinding, isEvent(record) && isRecord(detail) ? detail : record)
  },
  normalise,
}

const isFinding = (record: Record<string, unknown>) =>
  'resourcesAffected' in record && 'type' in record && 'severity' in record

function isEvent(record: Record<string, unknown>): boolean {
  return record['detail-type'] === 'Macie Finding' && isRecord(record.detail) && isFinding(record.detail)
}

/**
 * The type on the bucket or object identifies the problem: each run of a job gives its findings new ids, which must not
 * create a second problem.
 */
function normalise(finding: MacieFinding, { now }: ReadingContext): Outcome[] {
  const { accountId: account } = finding
  if (account === undefined || account === null || account === '') {
    throw new RejectedRecord('missing_field', { field: 'accountId' })
  }
  const accountId = requireAccount(account)
  const time = (field: string, value: unknown) => readTime(value, field, now, accountId)
  return [
    {
      source: 'macie',
      product: 'Macie',
      nativeId: identify(finding.id, 'id', accountId),
      class: 'posture',
      accountId,
      region: firstRegion(finding.region),
      control: identify(finding.type, 'type', accountId),
      // A suppression rule archives it: https://docs.aws.amazon.com/macie/latest/APIReference/findings-describe.html
      result: finding.archived === true ? 'suppressed' : 'failed',
      ...(finding.archived === true && { suppression: suppressedBy('rule') }),
      severity: severityOf(finding.severity, accountId),
      title: prose(firstText(finding.title, finding.type), 'title'),
      description: prose([finding.description, ...kindsOf(finding)].filter(Boolean).join('\n'), 'text'),
      remediationText: '',
      remediationUrl: 'https://docs.aws.amazon.com/macie/latest/user/findings-types.html',
      resource: resourceOf(finding, accountId),
      tags: toTags(finding.resourcesAffected.s3Bucket?.tags),
      otherResources: [],
      packageName: '',
      firstObservedAt: time('createdAt', finding.createdAt),
      updatedAt: time('updatedAt', finding.updatedAt),
    },
  ]
}

/** https://docs.aws.amazon.com/macie/latest/user/findings-severity.html: 1 low, 2 medium, 3 high. */
const LABELS: ReadonlyMap<string, Severity> = new Map([
  ['low', 'low'],
  ['medium', 'medium'],
  ['high', 'high'],
])
const SCORES: readonly (Severity | undefined)[] = [undefined, 'low', 'medium', 'high']

function severityOf({ description, score }: MacieFinding['severity'], accountId: string): Severity {
  const found = description ? LABELS.get(description.toLowerCase()) : SCORES[typeof score === 'number' ? score : 0]
  if (!found) throw new RejectedRecord('bad_severity', { value: shown(description ?? score) }, accountId)
  return found
}

function resourceOf({ resourcesAffected: affected }: MacieFinding, accountId: string): ResourceRef {
  const { s3Bucket: bucket, s3Object: object } = affected
  const bucketId = firstText(bucket?.arn, object?.bucketArn, bucket?.name)
  const id = object?.key && bucketId ? `${bucketId}/${object.key}` : firstText(bucketId, object?.path)
  if (id === '') throw new RejectedRecord('missing_field', { field: 'resourcesAffected' }, accountId)
  return { id: identify(id, 'resourcesAffected', accountId), type: object ? 'AwsS3Object' : 'AwsS3Bucket' }
}

/** The kinds of sensitive data, without counts, which change with every object. */
function kindsOf({ classificationDetails: details }: MacieFinding): string[] {
  const { sensitiveData, customDataIdentifiers: custom } = details?.result ?? {}
  const groups = Array.isArray(sensitiveData) ? sensitiveData : []
  const own = isRecord(custom) && Array.isArray(custom.detections) ? custom.detections : []
  const detections = [...groups.flatMap(group => (isRecord(group) ? group.detections : [])), ...own]
  const names = detections.map(one => (isRecord(one) ? firstText(one.type, one.name) : '')).filter(Boolean)
  return names.length === 0 ? [] : [[...new Set(names)].sort().join(', ')]
}
