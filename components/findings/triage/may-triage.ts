import type { Team } from '@/lib/domain/people/team'

/** What the reader may change: nothing, the findings of some teams, or all. Only for hiding buttons; the server decides. */
export interface MayTriage {
  me: string
  teams: readonly Team[]
  any: boolean
  own: boolean
}

export function mayTriage(may: MayTriage, team: Team): boolean {
  return may.any || (may.own && may.teams.includes(team))
}
