import type { TeamId } from '@/lib/domain/people/team'

/** What the reader may change: nothing, the findings of some teams, or all. Only for hiding buttons; the server decides. */
export interface MayTriage {
  me: string
  teams: readonly TeamId[]
  any: boolean
  own: boolean
}

export function mayTriage(may: MayTriage, team: TeamId): boolean {
  return may.any || (may.own && may.teams.includes(team))
}
