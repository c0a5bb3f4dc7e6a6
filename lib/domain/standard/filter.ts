import { z } from 'zod'
import { AccountId } from '../accounts/account-id'
import { Environment, TeamId } from '../people/team'
import { plainText } from '../text/plain-text'
import { standardRows } from './rows'
import { standardStates } from './state'

const checkIds = standardRows.map(({ id }) => id)

/** Which accounts and checks of the standard are listed. Accounts without any of them are left out. */
export const StandardFilter = z.object({
  /** Part of the name or the id of an account. */
  text: plainText(200).default(''),
  account: z.array(AccountId).max(200).default([]),
  environment: z.array(Environment).default([]),
  team: z.array(TeamId).default([]),
  state: z.array(z.enum(standardStates)).default([]),
  check: z.array(z.enum(checkIds)).default([]),
})
export type StandardFilter = z.infer<typeof StandardFilter>
