import type { FindingId } from '../../findings/filter'
import type { Failure } from '../failure'
import type { Workflow } from './own-update'
import type { NoteLanguage } from './settings'

/** An account and Region to which Hinomi writes. */
export interface WritePlaceView {
  accountId: string
  region: string
  /** Findings that it wrote there. */
  written: number
  writtenAt: Date | null
  failedAt: Date | null
  failure: Failure | null
  /** When it is tried again. */
  retryAt: Date | null
}

/** A finding that Security Hub did not update. */
export interface UnprocessedView {
  id: FindingId
  accountId: string
  title: string
  workflow: Workflow
  code: string
  message: string
  failedAt: Date
}

/** Whether a connection writes to Security Hub, and what became of it. */
export interface WriteBackView {
  enabled: boolean
  roleName: string
  language: NoteLanguage
  /** Whether a round has read Security Hub: before, it cannot be enabled. */
  isReady: boolean
  /** Findings that enabling it would write, `mostWaiting` + 1 stands for more; 0 while it is enabled. */
  toWrite: number
  /** Findings whose changes are not written yet, `mostWaiting` + 1 stands for more. */
  waiting: number
  places: WritePlaceView[]
  unprocessed: UnprocessedView[]
}

export const mostWaiting = 1000
