import type { Failure } from '../failure'
import type { EventRefusal } from './event'

/** How an event came: from a queue, from an API destination of EventBridge, or from SNS. */
export const eventWays = ['queue', 'http', 'sns'] as const
export type EventWay = (typeof eventWays)[number]

export interface QueueView {
  id: string
  arn: string
  createdAt: Date
  /** When it was last read. */
  polledAt: Date | null
  /** Messages that wait in it, approximately. */
  waiting: number | null
  /** Why it cannot be read since `failedAt`. */
  failedAt: Date | null
  failure: Failure | null
}

export interface EventKeyView {
  id: string
  prefix: string
  createdAt: Date
  lastUsedAt: Date | null
}

/** What a connection has heard of one feed. */
export interface EventFeedView {
  feed: string
  way: EventWay
  heardAt: Date
  events: number
}

/** Refused events of one reason. */
export interface EventRefusalView extends EventRefusal {
  events: number
  lastAt: Date
}

/** Everything about the events of a connection. */
export interface EventsView {
  queues: QueueView[]
  keys: EventKeyView[]
  feeds: EventFeedView[]
  refusals: EventRefusalView[]
  /** Events that are not imported yet. */
  waiting: number
}

/** Security Hub sends each control again within a day: a longer silence is a broken rule, queue or key. */
const SILENT_MS = 2 * 86_400_000

/** Whether events are expected, and none has come for two days. */
export function isSilent({ queues, keys, feeds }: EventsView, at: Date): boolean {
  const since = [...queues, ...keys].map(({ createdAt }) => createdAt.getTime())
  if (since.length === 0) return false
  const heard = feeds.map(({ heardAt }) => heardAt.getTime())
  return at.getTime() - Math.max(Math.min(...since), ...heard) > SILENT_MS
}
