'use client'

import { useLocale } from 'next-intl'
import { createContext, type ReactNode, useContext } from 'react'
import { type Team, type TeamId, teamName } from '@/lib/domain/people/team'

const Teams = createContext<readonly Team[]>([])

/** Provides the teams of the organization to its children. */
export function TeamsProvider({ teams, children }: { teams: readonly Team[]; children: ReactNode }) {
  return <Teams value={teams}>{children}</Teams>
}

/** The teams in order, including retired ones. */
export function useTeams(): readonly Team[] {
  return useContext(Teams)
}

/** Teams to choose from, in the reader's language. Selected teams stay in the list even if retired. */
export function useTeamOptions(chosen: readonly TeamId[] = []): { id: TeamId; label: string }[] {
  const nameOf = useTeamName()
  return useTeams()
    .filter(team => !team.retired || chosen.includes(team.id))
    .map(({ id }) => ({ id, label: nameOf(id) }))
}

/** Returns the name of a team in the reader's language; the id of an unknown team. */
export function useTeamName(): (id: TeamId) => string {
  const teams = useContext(Teams)
  const locale = useLocale()
  return id => {
    const team = teams.find(each => each.id === id)
    return team ? teamName(team, locale) : id
  }
}

/** The names of teams, for pages that the server renders. */
export function TeamNames({ ids, separator = '' }: { ids: readonly TeamId[]; separator?: string }) {
  const nameOf = useTeamName()
  return ids.map(nameOf).join(separator)
}
