import { z } from 'zod'
import { AccountId } from '../accounts/account-id'
import { Evidence } from '../findings/facts'
import { Severity } from '../findings/severity'

/** A record of a check of Hinomi's own: its result for one control and resource. */
export const CheckRecord = z.object({
  checked: z.literal(1),
  check: z.string().regex(/^[a-z0-9-]{1,60}$/),
  control: z.string().min(1).max(200),
  account: AccountId,
  region: z.string().min(1).max(40),
  resource: z.object({ id: z.string().min(1).max(2048), type: z.string().max(200) }),
  result: z.enum(['passed', 'failed', 'not_available']),
  severity: Severity,
  evidence: z.array(Evidence).max(100),
  firstObservedAt: z.iso.datetime().optional(),
})
export type CheckRecord = z.infer<typeof CheckRecord>
