import 'server-only'
import { z } from 'zod'
import type { AccountId } from '../../domain/accounts/account-id'
import type { CollectorId } from '../../domain/collection/collectors'
import type { CallCounts } from '../call/call'
import type { InputOf, OperationName, OutputOf } from '../operations'

/** Where a collector goes on: JSON that is stored with the page that it follows. */
export type Cursor = z.infer<typeof Cursor>
export const Cursor = z.json()

/** Records of one or more answers, and where to go on after them; null when the cell is finished. */
export interface Page {
  readonly records: readonly object[]
  readonly next: Cursor | null
}

/** Calls of one account in one Region: signed, limited and counted. */
export interface CellCalls {
  readonly account: AccountId
  /** For a cell without a Region, the Region that the service is called in. */
  readonly region: string
  readonly signal: AbortSignal
  /** Only what changed since then is wanted; null for everything. A collector that cannot tell reads everything. */
  readonly since: Date | null
  /**
   * Whether everything that shows here is wanted, also of members and linked Regions; otherwise only what is of this
   * account and Region.
   */
  readonly isView: boolean
  /** Requests so far. */
  readonly counts: Readonly<CallCounts>
  now(): Date
  sleep(milliseconds: number): Promise<void>
  /** Throws AwsFailure. */
  call<O extends OperationName>(operation: O, input: InputOf<O>): Promise<OutputOf<O>>
}

export interface Collector {
  readonly id: CollectorId
  /** Pages from the beginning, or after `from`. Throws AwsFailure; what it has yielded stays. */
  collect(calls: CellCalls, from: Cursor | null): AsyncGenerator<Page>
}
