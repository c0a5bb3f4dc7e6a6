import 'server-only'
import type { OperationTable } from './operation'

/** The only operation that changes something in AWS, with a role of its own. */
export const writeBack = {
  'securityhub:BatchUpdateFindings': { iam: ['securityhub:BatchUpdateFindings'], rate: 'security-hub-write-back' },
} as const satisfies OperationTable
