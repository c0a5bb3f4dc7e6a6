import { describe, expect, test } from 'vitest'
import { readEvent } from '../../../../lib/domain/collection/events/event'
import { toQueue } from '../../../../lib/domain/collection/events/queue'
import { certificateAddress, confirmationAddress, signedText } from '../../../../lib/domain/collection/events/sns'
import { deliveriesOf, type EventsView } from '../../../../lib/domain/collection/events/views'
import { readElsewhere } from '../../../../lib/domain/collection/findings/read-elsewhere'
import { guardDutyEvent, inspectorEvent, securityHubEvent } from '../../../support/aws/examples/events'
import { ocsfFinding } from '../../../support/aws/examples/security-hub-v2'

const [account, member] = ['111111111111', '222222222222']

describe('an event', () => {
  test('belongs to the account of its finding, not to the administrator that sends it', () => {
    const event = securityHubEvent('S3.1', { account, of: member, id: 'a1' })
    expect(readEvent(event)).toEqual([
      expect.objectContaining({ id: 'a1', account: member, feed: 'security-hub', at: new Date(event.time) }),
    ])
    expect(readEvent({ ...guardDutyEvent(1, { account: member }), account })).toMatchObject([{ account: member }])
    expect(readEvent({ ...inspectorEvent(1, { account: member }), account })).toMatchObject([{ account: member }])
  })

  test('with findings of several accounts is one for each of them', () => {
    const [one, two] = [account, member].map(of => securityHubEvent('S3.1', { account, of, id: 'a1' }))
    const findings = [...(one?.detail.findings ?? []), ...(two?.detail.findings ?? [])]
    const read = readEvent({ ...one, detail: { findings } })
    expect(read).toMatchObject([{ account }, { account: member }])
    if (!Array.isArray(read)) throw new Error('refused')
    expect(read.map(({ body }) => JSON.parse(body).detail.findings.length)).toEqual([1, 1])
  })

  test('with findings of many accounts is not stored once more for each of them', () => {
    const findings = Array.from({ length: 500 }, (_, n) => ({ AwsAccountId: String(n).padStart(12, '0') }))
    const filler = 'x'.repeat(100_000)
    const event = {
      ...securityHubEvent('S3.1', { account }),
      resources: [filler],
      detail: { actionName: filler, findings },
    }
    const read = readEvent(event)
    if (!Array.isArray(read)) throw new Error('refused')
    expect(read).toHaveLength(500)
    expect(read.reduce((sum, { body }) => sum + body.length, 0)).toBeLessThan(JSON.stringify(event).length)
  })

  test('of the second version of Security Hub has only what no other service sends', () => {
    const place = { account: member, region: 'eu-west-1' }
    const copies = readElsewhere.map(({ slug, product }) =>
      ocsfFinding(place, { product: `aws/${slug}`, name: product }),
    )
    const event = {
      ...guardDutyEvent(1, { account }),
      source: 'aws.securityhub',
      'detail-type': 'Findings Imported V2',
    }
    expect(readEvent({ ...event, detail: { findings: copies } })).toEqual([])
    const read = readEvent({ ...event, detail: { findings: [...copies, ocsfFinding(place)] } })
    expect(read).toMatchObject([{ account: member, feed: 'security-hub-v2' }])
    if (!Array.isArray(read)) throw new Error('refused')
    expect(JSON.parse(read[0]?.body ?? '').detail.findings).toHaveLength(1)
  })

  test('is kept with the fields that EventBridge gives it, and no others', () => {
    const event = guardDutyEvent(1, { account })
    const read = readEvent({ ...event, inventory: 1, type: 'AWS::IAM::Role', coverage: 1, state: 'ok' })
    if (!Array.isArray(read)) throw new Error('refused')
    expect(read.map(({ body }) => JSON.parse(body))).toEqual([event])
  })

  test('of a rule that Security Hub created is left to Security Hub', () => {
    const event = {
      ...guardDutyEvent(1, { account }),
      source: 'aws.config',
      'detail-type': 'Config Rules Compliance Change',
    }
    expect(readEvent({ ...event, detail: { awsAccountId: member, configRuleName: 'securityhub-s3-1-abc' } })).toEqual(
      [],
    )
    expect(readEvent({ ...event, detail: { awsAccountId: member, configRuleName: 's3-1' } })).toMatchObject([
      { account: member, feed: 'config' },
    ])
  })

  test.each(['0000-01-01T00:00:00Z', '1999-12-31T23:59:59Z', '10000-01-01T00:00:00Z'])(
    'of another century, %s, is refused',
    time => {
      expect(readEvent({ ...guardDutyEvent(1, { account }), time })).toEqual({ reason: 'shape', detail: 'time' })
    },
  )

  test.each([
    [null, { reason: 'shape', detail: 'JSON' }],
    [
      { ...guardDutyEvent(1, { account }), time: 'now' },
      { reason: 'shape', detail: 'time' },
    ],
    [
      { ...guardDutyEvent(1, { account }), source: 'aws.ec2' },
      { reason: 'type', detail: 'GuardDuty Finding' },
    ],
    [
      { ...guardDutyEvent(1, { account }), detail: JSON.parse(`{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`) },
      { reason: 'shape', detail: 'JSON' },
    ],
  ])('is refused with the reason', (value, refusal) => {
    expect(readEvent(value)).toEqual(refusal)
  })
})

