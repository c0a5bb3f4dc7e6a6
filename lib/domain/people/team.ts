import { z } from 'zod'
import { lineText } from '../text/plain-text'

/** Kinds of teams. The kind decides the team's home, its default routing, and who approves severe exceptions. */
export const teamKinds = ['infrastructure', 'security_response', 'corporate_it'] as const
export const TeamKind = z.enum(teamKinds)
export type TeamKind = z.infer<typeof TeamKind>

/** The key of a team. It never changes, so that findings, rules, addresses and exports can contain it. */
export const TeamId = z.string().regex(/^[a-z][a-z0-9-]{0,29}$/, 'teamId')
export type TeamId = z.infer<typeof TeamId>

export interface Team {
  id: TeamId
  kind: TeamKind
  nameEn: string
  nameJa: string
  retired: boolean
  /** The team that took over the work of a retired one. */
  successor: TeamId | null
}

const Names = { nameEn: lineText(60).min(1, 'teamName'), nameJa: lineText(60).min(1, 'teamName') }

export const CreateTeam = z.strictObject({ id: TeamId, kind: TeamKind, ...Names })
export type CreateTeam = z.infer<typeof CreateTeam>
export const RenameTeam = z.strictObject({ id: TeamId, ...Names })
export type RenameTeam = z.infer<typeof RenameTeam>
export const NamedTeam = z.strictObject({ id: TeamId })
export type NamedTeam = z.infer<typeof NamedTeam>
export const RetireTeam = z.strictObject({ id: TeamId, successor: TeamId })
export type RetireTeam = z.infer<typeof RetireTeam>

/** The name of a team in a language of the product. */
export function teamName(team: Pick<Team, 'nameEn' | 'nameJa'>, locale: string): string {
  return locale === 'ja' ? team.nameJa : team.nameEn
}

/** The default team of a kind: the first that is active, in the order of the list. Every kind keeps one. */
export function defaultTeamOf(teams: readonly Team[], kind: TeamKind): TeamId {
  const team = teams.find(each => each.kind === kind && !each.retired)
  if (!team) throw new Error(`no active team of kind ${kind}`)
  return team.id
}

/** The active team of an id: the team itself, or its successor. Null for an unknown id. */
export function activeTeamOf(teams: readonly Team[], id: string): TeamId | null {
  let team = teams.find(each => each.id === id)
  for (let steps = 0; team?.retired && steps < teams.length; steps++) {
    const { successor } = team
    team = teams.find(each => each.id === successor)
  }
  return team && !team.retired ? team.id : null
}

export const environments = ['production', 'staging', 'development', 'sandbox', 'shared'] as const
export const Environment = z.enum(environments)
export type Environment = z.infer<typeof Environment>
