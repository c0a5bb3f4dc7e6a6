import 'server-only'
import { jobAccess } from '../../access/job'
import { confirmSubscription, isFromSns } from '../../aws/push/sns'
import { now } from '../../clock'
import { type EventRefusal, type PushedEvent, readEvent } from '../../domain/collection/events/event'
import { accountOfTopic, SnsMessage } from '../../domain/collection/events/sns'
import type { EventWay } from '../../domain/collection/events/views'
import { AppError } from '../../errors'
import { isAdministrator } from '../../store/collection/assets'
import { connectionOfAccount } from '../../store/collection/connected'
import { type EventReceipt, storeEvents } from '../../store/events/receive'

/** Events are stored by Hinomi itself: a sender has a key or a signature, and no account here. */
const access = jobAccess('events')

/** SNS gives up after an hour. An older message was recorded and is sent again by somebody else. */
const OLDEST_MS = 24 * 3_600_000

/**
 * Events of a message of SNS. `null`: the signature or the topic is not known here. A topic belongs to the connection of its account; a new subscription of it is confirmed. Whoever may
 * publish to a topic in an account speaks for that account, and for the others only where it administers them.
 * `beforeAsking` runs before SNS is asked for a certificate, and may throw.
 */
export async function receiveFromSns(value: unknown, beforeAsking: () => void): Promise<EventReceipt | null> {
  const read = SnsMessage.safeParse(value)
  if (!read.success) return null
  const message = read.data
  const age = now().getTime() - Date.parse(message.Timestamp)
  // The table is asked first, so that nobody can make this server connect to SNS with a message of their own.
  const account = accountOfTopic(message.TopicArn)
  const connectionId = await connectionOfAccount(access, account)
  if (connectionId === null || Math.abs(age) > OLDEST_MS || !(await isFromSns(message, beforeAsking))) return null
  if (message.Type !== 'Notification') {
    if (message.Type === 'SubscriptionConfirmation' && !(await confirmSubscription(message)))
      throw new AppError('unavailable', { reason: 'snsAway' })
    return { stored: 0, known: 0, refused: [] }
  }
  const speaksFor = (await isAdministrator(access, account)) ? null : account
  return receiveEvents(connectionId, 'sns', [jsonOf(message.Message)], speaksFor)
}

/** Stores what bodies contain, of one account alone where it is named. It is durable when this returns. */
export async function receiveEvents(
  connectionId: string,
  way: EventWay,
  values: readonly unknown[],
  account: string | null = null,
): Promise<EventReceipt> {
  const read = values.map(readEvent)
  const events = read.flatMap(each => (isRefusal(each) ? [] : each))
  const isOwn = (event: PushedEvent) => account === null || event.account === account
  const foreign = events.filter(event => !isOwn(event))
  const refused = [
    ...read.filter(isRefusal),
    ...foreign.map((event): EventRefusal => ({ reason: 'account', detail: event.account })),
  ]
  return storeEvents(access, { connectionId, way, events: events.filter(isOwn), refused })
}

export type { EventReceipt }

function isRefusal(read: ReturnType<typeof readEvent>): read is EventRefusal {
  return !Array.isArray(read)
}

/** The JSON in a text; null where there is none, which is no event. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
