import 'server-only'
import { isPendingInvite } from '../access/invite-token'
import { isPermission } from '../access/permissions'
import type { Access } from '../access/proof'
import { isCollector } from '../domain/role'
import type { Member, Prisma } from '../generated/prisma/client'
import { recordAudit } from './audit'

/**
 * Revokes what gives access and was created by a member who is removed or no longer an administrator: open invitations, password
 * links, and API tokens except those of collectors, which must not stop when a person leaves.
 */
export async function revokeMadeBy(
  tx: Prisma.TransactionClient,
  access: Access<'members:manage'>,
  { id, email }: Member,
): Promise<void> {
  const because = { creator: email }
  const invites = await tx.invite.updateManyAndReturn({
    where: { createdBy: id, ...isPendingInvite() },
    data: { revokedAt: new Date() },
    select: { id: true, email: true },
  })
  for (const invite of invites) {
    await recordAudit(tx, access, {
      action: 'invite.revoke',
      target: `invite:${invite.id}`,
      detail: { email: invite.email, ...because },
    })
  }
  const tokens = await tx.apiToken.findMany({ where: { createdBy: id, revokedAt: null } })
  for (const { id: token, name, prefix, permissions } of tokens) {
    if (isCollector(permissions.filter(isPermission))) continue
    await tx.apiToken.update({ where: { id: token }, data: { revokedAt: new Date() } })
    await recordAudit(tx, access, {
      action: 'token.revoke',
      target: `token:${token}`,
      detail: { name, prefix, ...because },
    })
  }
}
