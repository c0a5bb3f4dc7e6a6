import { type FeedId, feeds } from '../../sources/definitions'
import type { AccountId } from '../accounts/account-id'
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
 * What a source says of one thing.
 * failed: a problem; passed: a check that found none; not_available: the check could not tell;
 * archived: the source itself closed it; suppressed: somebody hid it in the source.
 */
export const results = ['failed', 'passed', 'not_available', 'archived', 'suppressed'] as const
export type Result = (typeof results)[number]

export interface ResourceRef {
  /** ARN where the source gives one, else the source's own id. */
  id: string
  /** The source's type name, such as AwsS3Bucket. Empty where unknown. */
  type: string
}

/** What helps to decide how urgent a vulnerability is. Null where the source does not say. */
export interface Rating {
  /** Whether an exploit is known. */
  exploit: boolean | null
  /** Whether a fixed version is there for all packages, or for some. */
  fix: 'yes' | 'no' | 'partial' | null
  /** Probability, in whole percent, that it is exploited within 30 days. https://www.first.org/epss/ */
  epss: number | null
}

/** Parts of a record's identity that earlier versions read otherwise, only those that differ. */
export interface FormerNames {
  control?: string
  region?: string
  resourceId?: string
}

/** One statement of one source about one thing: the only shape that ingest understands. All text is as the source wrote it. */
export interface Outcome {
  source: SourceId
  /** The product that made the statement. A report may carry several. */
  product: string
  /** The record's own id. With source, product, control and resource it names the sighting. */
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
  /** Tags of the resource, where the source tells of them. */
  tags?: Tags | null
  /**
   * Name and version of the vulnerable package. Of a posture problem the part of the resource that it is about, where a check reports
   * several under one id, such as an inline policy of a user. Empty otherwise.
   */
  packageName: string
  /** The tool gives no name to its checks, so that only the record's own id tells two problems of one resource apart. */
  byRecord?: boolean
  /** How earlier versions named the same record, where they named it otherwise. */
  former?: FormerNames
  /** ARN of the machine image of an instance that is replaced, not patched, where the source tells that it is one. */
  machineImage?: string | null
  rating?: Rating | null
  firstObservedAt: Date | null
  updatedAt: Date | null
  /** When it was updated by a clock of unknown zone, read in the organisation's zone: for people only. */
  localTime?: Date | null
  /** When the event that carried the record was sent. It tells two events of one document apart. */
  eventAt?: Date | null
  /**
   * Set where this speaks of a control as a whole because its resources come in another answer: "stated" by that summary itself,
   * "ended" by an answer with the resources. Its record id alone names the sighting, so that either finds it; a summary that fails
   * makes a report complete for nothing.
   */
  summary?: 'stated' | 'ended'
}