test.each([
  [
    'arn:aws:sqs:eu-west-1:111111111111:hinomi-findings',
    'https://sqs.eu-west-1.amazonaws.com/111111111111/hinomi-findings',
  ],
  ['arn:aws-cn:sqs:cn-north-1:111111111111:q', 'https://sqs.cn-north-1.amazonaws.com.cn/111111111111/q'],
  ['arn:aws-us-gov:sqs:us-gov-west-1:111111111111:q', 'https://sqs.us-gov-west-1.amazonaws.com/111111111111/q'],
])('a queue is named by its ARN %s or its URL', (arn, url) => {
  expect(toQueue(arn)).toMatchObject({ arn, url, account })
  expect(toQueue(url)).toEqual(toQueue(arn))
})

test.each([
  'http://sqs.eu-west-1.amazonaws.com/111111111111/q',
  'https://sqs.eu-west-1.amazonaws.com.example.com/111111111111/q',
  'https://example.com/111111111111/q',
  'arn:aws:sns:eu-west-1:111111111111:q',
  'arn:aws-evil:sqs:eu-west-1:111111111111:q',
  'arn:awsx:sqs:eu-west-1:111111111111:q',
  'q',
])('%s is no queue', text => {
  expect(toQueue(text)).toBeNull()
})

const TOPIC = 'arn:aws:sns:eu-west-1:111111111111:hinomi'

const HOST = 'https://sns.eu-west-1.amazonaws.com'
const message = {
  Type: 'Notification' as const,
  MessageId: 'm',
  TopicArn: TOPIC,
  Message: 'text',
  Timestamp: '2026-11-27T00:00:00.000Z',
  SignatureVersion: '2' as const,
  Signature: '',
  SigningCertURL: '',
}

test.each([
  [`${HOST}/SimpleNotificationService-0123abcd.pem`, true],
  [`${HOST}/a.pem`, false],
  [`${HOST}/SimpleNotificationService-0123abcd.pem?Action=GetEndpointAttributes`, false],
  [`${HOST}/SimpleNotificationService-0123abcd.pem#`, false],
  [`${HOST}/x/../SimpleNotificationService-0123abcd.pem`, false],
  ['https://sns.us-east-1.amazonaws.com/SimpleNotificationService-1.pem', false],
  ['http://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem', false],
  ['https://sns.eu-west-1.amazonaws.com:8443/SimpleNotificationService-1.pem', false],
  ['https://sns.eu-west-1.amazonaws.com@example.com/SimpleNotificationService-1.pem', false],
  ['https://sns.eu-west-1.amazonaws.com.example.com/SimpleNotificationService-1.pem', false],
  ['https://s3.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem', false],
])('%s is a certificate of SNS: %s', (url, is) => {
  expect(certificateAddress({ ...message, SigningCertURL: url }) !== null).toBe(is)
})

