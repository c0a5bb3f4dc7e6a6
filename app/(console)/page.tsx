import { redirect } from 'next/navigation'
import { teamHref } from '@/components/teams/team-param'
import { requireAccess } from '@/lib/access/access'

/** To the home of the reader's first team; who has none starts with the findings. */
export default async function Start() {
  const { actor } = await requireAccess('findings:read')
  const team = actor.kind === 'member' ? actor.teams[0] : undefined
  redirect(team ? teamHref(team) : '/findings')
}
