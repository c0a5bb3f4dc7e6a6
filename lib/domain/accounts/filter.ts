import { z } from 'zod'
import { Environment, TeamId } from '../people/team'
import { filledText, plainText } from '../text/plain-text'
import { AccountId } from './account-id'
import { ruledFields } from './rules'

export const accountSorts = ['risk', 'score', 'open', 'overdue', 'name', 'heard'] as const
export const directions = ['asc', 'desc'] as const

/** Filters and orders of the list of accounts. Accounts without a value come last in either direction. */
export const AccountFilter = z.object({
  /** Part of the name, the id or a tag's value. */
  text: plainText(200).default(''),
  environment: z.array(Environment).default([]),
  team: z.array(TeamId).default([]),
  /** risk: what the score lacks to 100. Active threats of high severity come first in it, then critical findings. */
  sort: z.enum(accountSorts).default('risk'),
  dir: z.enum(directions).default('desc'),
})
export type AccountFilter = z.infer<typeof AccountFilter>

const Tags = z.record(filledText(128), plainText(256)).refine(tags => Object.keys(tags).length <= 50, 'tooManyTags')

/** The fields of an account that people edit. Unset fields do not change. */
export const UpdateAccount = z.object({
  id: AccountId,
  name: plainText(200).optional(),
  environment: Environment.nullable().optional(),
  ownerTeam: TeamId.optional(),
  tags: Tags.optional(),
  itScope: z.boolean().optional(),
  /** Fields that the account rules decide again. */
  follow: z.array(z.enum(ruledFields)).optional(),
})
export type UpdateAccount = z.infer<typeof UpdateAccount>

export const RegisterAccount = z.object({
  id: AccountId,
  name: plainText(200).default(''),
  environment: Environment.nullable().default(null),
  /** If unset, the default team for infrastructure. */
  ownerTeam: TeamId.optional(),
  tags: Tags.default({}),
  itScope: z.boolean().optional(),
})
export type RegisterAccount = z.infer<typeof RegisterAccount>

/** Marks an account as removed from the organization. */
export const CloseAccount = z.object({ id: AccountId, reason: filledText(500) })
export type CloseAccount = z.infer<typeof CloseAccount>

export const ReopenAccount = z.object({ id: AccountId })
export type ReopenAccount = z.infer<typeof ReopenAccount>
