import { z } from 'zod'
import { TeamId, TeamKind } from './team'

export const ApiTeams = z.strictObject({
  teams: z
    .array(
      z.strictObject({
        id: TeamId,
        kind: TeamKind.describe('Decides default routing: the first active team of a kind is its default'),
        nameEn: z.string(),
        nameJa: z.string(),
        retired: z.boolean(),
        successor: TeamId.nullable().describe('The team that took over from a retired one'),
      }),
    )
    .describe('In the order of the organization'),
})
