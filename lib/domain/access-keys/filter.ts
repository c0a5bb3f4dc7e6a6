import { z } from 'zod'
import { AccountId } from '../accounts/account-id'
import { TeamId } from '../people/team'
import { plainText } from '../text/plain-text'
import { keyUses } from './pipeline'

/** active: AWS accepts it; inactive: it was switched off; gone: it was deleted. */
export const keyStates = ['active', 'inactive', 'gone'] as const
export type KeyState = (typeof keyStates)[number]

/** Which access keys a list contains. */
export const KeyFilter = z.object({
  text: plainText(200).default(''),
  use: z.array(z.enum(keyUses)).default([]),
  state: z.array(z.enum(keyStates)).default([]),
  account: z.array(AccountId).default([]),
  team: z.array(TeamId).default([]),
})
export type KeyFilter = z.infer<typeof KeyFilter>

export const keyMarks = ['pipeline', 'other'] as const
export type KeyMark = (typeof keyMarks)[number]

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_AccessKey.html */
export const KeyId = z.string().regex(/^[A-Za-z0-9_]{1,128}$/)

/** The resource of findings about a key, which has no ARN. */
export function keyResource(id: string): string {
  return `AWS::IAM::AccessKey:${id}`
}

const Mark = z.enum(keyMarks).nullable()

/** A person's decision about a key; null returns to the rules. `seen`: the decision that the page showed. */
export const MarkKey = z.strictObject({ account: AccountId, key: KeyId, mark: Mark, seen: Mark })
export type MarkKey = z.infer<typeof MarkKey>
