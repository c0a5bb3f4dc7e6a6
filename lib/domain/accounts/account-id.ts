import { z } from 'zod'

/** An AWS account id: 12 digits, text because of leading zeros. */
export const AccountId = z.string().regex(/^\d{12}$/)
export type AccountId = z.infer<typeof AccountId>
