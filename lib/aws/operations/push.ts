import 'server-only'
import type { OperationTable } from './operation'

/** The queue of events, whose own policy allows these. */
export const push = {
  'sqs:DeleteMessageBatch': { iam: ['sqs:DeleteMessage'], rate: 'sqs' },
  'sqs:GetQueueAttributes': { iam: ['sqs:GetQueueAttributes'], rate: 'sqs' },
  'sqs:ReceiveMessage': { iam: ['sqs:ReceiveMessage'], rate: 'sqs' },
} as const satisfies OperationTable
