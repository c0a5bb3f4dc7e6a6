import { eventTypes } from '../events/event-types'
import type { Template } from './role-template'

const DAY = 86_400
/** The longest times that SQS and EventBridge keep an event that nobody reads: 14 days, and 24 hours of attempts. */
const KEPT = 14 * DAY
/** A message that was read this often without success goes to the dead-letter queue. */
const ATTEMPTS = 10
/** Longer than the worker needs for a batch of messages. */
const VISIBILITY = 300

const queueArn = { 'Fn::GetAtt': ['Queue', 'Arn'] }
const deadLetterArn = { 'Fn::GetAtt': ['DeadLetterQueue', 'Arn'] }
const ruleArn = { 'Fn::GetAtt': ['Findings', 'Arn'] }

/**
 * Events of findings into a queue that Hinomi polls, so that it needs no inbound port. For the account and Region where
 * a service collects its findings, and us-east-1 for Trusted Advisor. The role must exist before: the queue's policy
 * names it.
 */
export function pushTemplate(roleName: string): Template {
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: 'Events of security findings for Hinomi: an EventBridge rule and the queue that Hinomi polls.',
    Resources: {
      DeadLetterQueue: {
        Type: 'AWS::SQS::Queue',
        Properties: { MessageRetentionPeriod: KEPT, SqsManagedSseEnabled: true },
      },
      Queue: {
        Type: 'AWS::SQS::Queue',
        Properties: {
          QueueName: 'hinomi-findings',
          MessageRetentionPeriod: KEPT,
          SqsManagedSseEnabled: true,
          VisibilityTimeout: VISIBILITY,
          ReceiveMessageWaitTimeSeconds: 20,
          RedrivePolicy: { deadLetterTargetArn: deadLetterArn, maxReceiveCount: ATTEMPTS },
        },
      },
      Findings: {
        Type: 'AWS::Events::Rule',
        Properties: {
          Description: 'Findings for Hinomi',
          EventPattern: {
            source: eventTypes.map(({ source }) => source),
            'detail-type': eventTypes.flatMap(({ types }) => types),
          },
          Targets: [
            {
              Id: 'hinomi',
              Arn: queueArn,
              RetryPolicy: { MaximumEventAgeInSeconds: DAY, MaximumRetryAttempts: 185 },
              DeadLetterConfig: { Arn: deadLetterArn },
            },
          ],
        },
      },
      QueuePolicy: {
        Type: 'AWS::SQS::QueuePolicy',
        Properties: {
          Queues: [{ Ref: 'Queue' }],
          PolicyDocument: queuePolicy(queueArn, {
            Sid: 'HinomiReads',
            Effect: 'Allow',
            Principal: {
              AWS: { 'Fn::Sub': `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/${roleName}` },
            },
            Action: ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
            Resource: queueArn,
          }),
        },
      },
      DeadLetterQueuePolicy: {
        Type: 'AWS::SQS::QueuePolicy',
        Properties: { Queues: [{ Ref: 'DeadLetterQueue' }], PolicyDocument: queuePolicy(deadLetterArn) },
      },
    },
    Outputs: { QueueUrl: { Value: { Ref: 'Queue' } }, DeadLetterQueueUrl: { Value: { Ref: 'DeadLetterQueue' } } },
  }
}

/**
 * Only the rule sends, and only over TLS.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
 */
function queuePolicy(queue: object, ...more: readonly object[]): object {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'RuleSends',
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: queue,
        Condition: { ArnEquals: { 'aws:SourceArn': ruleArn } },
      },
      ...more,
      {
        Sid: 'OnlyTls',
        Effect: 'Deny',
        Principal: '*',
        Action: 'sqs:*',
        Resource: queue,
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ],
  }
}
