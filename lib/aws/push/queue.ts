import 'server-only'
import type { Queue } from '../../domain/collection/events/queue'
import type { CellCalls } from '../collect/collector'
import { AwsFailure } from '../failure'

/** The most that ReceiveMessage and DeleteMessageBatch take. */
const PAGE = 10
/** Longer than storing takes, so that no other worker reads the same messages meanwhile. */
const VISIBILITY_SECONDS = 60

export interface QueueMessage {
  readonly body: string
  readonly receipt: string
}

/** Up to ten messages of a queue, hidden from other readers for a minute. */
export async function receiveMessages(calls: CellCalls, { url }: Queue): Promise<QueueMessage[]> {
  const { Messages = [] } = await calls.call('sqs:ReceiveMessage', {
    QueueUrl: url,
    MaxNumberOfMessages: PAGE,
    VisibilityTimeout: VISIBILITY_SECONDS,
    WaitTimeSeconds: 1,
  })
  return Messages.map(({ Body = '', ReceiptHandle = '' }) => ({ body: Body, receipt: ReceiptHandle }))
}

/** Deletes messages that were received. What remains is received again. */
export async function deleteMessages(
  calls: CellCalls,
  { url }: Queue,
  messages: readonly QueueMessage[],
): Promise<void> {
  const operation = 'sqs:DeleteMessageBatch'
  const Entries = messages.map(({ receipt }, at) => ({ Id: String(at), ReceiptHandle: receipt }))
  const { Failed = [] } = await calls.call(operation, { QueueUrl: url, Entries })
  const [failed] = Failed
  if (!failed) return
  throw new AwsFailure({ reason: 'service_error', operation, message: failed.Message ?? failed.Code ?? '' })
}

/** How many messages wait in a queue, and how many some reader has received and not deleted, approximately. */
export async function countMessages(
  calls: CellCalls,
  { url }: Queue,
): Promise<{ waiting: number | null; hidden: number }> {
  const { Attributes } = await calls.call('sqs:GetQueueAttributes', {
    QueueUrl: url,
    AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
  })
  const count = Number(Attributes?.ApproximateNumberOfMessages)
  const hidden = Number(Attributes?.ApproximateNumberOfMessagesNotVisible)
  return { waiting: Number.isInteger(count) ? count : null, hidden: Number.isInteger(hidden) ? hidden : 0 }
}
