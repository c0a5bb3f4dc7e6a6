import 'server-only'
import type { Access } from '../../access/proof'
import {
  type AddComment,
  type AssignFindings,
  type ChangePreview,
  type ChangeResult,
  type PatchFinding,
  type PreviewChange,
  type SetDueAt,
  type SetStatus,
  type SetTeam,
  type TakeFinding,
  toDueAt,
} from '../../domain/findings/change'
import type { FindingId } from '../../domain/findings/filter'
import { env } from '../../env'
import { AppError } from '../../errors'
import type { Prisma } from '../../generated/prisma/client'
import { changeFindings, type Prepared, previewChange } from './changes'
import { toDue, toOwner, toStatus, toTeam, withComment } from './verbs'

/** Gives findings to a member, or to nobody. Throws as holdFindings does, and `conflict` where the member may not have them. */
export async function assignFindings(access: Access<'findings:triage'>, input: AssignFindings): Promise<ChangeResult> {
  return changeFindings(access, input, tx => toOwner(tx, input.owner))
}

/** The actor takes a finding. Throws `invalid` where the actor is no member. */
export async function takeFinding(access: Access<'findings:triage'>, input: TakeFinding): Promise<ChangeResult> {
  const { actor } = access
  if (actor.kind !== 'member') throw new AppError('invalid', { reason: 'ownerUnknown', field: 'owner' })
  return changeFindings(access, { selection: { ids: [input.id] } }, tx => toOwner(tx, actor.id))
}

/** Sets a status by hand. Throws as holdFindings does, and `conflict` where one is an exception. */
export async function setStatus(access: Access<'findings:triage'>, input: SetStatus): Promise<ChangeResult> {
  return changeFindings(access, input, () => toStatus(input.status))
}

/** Moves findings to a team; routing does not move them back. */
export async function setTeam(access: Access<'findings:triage'>, input: SetTeam): Promise<ChangeResult> {
  return changeFindings(access, input, tx => toTeam(tx, input.team))
}

/** Sets a due date, or none; the policy does not move it any more. */
export async function setDueAt(access: Access<'findings:triage'>, input: SetDueAt): Promise<ChangeResult> {
  return changeFindings(access, input, () => toDue(toDueAt(input.dueAt, env().HINOMI_TIME_ZONE)))
}

/** Adds a comment to the history of each finding. */
export async function addComment(access: Access<'findings:triage'>, input: AddComment): Promise<ChangeResult> {
  return changeFindings(access, input, () => withComment(input.text))
}

/** What a change would be for and would change, before somebody confirms it. Throws as the change itself would. */
export async function previewFindings(access: Access<'findings:triage'>, input: PreviewChange): Promise<ChangePreview> {
  return previewChange(access, input.selection, tx => {
    if ('status' in input) return toStatus(input.status)
    if ('team' in input) return toTeam(tx, input.team)
    if ('dueAt' in input) return toDue(toDueAt(input.dueAt, env().HINOMI_TIME_ZONE))
    return toOwner(tx, input.owner)
  })
}

/** Several changes of one finding, all or none. The owner is named by e-mail. */
export async function patchFinding(
  access: Access<'findings:triage'>,
  id: FindingId,
  patch: PatchFinding,
): Promise<ChangeResult> {
  return changeFindings(access, { selection: { ids: [id] } }, async tx => {
    const parts: Prepared[] = []
    // Teams are held before members.
    const team = patch.team === undefined ? null : await toTeam(tx, patch.team)
    if (patch.owner !== undefined) parts.push(await toOwner(tx, await memberOf(tx, patch.owner)))
    if (patch.status !== undefined) parts.push(toStatus(patch.status))
    if (team) parts.push(team)
    if (patch.dueAt !== undefined) parts.push(toDue(toDueAt(patch.dueAt, env().HINOMI_TIME_ZONE)))
    if (patch.comment !== undefined) parts.push(withComment(patch.comment))
    return {
      changes: parts.flatMap(part => part.changes),
      first: async (...given) => (await Promise.all(parts.map(part => part.first?.(...given) ?? []))).flat(),
      check: async (within, held) => {
        for (const part of parts) await part.check?.(within, held)
      },
    }
  })
}

/** The member of an e-mail address in good standing; null for null. Throws `conflict` where there is none. */
async function memberOf(tx: Prisma.TransactionClient, email: string | null): Promise<string | null> {
  if (email === null) return null
  const [row] = await tx.$queryRaw<{ id: string }[]>`
    SELECT id::text AS id FROM member WHERE email = ${email}::citext AND removed_at IS NULL`
  if (!row) throw new AppError('conflict', { reason: 'ownerUnknown', field: 'owner' })
  return row.id
}
