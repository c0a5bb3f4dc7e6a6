import { z } from 'zod'
import { AccountId } from '../accounts/account-id'
import { Count, Instant, type ViewOf } from '../api/view'
import { Unexamined } from '../collection/lines'
import { Environment, TeamId } from '../people/team'
import { StandardLimits } from './limits'
import { standardGroups } from './rows'
import { standardStates } from './state'

export const ApiStandardCell = z.strictObject({
  check: z.string().describe('An id of `checks`'),
  state: z
    .enum(standardStates)
    .describe(
      '`unexamined` is no pass: `unexamined` lists what is missing. `excepted`: an approved exception covers every failure',
    ),
  team: TeamId.describe('The team that the routing gives its findings to'),
  failed: Count.describe(
    'Findings, of any tool, that no exception covers. It may be 0 in the state `failed`: a tool still reports a failure whose finding somebody resolved by hand',
  ),
  excepted: Count.describe('Findings that an approved exception covers'),
  passed: Count.describe('Resources that pass'),
  unknown: Count.describe('Resources that AWS does not show'),
  unexamined: z.array(Unexamined.strict()),
  reason: z.string().nullable().describe('Why it is `off`'),
})
export type StandardCell = z.infer<typeof ApiStandardCell>

export const ApiStandardAccount = z.strictObject({
  account: AccountId,
  name: z.string(),
  environment: Environment.nullable(),
  addedAt: Instant.describe('When Hinomi first knew it'),
  checkedAt: Instant.nullable().describe(
    'When the checks of Hinomi last changed or confirmed it; null if they never ran',
  ),
  cells: z.array(ApiStandardCell),
})
export type StandardAccount = ViewOf<typeof ApiStandardAccount>

export const ApiStandard = z.strictObject({
  checks: z.array(
    z.strictObject({
      id: z.string(),
      group: z.enum(standardGroups),
      title: z.strictObject({ ja: z.string(), en: z.string() }),
      controls: z.array(z.string()),
    }),
  ),
  limits: StandardLimits,
  accounts: z.array(ApiStandardAccount),
  nextCursor: z.string().nullable().describe('Null on the last page'),
})
