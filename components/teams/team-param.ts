import { createParser } from 'nuqs/server'
import { TeamId } from '@/lib/domain/people/team'

/** The id of a team in an address. */
export const parseAsTeam = createParser({ parse: text => TeamId.safeParse(text).data ?? null, serialize: id => id })

/** The home of a team. */
export function teamHref(id: TeamId): string {
  return `/teams/${id}`
}
