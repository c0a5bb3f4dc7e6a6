import { z } from 'zod'
import { AccountId } from '../../accounts/account-id'
import { partitions } from '../connection'

/** A queue of SQS. */
export interface Queue {
  readonly arn: string
  readonly url: string
  readonly region: string
  readonly account: AccountId
}

const ARN = new RegExp(`^arn:(${partitions.join('|')}):sqs:([a-z0-9-]{1,40}):(\\d{12}):([\\w-]{1,80}(?:\\.fifo)?)$`)
const URL_OF_QUEUE = /^https:\/\/sqs\.([a-z0-9-]{1,40})\.amazonaws\.com(\.cn)?\/(\d{12})\/([\w-]{1,80}(?:\.fifo)?)$/

/**
 * The queue of an ARN or URL, as the console shows both; null for any other text.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-message-identifiers.html
 */
export function toQueue(text: string): Queue | null {
  const arn = ARN.exec(text)
  if (arn) return queueOf(arn[1] ?? '', arn[2] ?? '', arn[3] ?? '', arn[4] ?? '')
  const url = URL_OF_QUEUE.exec(text)
  if (!url) return null
  const region = url[1] ?? ''
  const partition = url[2] ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws'
  return queueOf(partition, region, url[3] ?? '', url[4] ?? '')
}

function queueOf(partition: string, region: string, account: string, name: string): Queue {
  const domain = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com'
  return {
    arn: `arn:${partition}:sqs:${region}:${account}:${name}`,
    url: `https://sqs.${region}.${domain}/${account}/${name}`,
    region,
    account: AccountId.parse(account),
  }
}

/** How many queues one connection may have: one in each Region that services send to. */
export const maxQueues = 10
/** A key and the one that replaces it. */
export const maxEventKeys = 2

export const AddQueue = z.strictObject({
  connection: z.uuid(),
  queue: z
    .string()
    .trim()
    .max(300)
    .refine(text => toQueue(text) !== null, 'queueFormat'),
})
export type AddQueue = z.infer<typeof AddQueue>

export const EventPartById = z.strictObject({ id: z.uuid() })
export type EventPartById = z.infer<typeof EventPartById>

export const AddEventKey = z.strictObject({ connection: z.uuid() })
export type AddEventKey = z.infer<typeof AddEventKey>
