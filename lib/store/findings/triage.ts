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
import { Prisma } from '../../generated/prisma/client'
import { runIn, type Tx } from '../../sql/transaction'
import { changeFindings, type Prepared, previewChange } from './changes'
import { requireReasonToPostpone, requireReasonToResolve } from './reasons'
import { prepareOwner, toDue, toStatus, toTeam, withComment } from './verbs'
import { toVerdict } from './verdict'

const { sql } = Prisma

/**
 * Assigns findings to a member, or unassigns them. Throws as lockSelection does, and `conflict` if the member may not
 * own them.
 */
export async function assignFindings(access: Access<'findings:triage'>, input: AssignFindings): Promise<ChangeResult> {
  return changeFindings(access, input, tx => prepareOwner(tx, input.owner))
}

/** Assigns a finding to the actor. Throws `invalid` if the actor is no member. */
export async function takeFinding(access: Access<'findings:triage'>, input: TakeFinding): Promise<ChangeResult> {
  const { actor } = access
  if (actor.kind !== 'member') throw new AppError('invalid', { reason: 'ownerUnknown', field: 'owner' })
  return changeFindings(access, { selection: { ids: [input.id] } }, tx => prepareOwner(tx, actor.id))
}

/** Sets a status by hand. Throws as lockSelection does, and `conflict` if a finding has an exception, or without a reason to resolve. */
export async function setStatus(access: Access<'findings:triage'>, input: SetStatus): Promise<ChangeResult> {
  return changeFindings(access, input, () => decidedStatus(access, input.status, input.reason))
}

/** Moves findings to a team. Routing does not move them afterwards. */
export async function setTeam(access: Access<'findings:triage'>, input: SetTeam): Promise<ChangeResult> {
  return changeFindings(access, input, tx => toTeam(tx, input.team))
}

/** Sets or removes a due date. The policy does not change it afterwards. Throws as requireReasonToPostpone does. */
export async function setDueAt(access: Access<'findings:triage'>, input: SetDueAt): Promise<ChangeResult> {
  return changeFindings(access, input, () => decidedDue(access, input.dueAt, input.reason))
}

/** Adds a comment to the history of each finding. */
export async function addComment(access: Access<'findings:triage'>, input: AddComment): Promise<ChangeResult> {
  return changeFindings(access, input, () => withComment(input.text))
}

/** Counts the findings that a change selects and would change, before it is confirmed. Throws as the change does. */
export async function previewFindings(access: Access<'findings:triage'>, input: PreviewChange): Promise<ChangePreview> {
  return previewChange(access, input.selection, tx => {
    if ('status' in input) return toStatus(input.status)
    if ('verdict' in input) return toVerdict(access, input.verdict)
    if ('team' in input) return toTeam(tx, input.team)
    if ('dueAt' in input) return toDue(toDueAt(input.dueAt, env().HINOMI_TIME_ZONE))
    return prepareOwner(tx, input.owner)
  })
}

/** What the status does not allow comes before a missing reason: a reason would not help. */
function decidedStatus({ actor }: Access, status: SetStatus['status'], reason?: string): Prepared {
  const prepared = toStatus(status, reason)
  return {
    ...prepared,
    check: async (tx, locked) => {
      await prepared.check?.(tx, locked)
      if (status === 'resolved') requireReasonToResolve({ actor, reason })
    },
  }
}

function decidedDue({ actor }: Access, dueAt: SetDueAt['dueAt'], reason?: string): Prepared {
  const due = toDueAt(dueAt, env().HINOMI_TIME_ZONE)
  return { ...toDue(due, reason), check: requireReasonToPostpone(due, { actor, reason }) }
}

/** Makes several changes to one finding, all or none. The owner is given by e-mail address. */
export async function patchFinding(
  access: Access<'findings:triage'>,
  id: FindingId,
  patch: PatchFinding,
): Promise<ChangeResult> {
  return changeFindings(access, { selection: { ids: [id] } }, async tx => {
    const parts: Prepared[] = []
    // Teams are locked before members.
    const team = patch.team === undefined ? null : await toTeam(tx, patch.team)
    if (patch.owner !== undefined) parts.push(await prepareOwner(tx, await memberOf(tx, patch.owner)))
    if (patch.status !== undefined) parts.push(decidedStatus(access, patch.status, patch.reason))
    if (patch.verdict !== undefined) parts.push(toVerdict(access, patch.verdict))
    if (team) parts.push(team)
    if (patch.dueAt !== undefined) parts.push(decidedDue(access, patch.dueAt, patch.reason))
    if (patch.comment !== undefined) parts.push(withComment(patch.comment))
    return {
      changes: parts.flatMap(part => part.changes),
      first: async (...given) => (await Promise.all(parts.map(part => part.first?.(...given) ?? []))).flat(),
      check: async (within, locked) => {
        for (const part of parts) await part.check?.(within, locked)
      },
    }
  })
}

/** The id of the active member with an e-mail address; null for null. Throws `conflict` if there is none. */
async function memberOf(tx: Tx, email: string | null): Promise<string | null> {
  if (email === null) return null
  const [row] = await runIn<{ id: string }>(
    tx,
    sql`SELECT id::text AS id FROM member WHERE email = ${email}::citext AND removed_at IS NULL`,
  )
  if (!row) throw new AppError('conflict', { reason: 'ownerUnknown', field: 'owner' })
  return row.id
}
