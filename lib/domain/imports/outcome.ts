import { type FeedId, feeds } from '../../sources/definitions'
import type { AccountId } from '../accounts/account-id'
import type { Facts } from '../findings/facts'
import type { Severity } from '../findings/severity'
import type { Tags } from '../identity/tags'

/** The feeds that Hinomi reads. A feed is the tool or service that delivers, whatever file format it uses. */
export const sourceIds: readonly SourceId[] = feeds.map(({ id }) => id)
export type SourceId = FeedId

export function isSourceId(text: string): text is SourceId {
  return (sourceIds as readonly string[]).includes(text)
}

export const findingClasses = ['posture', 'vulnerability', 'threat'] as const
export type FindingClass = (typeof findingClasses)[number]

/**
 * The result of one check or detection of a source. failed: a problem; passed: a check that found none; not_available:
 * the check had no result; archived: the source closed it; suppressed: hidden in the source.
 */
export const results = ['failed', 'passed', 'not_available', 'archived', 'suppressed'] as const
export type Result = (typeof results)[number]

export interface ResourceRef {
  /** ARN if the source gives one, else the source's own id. */
  id: string
  /** The source's type name, such as AwsS3Bucket. Empty if unknown. */
  type: string
}

/** What suppressed a finding in its source: a mute list of Prowler, a suppression rule, or an excluded resource. */
export const suppressionMeans = ['mutelist', 'rule', 'exclusion'] as const
export type SuppressionMeans = (typeof suppressionMeans)[number]

/** Who or what suppressed a finding in its source, when (ISO 8601) and why. Empty or null where the source does not say. */
export interface Suppression {
  by: string
  at: string | null
  note: string
  means?: SuppressionMeans
}

/** The suppression of a source that says by what, but neither who nor when. */
export function suppressedBy(means: SuppressionMeans): Suppression {
  return { by: '', at: null, note: '', means }
}

/** Parts of a record's identity that earlier versions read differently. */
export interface FormerNames {
  control?: string
  region?: string
  resourceId?: string
}

/** One result of one source for one resource: the only shape that ingest knows. All text is as the source wrote it. */
export interface Outcome {
  source: SourceId
  /** The product that reported it. A report may contain several. */
  product: string
  /** The record's own id. With source, product, control and resource it identifies the sighting. */
  nativeId: string
  class: FindingClass
  accountId: AccountId
  /** AWS region, or "global". */
  region: string
  /** Security Hub control id (S3.2), else the tool's own check id; the CVE of a vulnerability; the type of a threat. */
  control: string
  result: Result
  severity: Severity
  title: string
  description: string
  remediationText: string
  /** http or https only, otherwise empty. */
  remediationUrl: string
  resource: ResourceRef
  otherResources: ResourceRef[]
  /** Tags of the resource, if the source reports them. */
  tags?: Tags | null
  /**
   * Name and version of the vulnerable package. For posture, the part of the resource, if a check reports several under
   * one id, such as an inline policy of a user. Empty otherwise.
   */
  packageName: string
  /** The tool does not name its checks, so that only the record's own id separates two problems of one resource. */
  byRecord?: boolean
  /** The identity of the record in earlier versions, where it differs. */
  former?: FormerNames
  /** ARN of the machine image of an instance that is replaced, not patched, if the source reports it. */
  machineImage?: string | null
  /** What the source says beyond its texts. */
  facts?: Facts | null
  suppression?: Suppression | null
  firstObservedAt: Date | null
  updatedAt: Date | null
  /** Time of update without a time zone, read in the organization's zone: shown only. */
  localTime?: Date | null
  /** The record came back after an update by Hinomi itself: it is no evidence against what a person decided. */
  echo?: boolean
  /** When the event with the record was sent. It orders two events of one document. */
  eventAt?: Date | null
  /**
   * Set for a summary of a control whose resources come in another answer: "stated" by the summary itself, "ended" by
   * an answer with the resources. Its record id alone identifies the sighting, so that both refer to it; a summary that
   * fails makes a report complete for nothing.
   */
  summary?: 'stated' | 'ended'
}
