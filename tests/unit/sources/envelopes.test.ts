import { describe, expect, test } from 'vitest'
import { example, outcomeOf, read } from './support'

const finding = { SchemaVersion: '2018-10-08', Id: 'a' }
const event = {
  'detail-type': 'Security Hub Findings - Imported',
  source: 'aws.securityhub',
  detail: { findings: [finding] },
}
const notification = {
  Type: 'Notification',
  MessageId: 'm',
  TopicArn: 'arn:aws:sns:::t',
  Message: JSON.stringify(event),
}
const queued = { MessageId: 'q', ReceiptHandle: 'r', Body: JSON.stringify(notification) }

describe('an EventBridge event inside an envelope is read', () => {
  test.each([
    ['SNS', notification],
    ['SNS, as Lambda gets it', { Records: [{ EventSource: 'aws:sns', Sns: notification }] }],
    ['SQS', { Messages: [{ MessageId: 'q', Body: JSON.stringify(event) }] }],
    ['SQS, as Lambda gets it', { Records: [{ messageId: 'q', eventSource: 'aws:sqs', body: JSON.stringify(event) }] }],
    ['one message of SQS', { MessageId: 'q', Body: JSON.stringify(event) }],
    ['SNS within SQS', { Messages: [queued] }],
    [
      'a page of findings within SNS within SQS',
      {
        Messages: [
          { ...queued, Body: JSON.stringify({ ...notification, Message: JSON.stringify([{ Findings: [finding] }]) }) },
        ],
      },
    ],
  ])('%s', async (_kind, envelope) => {
    const text = JSON.stringify(envelope)
    for (const sizes of [[], [1], [17]]) {
      expect(await read(text, sizes)).toMatchObject({ values: [finding], codes: [], failure: null })
    }
    expect((await read(`${text}\n${text}\n`)).values).toEqual([finding, finding])
  })

  test('and only a message without JSON beside it is refused', async () => {
    const { values, records } = await read(JSON.stringify({ Messages: [queued, { Body: 'hello' }, queued] }))
    expect(values).toEqual([finding, finding])
    expect(records[1]).toMatchObject({ reject: { code: 'not_a_finding', params: { what: 'message' } } })
  })

  test('but records of another kind are not changed', async () => {
    const trail = { Records: [{ eventVersion: '1.08', eventName: 'PutObject' }] }
    expect((await read(JSON.stringify(trail))).values).toEqual([trail])
  })

  test('and a finding with such a key is a finding', async () => {
    const odd = {
      ...example('asff/page.json'),
      Findings: undefined,
      SchemaVersion: '2018-10-08',
      Body: '{"findings":[]}',
    }
    expect((await read(JSON.stringify(odd))).values).toHaveLength(1)
  })
})

test('details of a conformance pack are evaluations of Config', async () => {
  const evaluation = {
    ComplianceType: 'NON_COMPLIANT',
    EvaluationResultIdentifier: {
      EvaluationResultQualifier: {
        ConfigRuleName: 's3-bucket-versioning-enabled-conformance-pack-abc123def',
        ResourceType: 'AWS::S3::Bucket',
        ResourceId: 'hinomi-example',
      },
      OrderingTimestamp: '2025-12-01T00:00:00Z',
    },
    ConfigRuleInvokedTime: '2025-12-01T00:00:00Z',
    ResultRecordedTime: '2025-12-01T00:00:01Z',
  }
  const pages = [0, 1].map(() => ({ ConformancePackName: 'p', ConformancePackRuleEvaluationResults: [evaluation] }))
  for (const document of [JSON.stringify(pages[0]), pages.map(page => JSON.stringify(page, null, 4)).join('\n')]) {
    const { values, failure } = await read(document)
    expect(failure).toBeNull()
    expect(values[0]).toEqual(evaluation)
    expect(outcomeOf({ ...evaluation, AccountId: '012345678901' })).toMatchObject({
      control: 's3-bucket-versioning-enabled-conformance-pack-abc123def',
      result: 'failed',
      resource: { id: 'hinomi-example', type: 'AwsS3Bucket' },
    })
  }
})
