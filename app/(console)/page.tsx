import { redirect } from 'next/navigation'
import { teamHref } from '@/components/teams/team-param'
import { requireAccess } from '@/lib/access/access'

/** Redirects to the home of the reader's first team, or to the findings without a team. */
export default async function Start() {
  const { actor } = await requireAccess('findings:read')
  const team = actor.kind === 'member' ? actor.teams[0] : undefined
  redirect(team ? teamHref(team) : '/findings')
}
