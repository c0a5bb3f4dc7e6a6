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

/** The events of one feed that came to a connection. */
export interface EventFeedView {
  feed: string
  way: EventWay
  lastEventAt: Date
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

/** One way on which the events of a connection are expected, or have come. */
export interface EventDelivery {
  way: EventWay
  /** The last event; null if none has ever come. */
  lastEventAt: Date | null
  /** Whether none has come for two days, or since the queue or the key was added. */
  silent: boolean
}

interface Expected {
  queues: readonly Pick<QueueView, 'createdAt'>[]
  keys: readonly Pick<EventKeyView, 'createdAt'>[]
  feeds: readonly Pick<EventFeedView, 'way' | 'lastEventAt'>[]
}

/** How events arrive: a queue is expected to bring some, and a key to be used. SNS counts once it has sent one. */
export function deliveriesOf({ queues, keys, feeds }: Expected, at: Date): EventDelivery[] {
  const senders = { queue: queues, http: keys, sns: [] }
  return eventWays.flatMap(way => {
    const times = feeds.filter(feed => feed.way === way).map(({ lastEventAt }) => lastEventAt.getTime())
    const added = senders[way].map(({ createdAt }) => createdAt.getTime())
    // A queue or a key that was removed brings nothing any more.
    if (added.length === 0 && (way !== 'sns' || times.length === 0)) return []
    const since = Math.max(...times, ...(added.length > 0 ? [Math.min(...added)] : []))
    const lastEventAt = times.length > 0 ? new Date(Math.max(...times)) : null
    return [{ way, lastEventAt, silent: at.getTime() - since > SILENT_MS }]
  })
}
