import { z } from 'zod'

/** How an account became known: a person registered it, or a report named it. */
export const AccountOrigin = z.enum(['registered', 'discovered'])
export type AccountOrigin = z.infer<typeof AccountOrigin>
