import { z } from 'zod'
import { AccountId } from '../accounts/account-id'
import { environments, TeamId } from '../people/team'
import { plainText } from '../text/plain-text'
import { entranceKinds } from './entrances/kinds'
import { rungs } from './ladder'

/** The id of an entrance: that of its resource. */
export const EntranceId = z.string().regex(/^[0-9a-f]{32}$/)

/** Rungs as lists know them: those of the ladder, and `unknown` for what was not read. */
export const rungChoices = [...rungs, 'unknown'] as const
export type RungChoice = (typeof rungChoices)[number]

/** Environments of accounts, and `unset` for accounts without one. */
export const environmentChoices = [...environments, 'unset'] as const

/** Which entrances a list contains. They are sorted by rung, the worst first, and by name. */
export const EntranceFilter = z.object({
  /** Part of a name or an address, or an ARN. */
  text: plainText(200).default(''),
  rung: z.array(z.enum(rungChoices)).default([]),
  kind: z.array(z.enum(entranceKinds)).default([]),
  environment: z.array(z.enum(environmentChoices)).default([]),
  account: z.array(AccountId).default([]),
  team: z.array(TeamId).default([]),
})
export type EntranceFilter = z.infer<typeof EntranceFilter>
export type EnvironmentChoice = EntranceFilter['environment'][number]
