import type { ApiImport } from '../api/imports'
import type { ViewOf } from '../api/view'
import type { ImportOrigin, WaitReason } from './import'
import type { Reject } from './reject'

/**
 * A small file can contain millions of invalid records: this many are stored with their reasons, the others are
 * counted.
 */
export const maxKeptRejects = 10_000
/** How long a report is kept from which nothing could be read. */
export const unreadDays = 7

type Answer = ViewOf<typeof ApiImport>

export type ImportCounts = Answer['counts']

export interface ImportRow
  extends Pick<
    Answer,
    | 'id'
    | 'state'
    | 'source'
    | 'sources'
    | 'coverage'
    | 'accounts'
    | 'counts'
    | 'observedAt'
    | 'startedAt'
    | 'finishedAt'
  > {
  origin: ImportOrigin
  fileName: string | null
  sizeBytes: number
  /** Bytes read so far, of the decompressed size. */
  bytesRead: number
  actorName: string
  createdAt: Date
  error: Reject | null
  /** Findings that stay open until a lead confirms this import. */
  waiting: number
  /** Why an import does not continue now, and when it is retried, if known. */
  waits: { code: WaitReason; retryAt: Date | null } | null
}

export interface ImportDetail extends ImportRow, Pick<Answer, 'heldBack' | 'confirmsId' | 'retriesId'> {
  rejects: ({ index: number } & Reject)[]
  /** The newest import that confirmed this one. */
  confirmedBy: { id: number; actorName: string } | null
  /** The import that read its report again. */
  retriedBy: { id: number; actorName: string } | null
  may: { confirm: boolean; retry: boolean }
}

/**
 * Findings of a feed in an account that a complete import did not close; `places` are the services and Regions with the
 * largest numbers.
 */
export type HeldBackView = Answer['heldBack'][number]
