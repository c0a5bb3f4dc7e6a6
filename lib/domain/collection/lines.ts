import { z } from 'zod'
import { AccountId } from '../accounts/account-id'
import { isOfThisCentury } from '../text/century'
import { storableJson } from '../text/storable-json'

/**
 * What a collector found in one cell: an account, a Region and a collector. ok: read to its end; denied: a permission is missing;
 * not_enabled: the Region or the service is not enabled in the account; no_plan: it needs a support plan that the account does not
 * have; throttled: AWS refused to answer so many calls; failed: any other error.
 */
export const cellStates = ['ok', 'denied', 'not_enabled', 'no_plan', 'throttled', 'failed'] as const
export type CellState = (typeof cellStates)[number]

const Region = z.string().regex(/^[a-z0-9-]{1,40}$/)
const Name = z.string().regex(/^[a-z0-9-]{1,40}$/)
const Time = z.iso.datetime({ offset: true }).refine(isOfThisCentury)

/** The first line of a collected report. */
export const CollectionHeader = z.object({
  collection: z.literal(1),
  account: AccountId,
  collector: Name,
  startedAt: Time,
  /** Whether it was to read all Regions, and not only one that somebody asked for. */
  whole: z.boolean(),
})
export type CollectionHeader = z.infer<typeof CollectionHeader>

/** The type of the resources that stand for the accounts of an organization. */
export const ACCOUNT_TYPE = 'AWS::Organizations::Account'

/** A longer name of a resource is cut. */
export const mostName = 1024

/** A resource of an account as its service describes it. */
export const InventoryLine = z.object({
  inventory: z.literal(1),
  account: AccountId,
  region: Region,
  /** The name that CloudFormation gives the type, such as AWS::WAFv2::WebACL. */
  type: z
    .string()
    .regex(/^AWS::[A-Za-z0-9]+(::[A-Za-z0-9]+)+$/)
    .max(100),
  /** Its ARN; of a resource without one, a name that is unique for its type in the account and Region. */
  arn: z.string().min(1).max(2048),
  name: z.string().max(mostName),
  data: z.record(z.string(), z.unknown()),
  observedAt: Time,
})
export type InventoryLine = z.infer<typeof InventoryLine>

/** The state of a cell, at the end of a collected report. */
export const CoverageLine = z.object({
  coverage: z.literal(1),
  account: AccountId,
  region: Region,
  collector: Name,
  state: z.enum(cellStates),
  /** Whether everything was read. Without it the cell proves nothing about what is absent, as after a window of changes. */
  complete: z.boolean(),
  records: z.int().min(0),
  /** The administrator of the service, where the cell was read in its view. */
  via: AccountId.nullish(),
  /** The IAM action that was denied. */
  action: z.string().max(200).nullish(),
  /** What AWS answered. */
  message: z.string().max(1000).nullish(),
})
export type CoverageLine = z.infer<typeof CoverageLine>

/** A place that a check could not judge, and the cell that it lacks. */
export const Unexamined = z.object({
  region: Region,
  collector: Name,
  /** unread: no collector has read it yet; not_evaluated: the check ended with an error. */
  state: z.enum([...cellStates, 'unread', 'not_evaluated']),
  action: z.string().max(200).nullable(),
})
export type Unexamined = z.infer<typeof Unexamined>

/** What a check of Hinomi's own has examined in an account, at the end of a report of such checks. */
export const ExaminedLine = z.object({
  examined: z.literal(1),
  account: AccountId,
  check: z.string().regex(/^[a-z0-9-]{1,60}$/),
  /** The controls that it gives results of. */
  controls: z.array(z.string().min(1).max(200)).min(1).max(50),
  /** The Regions that it examined; null for the whole account. */
  regions: z.array(Region).max(100).nullable(),
  unexamined: z.array(Unexamined).max(100),
  /** Numbers of resources. */
  passed: z.int().min(0),
  failed: z.int().min(0),
  /** Those that AWS does not show, although their cell was read. */
  unknown: z.int().min(0).default(0),
})
export type ExaminedLine = z.infer<typeof ExaminedLine>

const SCHEMAS = {
  collection: CollectionHeader,
  inventory: InventoryLine,
  coverage: CoverageLine,
  examined: ExaminedLine,
} as const

export type CollectedLine =
  | ({ kind: 'collection' } & CollectionHeader)
  | ({ kind: 'inventory' } & InventoryLine)
  | ({ kind: 'coverage' } & CoverageLine)
  | ({ kind: 'examined' } & ExaminedLine)

/** The kind of a record that only collected reports have; null for any other record, such as a finding. */
export function lineKind(value: unknown): CollectedLine['kind'] | null {
  if (typeof value !== 'object' || value === null) return null
  if ('inventory' in value && value.inventory === 1) return 'inventory'
  if ('coverage' in value && value.coverage === 1) return 'coverage'
  if ('examined' in value && value.examined === 1) return 'examined'
  return 'collection' in value && value.collection === 1 ? 'collection' : null
}

/** Whether a malformed header has a time, but none that a report can be of. */
export function isOutOfTime({ wrong }: { wrong: string }, header: object): boolean {
  const time = 'startedAt' in header ? header.startedAt : null
  return wrong === 'startedAt' && typeof time === 'string' && !isOfThisCentury(time) && !Number.isNaN(Date.parse(time))
}

/** A line of a collected report, or the field of it that is wrong. */
export function readLine(kind: CollectedLine['kind'], value: unknown): CollectedLine | { wrong: string } {
  const read = SCHEMAS[kind].safeParse(storableJson(value))
  if (read.success) return { kind, ...read.data } as CollectedLine
  return { wrong: read.error.issues[0]?.path.join('.') || kind }
}
