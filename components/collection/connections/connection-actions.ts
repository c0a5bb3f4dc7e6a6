import type { AddConnection, UpdateConnection } from '@/lib/domain/collection/connection'
import type { ActionResult } from '../../ui/action-result'

type Run<Input, T = unknown> = (input: Input) => Promise<ActionResult<T>>

/** The actions of the pages of connections. */
export interface ConnectionActions {
  start: Run<{ id: string }>
  change: Run<UpdateConnection>
  remove: Run<{ id: string }>
}

export type AddAction = Run<AddConnection, { id: string }>
