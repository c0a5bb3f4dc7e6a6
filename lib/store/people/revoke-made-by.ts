import 'server-only'
import { beyondReach, reachOf } from '../../access/api/token-owner'
import { isPermission } from '../../access/permissions'
import type { Access } from '../../access/proof'
import { isPendingInvite } from '../../access/sign-in/invite-token'
import { isCollector } from '../../domain/people/role'
import type { Member } from '../../generated/prisma/client'
import type { ModelTx } from '../../sql/transaction'
import { recordAudit } from '../audit/audit'
import { transferToken } from './tokens'

/** Revokes the open invitations and password links of a member who is removed or no longer an administrator. */
export async function revokeInvitesOf(
  tx: ModelTx,
  access: Access<'members:manage'>,
  { id, email }: Member,
): Promise<void> {
  const invites = await tx.invite.updateManyAndReturn({
    where: { createdBy: id, ...isPendingInvite() },
    data: { revokedAt: new Date() },
    select: { id: true, email: true },
  })
  for (const invite of invites) {
    await recordAudit(tx, access, {
      action: 'invite.revoke',
      target: `invite:${invite.id}`,
      detail: { email: invite.email, creator: email },
    })
  }
}

/**
 * Revokes the tokens of a member who is removed or no longer an administrator, except collectors, which have to keep
 * running.
 */
export async function revokeTokensOf(
  tx: ModelTx,
  access: Access<'members:manage'>,
  { id, email }: Member,
): Promise<void> {
  const tokens = await tx.apiToken.findMany({ where: { createdBy: id, revokedAt: null } })
  for (const { id: token, name, prefix, permissions } of tokens) {
    if (isCollector(permissions.filter(isPermission))) continue
    await tx.apiToken.update({ where: { id: token }, data: { revokedAt: new Date() } })
    await recordAudit(tx, access, {
      action: 'token.revoke',
      target: `token:${token}`,
      detail: { name, prefix, creator: email },
    })
  }
}

/**
 * Transfers collector tokens that exceed their owner's permissions to the administrator who makes the change; if that
 * is the owner or no member, to the administrator who joined first. `member` is the changed or removed row.
 */
export async function handOverCollectors(tx: ModelTx, access: Access<'members:manage'>, member: Member): Promise<void> {
  const tokens = await tx.apiToken.findMany({ where: { createdBy: member.id, revokedAt: null } })
  const reach = reachOf(member)
  const beyond = tokens.filter(token => {
    if (!isCollector(token.permissions.filter(isPermission))) return false
    if (member.removedAt !== null) return true
    const { permissions, accounts } = beyondReach(reach, token)
    return permissions.length > 0 || accounts
  })
  if (beyond.length === 0) return
  const { actor } = access
  const others = { role: 'admin', removedAt: null, id: { not: member.id } }
  const heir =
    (actor.kind === 'member' ? await tx.member.findFirst({ where: { AND: [others, { id: actor.id }] } }) : null) ??
    (await tx.member.findFirst({ where: others, orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] }))
  if (heir) for (const token of beyond) await transferToken(tx, access, token, heir)
}
