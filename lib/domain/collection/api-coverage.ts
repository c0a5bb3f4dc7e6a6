import { z } from 'zod'
import { AccountId } from '../accounts/account-id'
import { Count, Instant } from '../api/view'
import { cellStates } from './lines'

export const ApiCell = z.strictObject({
  account: AccountId,
  collector: z.string().describe('What was read, such as guardduty'),
  region: z.string().describe('`global` for what is not read by Region'),
  state: z.enum(cellStates).describe('Only what is `ok` was read; anything else is no pass'),
  complete: z.boolean().describe('Whether everything was read, and not only what had changed'),
  records: Count,
  action: z.string().nullable().describe('The IAM action that was denied'),
  message: z.string().nullable().describe('The answer of AWS'),
  readAt: Instant,
  okAt: Instant.nullable().describe('When it was last `ok`'),
  since: Instant.describe('Since when it has its state'),
  importId: z.int(),
})

export const ApiCoverage = z.strictObject({
  cells: z.array(ApiCell),
  nextCursor: z.string().nullable().describe('Null on the last page'),
  total: z.int().describe('Of the whole list'),
})
