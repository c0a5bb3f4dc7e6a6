import 'server-only'
import { jobAccess } from '../../access/job'
import type { CellCalls } from '../../aws/collect/collector'
import { type AwsConnection, openConnection } from '../../aws/connection'
import { AwsFailure, toFailure } from '../../aws/failure'
import { deleteMessages, type QueueMessage, receiveMessages, waitingMessages } from '../../aws/push/queue'
import { type Queue, toQueue } from '../../domain/collection/events/queue'
import { usableConnection } from '../../store/collection/connections'
import { notePoll, type PolledQueue } from '../../store/events/queues'
import { jsonOf, receiveEvents } from './receive'

const access = jobAccess('events')

/** Pages of one poll; the rest waits for the next. */
const PAGES = 500

/** However slowly AWS answers, somebody else may read the queue afterwards. */
const LONGEST_POLL_MS = 600_000

/**
 * Reads a queue until it is empty or `stopping` is aborted. Returns the number of messages; what is wrong is recorded
 * with the queue. A call is not interrupted: its messages would stay hidden for a minute.
 */
export async function pollQueue(polled: PolledQueue, stopping: AbortSignal): Promise<number> {
  const queue = toQueue(polled.arn)
  const connection = queue && (await connectionOf(polled.connectionId))
  if (!queue || !connection) return 0
  const calls = connection.cell(queue.account, queue.region, AbortSignal.timeout(LONGEST_POLL_MS))
  try {
    const read = await readMessages(polled.connectionId, queue, calls, stopping)
    await notePoll(access, polled.id, { waiting: await waitingMessages(calls, queue), failure: null })
    return read
  } catch (error) {
    if (!(error instanceof AwsFailure)) throw error
    await notePoll(access, polled.id, { waiting: null, failure: toFailure(error) })
    return 0
  }
}

/** Its sessions are kept until they end, since the next poll is seconds away. */
async function connectionOf(id: string): Promise<AwsConnection | null> {
  const usable = await usableConnection(access, id)
  if (!usable || usable.externalId === null) return null
  return openConnection({ ...usable, externalId: usable.externalId, session: 'hinomi-events' })
}

async function readMessages(
  connectionId: string,
  queue: Queue,
  calls: CellCalls,
  stopping: AbortSignal,
): Promise<number> {
  let read = 0
  for (let page = 0; page < PAGES && !stopping.aborted; page++) {
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
