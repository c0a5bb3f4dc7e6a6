import type { TeamId } from '@/lib/domain/people/team'

/** Which findings the reader may change: none, those of some teams, or all. Only hides buttons; the server decides. */
export interface MayTriage {
  me: string
  teams: readonly TeamId[]
  any: boolean
  own: boolean
}

export function mayTriage(may: MayTriage, team: TeamId): boolean {
  return may.any || (may.own && may.teams.includes(team))
}
