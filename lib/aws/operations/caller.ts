import 'server-only'
import type { OperationTable } from './operation'

/** Calls with Hinomi's own credentials. GetCallerIdentity needs no permission. */
export const caller = {
  'sts:AssumeRole': { iam: ['sts:AssumeRole'], rate: 'sts' },
  'sts:GetCallerIdentity': { iam: [], rate: 'sts' },
  'iam:GetRole': { iam: ['iam:GetRole'], rate: 'iam' },
} as const satisfies OperationTable
