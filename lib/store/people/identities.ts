import 'server-only'
import { jobAccess } from '../../access/job'
import type { ById } from '../../access/member-input'
import type { Access } from '../../access/proof'
import type { VerifiedIdentity } from '../../access/sign-in/providers'
import { prisma } from '../../db'
import { ForbiddenError, NotFoundError } from '../../errors'
import type { Member } from '../../generated/prisma/client'
import { recordAudit } from '../audit/audit'
import { acceptInviteByEmail } from './invites'

/**
 * The member of a provider's account, or null. The address decides only the first time. Then issuer and subject are bound
 * to the member, so that a reused address signs nobody in. Throws `otherIdentity`, with an audit entry, if the member is
 * bound to another account. https://openid.net/specs/openid-connect-core-1_0.html#ClaimStability
 */
export async function memberOfIdentity(
  identity: VerifiedIdentity,
  provider: string,
  ip: string | null,
): Promise<Member | null> {
  const { issuer, subject, email } = identity
  const bound = await prisma().member.findFirst({ where: { issuer, subject, removedAt: null } })
  if (bound) return bound
  const member =
    (await prisma().member.findFirst({ where: { email, removedAt: null } })) ??
    (await acceptInviteByEmail(identity, provider, ip))
  if (!member) return null
  const target = `member:${member.id}`
  const access = jobAccess('sign-in', { ip })
  const isBound = await prisma().$transaction(async tx => {
    const { count } = await tx.member.updateMany({
      where: { id: member.id, removedAt: null, issuer: null },
      data: { issuer, subject },
    })
    const action = count === 1 ? 'identity.bind' : 'identity.refuse'
    await recordAudit(tx, access, { action, target, detail: { email, provider, issuer, subject } })
    return count === 1
  })
  if (!isBound) throw new ForbiddenError('otherIdentity')
  return member
}

/** Unbinds a member from the provider's account. The next account that is verified for the address is bound instead. */
export async function unbindIdentity(access: Access<'members:manage'>, { id }: ById): Promise<void> {
  await prisma().$transaction(async tx => {
    const member = await tx.member.findFirst({ where: { id, removedAt: null, issuer: { not: null } } })
    if (!member) throw new NotFoundError()
    const { email, issuer, subject } = member
    await tx.member.update({ where: { id }, data: { issuer: null, subject: null } })
    await recordAudit(tx, access, {
      action: 'identity.unbind',
      target: `member:${id}`,
      detail: { email, issuer, subject },
    })
  })
}
