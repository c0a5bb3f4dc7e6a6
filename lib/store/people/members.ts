import 'server-only'
import type { ById, UpdateMember } from '../../access/member-input'
import { assignableRoles, can, toRole } from '../../access/permissions'
import type { Access } from '../../access/proof'
import { prisma } from '../../db'
import { AppError, NotFoundError } from '../../errors'
import type { Member } from '../../generated/prisma/client'
import type { ModelTx } from '../../sql/transaction'
import { recordAudit } from '../audit/audit'
import { releaseFindings } from '../findings/release'
import { demandEnrolmentOf } from '../sign-in/factor-policy'
import { dropFactors } from '../sign-in/member-factors'
import { endSessions } from '../sign-in/sessions'
import { requireActiveTeams } from '../teams/rows'
import { lockMembers } from './lock'
import { handOverCollectors, revokeInvitesOf, revokeTokensOf } from './revoke-made-by'

// A member may own very many findings.
const LONG = { timeout: 60_000 }

/**
 * Changes role, teams and account limits from the member's next request on. Unassigns open findings that the member can
 * no longer see or change. Revokes the invitations and tokens of a member who is no longer an administrator.
 */
export async function updateMember(
  access: Access<'members:manage'>,
  input: UpdateMember,
): Promise<{ released: number }> {
  return prisma().$transaction(async tx => {
    await lockMembers(tx)
    await requireActiveTeams(tx, input.teams, 'teams')
    const member = await activeMember(tx, input.id)
    if (member.role === 'admin' && input.role !== 'admin') await requireAnotherAdmin(tx, member.id)
    const next = {
      role: input.role,
      teams: input.teams,
      limited: input.limited,
      accounts: input.limited ? input.accounts : [],
    }
    const changed = await tx.member.update({ where: { id: member.id }, data: next })
    if (!can(next.role, 'members:manage')) await revokeInvitesOf(tx, access, member)
    if (can(toRole(member.role), 'members:manage') && !can(next.role, 'members:manage'))
      await revokeTokensOf(tx, access, member)
    await handOverCollectors(tx, access, changed)
    await demandEnrolmentOf(tx, access, member.id)
    const mayOwn = assignableRoles.includes(next.role)
    const released =
      next.limited || !mayOwn ? await releaseFindings(tx, access, member, mayOwn ? next.accounts : []) : 0
    const before = { role: member.role, teams: member.teams, limited: member.limited, accounts: member.accounts }
    await recordAudit(tx, access, {
      action: 'member.update',
      target: `member:${member.id}`,
      detail: { email: member.email, before, after: next, released },
    })
    return { released }
  }, LONG)
}

/** Removes a member and ends their sessions. Their open findings are unassigned; the history keeps the name. */
export async function removeMember(access: Access<'members:manage'>, input: ById): Promise<{ released: number }> {
  if (access.actor.id === input.id) throw new AppError('conflict', { reason: 'removeSelf' })
  return prisma().$transaction(async tx => {
    await lockMembers(tx)
    const member = await activeMember(tx, input.id)
    if (member.role === 'admin') await requireAnotherAdmin(tx, member.id)
    const removed = await tx.member.update({
      where: { id: member.id },
      data: { removedAt: new Date(), passwordHash: null, issuer: null, subject: null },
    })
    await endSessions(tx, access, { memberId: member.id }, 'removed')
    await revokeInvitesOf(tx, access, member)
    await revokeTokensOf(tx, access, member)
    await handOverCollectors(tx, access, removed)
    await dropFactors(tx, member.id)
    await tx.invite.updateMany({
      where: { email: member.email, acceptedAt: null, revokedAt: null },
      data: { revokedAt: new Date() },
    })
    const released = await releaseFindings(tx, access, member, [])
    await recordAudit(tx, access, {
      action: 'member.remove',
      target: `member:${member.id}`,
      detail: { email: member.email, role: member.role, released },
    })
    return { released }
  }, LONG)
}

async function activeMember(tx: ModelTx, id: string): Promise<Member> {
  const member = await tx.member.findFirst({ where: { id, removedAt: null } })
  if (!member) throw new NotFoundError()
  return member
}

async function requireAnotherAdmin(tx: ModelTx, id: string): Promise<void> {
  const others = await tx.member.count({ where: { role: 'admin', removedAt: null, id: { not: id } } })
  if (others === 0) throw new AppError('conflict', { reason: 'lastAdmin' })
}
