import { z } from 'zod'

/** A message that SNS sends over HTTPS: https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html */
export const SnsMessage = z.looseObject({
  Type: z.enum(['Notification', 'SubscriptionConfirmation', 'UnsubscribeConfirmation']),
  MessageId: z.string().min(1).max(100),
  TopicArn: z.string().regex(/^arn:aws[a-z-]*:sns:[a-z0-9-]{1,40}:\d{12}:[\w-]{1,256}(?:\.fifo)?$/),
  Message: z.string(),
  Subject: z.string().nullish(),
  Timestamp: z.iso.datetime(),
  Token: z.string().optional(),
  SubscribeURL: z.string().optional(),
  SignatureVersion: z.enum(['1', '2']),
  Signature: z.base64(),
  SigningCertURL: z.string(),
})
export type SnsMessage = z.infer<typeof SnsMessage>

const NOTIFICATION = ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'] as const
const CONFIRMATION = ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'] as const

/**
 * The text that SNS signs: names and values, each on a line.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
 */
export function signedText(message: SnsMessage): string {
  const names = message.Type === 'Notification' ? NOTIFICATION : CONFIRMATION
  return names
    .flatMap(name => (message[name] === undefined || message[name] === null ? [] : [`${name}\n${message[name]}\n`]))
    .join('')
}

const HOST = /^sns\.([a-z0-9-]{1,40})\.amazonaws\.com(?:\.cn)?$/

const CERTIFICATE = /^\/SimpleNotificationService-[A-Za-z0-9]{1,100}\.pem$/

/**
 * The address of a certificate of SNS; null for any other. Its path is checked as it is written: other calls of SNS
 * answer with text that anybody may have put there, a certificate among it.
 */
export function certificateAddress({ SigningCertURL, TopicArn }: SnsMessage): URL | null {
  const url = snsAddress(SigningCertURL, TopicArn)
  return url && SigningCertURL === `https://${url.hostname}${url.pathname}` && CERTIFICATE.test(url.pathname)
    ? url
    : null
}

/** The address that confirms the subscription to a topic, and nothing else; null for any other. */
export function confirmationAddress({ SubscribeURL = '', TopicArn }: SnsMessage): URL | null {
  const url = snsAddress(SubscribeURL, TopicArn)
  const asks = (name: string) => url?.searchParams.getAll(name).join() ?? ''
  return url?.pathname === '/' && asks('Action') === 'ConfirmSubscription' && asks('TopicArn') === TopicArn ? url : null
}

/** An address of SNS itself, in the Region of the topic; null for any other. */
function snsAddress(text: string, topicArn: string): URL | null {
  if (!URL.canParse(text)) return null
  const url = new URL(text)
  const isPlain = url.protocol === 'https:' && url.port === '' && url.username === '' && url.password === ''
  return isPlain && HOST.exec(url.hostname)?.[1] === topicArn.split(':')[3] ? url : null
}

/** The account of a topic. */
export function accountOfTopic(topicArn: string): string {
  return topicArn.split(':')[4] ?? ''
}