test.each([
  [`${HOST}/?Action=ConfirmSubscription&TopicArn=${TOPIC}&Token=t`, true],
  [`${HOST}/?Action=Publish&TopicArn=${TOPIC}&Token=t`, false],
  [`${HOST}/?Action=ConfirmSubscription&Action=Publish&TopicArn=${TOPIC}`, false],
  [`${HOST}/?Action=ConfirmSubscription&TopicArn=${TOPIC}2&Token=t`, false],
  [`${HOST}/a?Action=ConfirmSubscription&TopicArn=${TOPIC}`, false],
])('%s confirms a subscription: %s', (url, is) => {
  expect(confirmationAddress({ ...message, SubscribeURL: url }) !== null).toBe(is)
})

test('SNS signs names and values in the order of its documentation', () => {
  const rest = `Timestamp\n${message.Timestamp}\nTopicArn\n${TOPIC}\nType\n`
  expect(signedText(message)).toBe(`Message\ntext\nMessageId\nm\n${rest}Notification\n`)
  expect(signedText({ ...message, Subject: 's' })).toContain('MessageId\nm\nSubject\ns\nTimestamp')
  const confirmation = { ...message, Type: 'SubscriptionConfirmation' as const, SubscribeURL: 'u', Token: 't' }
  expect(signedText(confirmation)).toBe(
    `Message\ntext\nMessageId\nm\nSubscribeURL\nu\nTimestamp\n${message.Timestamp}\nToken\nt\nTopicArn\n${TOPIC}\nType\nSubscriptionConfirmation\n`,
  )
})

test('a push counts as silent two days after its last event, or after it was set up', () => {
  const at = new Date('2026-11-27T00:00:00Z')
  const before = (days: number) => new Date(at.getTime() - days * 86_400_000)
  const key = { id: '1', prefix: 'hek_', lastUsedAt: null }
  const view = (created: number, ...lastEvents: number[]): EventsView => ({
    queues: [],
    keys: [{ ...key, createdAt: before(created) }],
    feeds: lastEvents.map(days => ({ feed: 'guardduty', way: 'http', lastEventAt: before(days), events: 1 })),
    refusals: [],
    waiting: 0,
  })
  const silent = (events: EventsView) => deliveriesOf(events, at).map(({ way, silent }) => [way, silent])
  expect(silent({ ...view(9), keys: [] })).toEqual([])
  expect([silent(view(1)), silent(view(3))]).toEqual([[['http', false]], [['http', true]]])
  expect([silent(view(9, 5, 1)), silent(view(9, 5, 3))]).toEqual([[['http', false]], [['http', true]]])
})

test('each way is silent by itself: a queue that went quiet hides behind no other', () => {
  const at = new Date('2026-11-27T00:00:00Z')
  const before = (days: number) => new Date(at.getTime() - days * 86_400_000)
  const feeds = [
    { way: 'queue', lastEventAt: before(4) },
    { way: 'http', lastEventAt: before(1) },
    { way: 'sns', lastEventAt: before(3) },
  ] as const
  const old = [{ createdAt: before(30) }]
  expect(deliveriesOf({ queues: old, keys: old, feeds }, at)).toEqual([
    { way: 'queue', lastEventAt: before(4), silent: true },
    { way: 'http', lastEventAt: before(1), silent: false },
    { way: 'sns', lastEventAt: before(3), silent: true },
  ])
  expect(deliveriesOf({ queues: old, keys: [], feeds: [] }, at)).toEqual([
    { way: 'queue', lastEventAt: null, silent: true },
  ])
  expect(deliveriesOf({ queues: [], keys: [], feeds: feeds.slice(0, 2) }, at)).toEqual([])
})
