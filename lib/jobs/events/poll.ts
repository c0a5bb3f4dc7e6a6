import 'server-only'
import { jobAccess } from '../../access/job'
import type { CellCalls } from '../../aws/collect/collector'
import { type AwsConnection, openConnection } from '../../aws/connection'
import { AwsFailure, toFailure } from '../../aws/failure'
import { countMessages, deleteMessages, type QueueMessage, receiveMessages } from '../../aws/push/queue'
import { type Queue, toQueue } from '../../domain/collection/events/queue'
import { type Failure, stateOf } from '../../domain/collection/failure'
import { NotFoundError } from '../../errors'
import { log } from '../../log'
import { outageOf } from '../../outage'
import { usableConnection } from '../../store/collection/connections'
import { isPolled, notePoll, type PolledQueue } from '../../store/events/queues'
import { jsonOf, receiveEvents } from './receive'

const access = jobAccess('events')

/** Pages of one poll; the rest waits for the next. */
const PAGES = 500

/** However slowly AWS answers, somebody else may read the queue afterwards. */
const LONGEST_POLL_MS = 600_000

/**
 * Reads a queue until it is empty, somebody removes or pauses it, or `stopping` is aborted. Returns the number of
 * messages; what is wrong is recorded with the queue. A call is not interrupted: its messages would stay hidden for a minute.
 */
export async function pollQueue(polled: PolledQueue, stopping: AbortSignal): Promise<number> {
  const queue = toQueue(polled.arn)
  if (!queue) return 0
  try {
    const connection = await connectionOf(polled.connectionId)
    if (!connection) return 0
    const calls = connection.cell(queue.account, queue.region, AbortSignal.timeout(LONGEST_POLL_MS))
    const read = await readMessages(polled, queue, calls, stopping)
    const { waiting, hidden } = await countMessages(calls, queue)
    // Messages of a poll that failed are hidden for a minute: without them an empty answer proves nothing.
    await notePoll(access, polled.id, { waiting, failure: null, isProof: read > 0 || hidden === 0 })
    return read
  } catch (error) {
    if (outageOf(error)) throw error
    // Somebody removed the connection meanwhile. What was not stored stays in the queue.
    if (error instanceof NotFoundError) return 0
    await notePoll(access, polled.id, { waiting: null, failure: failureOf(error, polled) })
    return 0
  }
}

/** Also of a mistake of Hinomi itself: one queue must not hold up the others without a word. */
function failureOf(error: unknown, { arn }: PolledQueue): Failure {
  if (error instanceof AwsFailure) return toFailure(error)
  log.error({ err: error, arn }, 'a queue of events was not read, and will be tried again')
  return { state: stateOf('internal'), reason: 'internal', operation: 'sqs:ReceiveMessage', action: null, message: '' }
}

/** Its sessions are kept until they end, since the next poll is seconds away. */
async function connectionOf(id: string): Promise<AwsConnection | null> {
  const usable = await usableConnection(access, id)
  if (!usable || usable.externalId === null) return null
  return openConnection({ ...usable, externalId: usable.externalId, session: 'hinomi-events' })
}

async function readMessages(
  { id, connectionId }: PolledQueue,
  queue: Queue,
  calls: CellCalls,
  stopping: AbortSignal,
): Promise<number> {
  let read = 0
  for (let page = 0; page < PAGES && !stopping.aborted && (await isPolled(access, id)); page++) {
    const messages = await receiveMessages(calls, queue)
    if (messages.length === 0) break
    await receiveEvents(connectionId, 'queue', messages.map(eventIn))
    // Only now: what is not deleted is sent again, and known by its id.
    await deleteMessages(calls, queue, messages)
    read += messages.length
  }
  return read
}

/** The event in a message. A topic of SNS between EventBridge and the queue wraps it once more. */
function eventIn({ body }: QueueMessage): unknown {
  const value = jsonOf(body)
  if (typeof value !== 'object' || value === null || !('TopicArn' in value) || !('Message' in value)) return value
  return typeof value.Message === 'string' ? jsonOf(value.Message) : value
}
