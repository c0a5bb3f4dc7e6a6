import type { AccountId } from '../accounts/account-id'
import { absentReasons } from '../feeds/closing'
import type { SourceId } from './outcome'
import type { Reject } from './reject'

/** A small file can hold millions of records that are none: so many are kept with their reasons, the others are counted. */
export const maxKeptRejects = 10_000
/** So long a report of which nothing could be read is kept, for whoever wants to look at it. */
export const unreadDays = 7

export const importStates = ['queued', 'running', 'done', 'failed'] as const
export type ImportState = (typeof importStates)[number]

/** What an import waits for that an outage interrupted, or whose worker died again and again. */
export const waitReasons = ['disk_full', 'read_only', 'database_away', 'error'] as const
export type WaitReason = (typeof waitReasons)[number]

export interface ImportCounts {
  read: number
  accepted: number
  rejected: number
  created: number
  updated: number
  unchanged: number
  reopened: number
  resolved: number
  passed: number
  /** Checks that could not tell, such as manual ones. */
  notAvailable: number
  /** Records older than what was known. */
  older: number
  /** Records of things that the document told of before. */
  repeated: number
  /** Records dated after their arrival: they count as of the arrival. */
  clockAhead: number
  /** Records that would close or cover findings, of a sender who may not: stored without effect. */
  withheld: number
}

export interface ImportRow {
  id: number
  state: ImportState
  source: SourceId | null
  sources: SourceId[]
  coverage: 'complete' | 'partial'
  origin: 'api' | 'browser' | 'command'
  fileName: string | null
  sizeBytes: number
  /** Bytes of the payload worked through so far, of its decompressed size. */
  bytesRead: number
  accounts: AccountId[]
  counts: ImportCounts
  actorName: string
  observedAt: Date
  createdAt: Date
  startedAt: Date | null
  finishedAt: Date | null
  error: Reject | null
  /** Findings that stay open until a lead confirms this import. */
  waiting: number
  /** Why an import does not go on now, and when it is tried again, where that is known. */
  waits: { code: WaitReason; retryAt: Date | null } | null
}

export interface ImportDetail extends ImportRow {
  rejects: ({ index: number } & Reject)[]
  /** What a complete import did not close although it lacks it, and why. */
  heldBack: HeldBackView[]
  /** The import that this one confirms. */
  confirmsId: number | null
  /** The import that confirmed this one, the newest. */
  confirmedBy: { id: number; actorName: string } | null
  /** The failed import whose report this one reads again. */
  retriesId: number | null
  /** The import that read its report again. */
  retriedBy: { id: number; actorName: string } | null
  may: { confirm: boolean; retry: boolean }
}

export const heldBackReasons = ['rejects', 'older', ...absentReasons] as const

/** Findings of a feed in an account that a complete import did not close; places are the services and Regions with most of them. */
export interface HeldBackView {
  accountId: AccountId | null
  source: SourceId | null
  product: string | null
  reason: (typeof heldBackReasons)[number]
  findings: number
  checks: number
  services: number
  places: { service: string; region: string; findings: number }[]
}
