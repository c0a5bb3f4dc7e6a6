import { isRecordByKey } from '../../../domain/feeds/feed-definitions'
import { definitions } from '../../definitions'
import { textInAnswer } from '../../registry'
import type { WrappedText } from '../../source'
import { isRecord } from '../../values/text'

/** Lists of records in answers of APIs, other than pages of findings. */
const plainLists: readonly string[] = definitions.flatMap(({ lists = [] }) => lists)

export type WrapperKey = 'findings' | 'list' | 'detail'

/** The lengths of the keys of wrappers, so that other keys are skipped quickly. */
export const wrapperKeyLengths: ReadonlySet<number> = new Set(
  ['findings', 'detail', ...plainLists].map(key => key.length),
)

/** The meaning of a key; most keys count only in the outermost object. */
export function wrapperKey(key: string, outermost: boolean): WrapperKey | null {
  if (key === 'Findings' || key === 'findings') return 'findings'
  if (!outermost) return null
  if (plainLists.includes(key)) return 'list'
  return key === 'detail' ? 'detail' : null
}

/** For a record of a list that is itself a wrapper. A text is null if a message contains no JSON. */
export type Wrapper =
  | { kind: 'none' }
  | { kind: 'list' }
  | { kind: 'wrong' }
  | { kind: 'texts'; texts: (WrappedText | null)[] }

/**
 * Distinguishes a wrapper from a finding. Wrappers: a page of GetFindings (`Findings`, or `findings` as other tools
 * write it), an EventBridge event (`detail.findings`), lists and texts in answers of a source's API, and an HTTP
 * request, SQS message or SNS notification with such a text in it. Only these places count; a finding may contain keys
 * of the same name deeper.
 */
export function wrapperIn(value: unknown): Wrapper {
  if (!isRecord(value)) return { kind: 'none' }
  if (plainLists.some(name => Array.isArray(value[name]))) return { kind: 'list' }
  const list = value.Findings ?? value.findings ?? (isRecord(value.detail) ? value.detail.findings : undefined)
  if (list !== undefined) return { kind: Array.isArray(list) ? 'list' : 'wrong' }
  if (isRecordByKey(value)) return { kind: 'none' }
  const text = textInAnswer(value)
  if (text) return { kind: 'texts', texts: [text] }
  const texts = messagesIn(value).map(messageText)
  return texts.some(text => text !== null) ? { kind: 'texts', texts } : { kind: 'none' }
}

/**
 * The messages of a value: those of ReceiveMessage, of an event that SQS or SNS passes to Lambda, or the value itself.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
 * https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html
 */
function messagesIn(value: Record<string, unknown>): Record<string, unknown>[] {
  const list = value.Messages ?? value.Records
  return Array.isArray(list) ? list.filter(isRecord) : [value]
}

/** The JSON text in a message; null if there is none. */
function messageText(message: Record<string, unknown>): WrappedText | null {
  const sns = isRecord(message.Sns) ? message.Sns : message
  const text = [message.body, message.Body, isNotification(sns) ? sns.Message : null].find(
    each => typeof each === 'string',
  )
  if (typeof text !== 'string') return null
  const decoded = message.isBase64Encoded === true ? Buffer.from(text, 'base64').toString('utf8') : text
  return /^\s*[{[]/.test(decoded) ? { text: decoded } : null
}

/** https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html */
function isNotification(value: Record<string, unknown>): boolean {
  return 'TopicArn' in value && typeof value.Message === 'string'
}

const EVENT_TIME = /"time"\s*:\s*"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)"/

/**
 * When an event was sent, read from the part before its findings:
 * https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html
 */
export function eventTimeIn(head: Buffer): Date | null {
  const time = Date.parse(EVENT_TIME.exec(head.toString('latin1', 0, 4096))?.[1] ?? '')
  return Number.isNaN(time) ? null : new Date(time)
}
