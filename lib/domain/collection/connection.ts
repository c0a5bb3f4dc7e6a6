import { z } from 'zod'
import { filledLine } from '../text/plain-text'

export const connectionKinds = ['organization', 'account'] as const
export type ConnectionKind = (typeof connectionKinds)[number]

/** Groups of Regions that share no identities: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
export const partitions = ['aws', 'aws-cn', 'aws-us-gov'] as const
export type Partition = (typeof partitions)[number]

/** The role that the templates create in each account. */
export const defaultRoleName = 'HinomiReadOnly'

/** Names of IAM roles: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html */
export const RoleName = z
  .string()
  .trim()
  .regex(/^[\w+=,.@-]{1,64}$/, 'roleNameCharacters')

/** Shown in lists and sentences, so that it is one line that hides and turns nothing. */
const Name = filledLine(100)

export const AddConnection = z.strictObject({
  name: Name,
  kind: z.enum(connectionKinds),
  accountId: z.string().regex(/^\d{12}$/, 'accountIdDigits'),
  partition: z.enum(partitions).default('aws'),
  roleName: RoleName.default(defaultRoleName),
})
export type AddConnection = z.infer<typeof AddConnection>

/**
 * Account, kind and partition never change: another account is another connection. `seen`: the values that the form
 * showed.
 */
export const UpdateConnection = z.strictObject({
  id: z.uuid(),
  name: Name.optional(),
  roleName: RoleName.optional(),
  paused: z.boolean().optional(),
  seen: z.strictObject({ name: z.string(), roleName: z.string(), paused: z.boolean() }),
})
export type UpdateConnection = z.infer<typeof UpdateConnection>

export const ConnectionById = z.strictObject({ id: z.uuid() })
export type ConnectionById = z.infer<typeof ConnectionById>

export const roundKinds = ['full', 'light', 'single'] as const
export type RoundKind = (typeof roundKinds)[number]
export const roundStates = ['planning', 'running', 'done', 'cancelled'] as const
export type RoundState = (typeof roundStates)[number]

/** Numbers of rounds: https://www.postgresql.org/docs/current/datatype-numeric.html#DATATYPE-SERIAL */
export const CancelRound = z.strictObject({ id: z.int().positive().max(2_147_483_647) })
export type CancelRound = z.infer<typeof CancelRound>
