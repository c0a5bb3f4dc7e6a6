import type { AddEventKey, AddQueue } from '@/lib/domain/collection/events/queue'
import type { ActionResult } from '../../ui/action-result'

/** The actions of the events of a connection. */
export interface EventActions {
  addQueue: (input: AddQueue) => Promise<ActionResult<unknown>>
  removeQueue: (input: { id: string }) => Promise<ActionResult<unknown>>
  addKey: (input: AddEventKey) => Promise<ActionResult<{ key: string }>>
  removeKey: (input: { id: string }) => Promise<ActionResult<unknown>>
}
