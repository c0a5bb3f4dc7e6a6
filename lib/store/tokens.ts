import 'server-only'
import { newApiToken } from '../access/api-token'
import type { ById, CreateToken } from '../access/member-input'
import type { Access } from '../access/proof'
import { prisma } from '../db'
import { AppError, ForbiddenError, NotFoundError } from '../errors'
import { recordAudit } from './audit'

/**
 * Creates an API token. The answer holds the token itself, for the only time. Throws ForbiddenError for a permission that the actor lacks,
 * and `invalid` for exceptions:request without a member as owner, since nobody could be kept from approving what it asks for.
 */
export async function createToken(
  access: Access<'tokens:manage'>,
  input: CreateToken,
): Promise<{ id: string; token: string }> {
  const { token, prefix, tokenHash } = newApiToken()
  const { name, permissions, limited, expiresAt } = input
  const accounts = limited ? input.accounts : []
  const sources = input.sources ?? []
  const createdBy = access.actor.kind === 'member' ? access.actor.id : null
  if (!permissions.every(permission => access.granted.has(permission))) throw new ForbiddenError('tokenPermissions')
  if (createdBy === null && permissions.includes('exceptions:request'))
    throw new AppError('invalid', { reason: 'tokenOwner', field: 'permissions' })
  return prisma().$transaction(async tx => {
    const { id } = await tx.apiToken.create({
      data: { name, prefix, tokenHash, permissions, limited, accounts, sources, createdBy, expiresAt },
    })
    await recordAudit(tx, access, {
      action: 'token.create',
      target: `token:${id}`,
      detail: { name, prefix, permissions, limited, accounts, sources, expiresAt: expiresAt?.toISOString() ?? null },
    })
    return { id, token }
  })
}

/** Ends a token at once and for good. */
export async function revokeToken(access: Access<'tokens:manage'>, input: ById): Promise<void> {
  await prisma().$transaction(async tx => {
    const { count } = await tx.apiToken.updateMany({
      where: { id: input.id, revokedAt: null },
      data: { revokedAt: new Date() },
    })
    if (count === 0) throw new NotFoundError()
    const { name, prefix } = await tx.apiToken.findUniqueOrThrow({ where: { id: input.id } })
    await recordAudit(tx, access, { action: 'token.revoke', target: `token:${input.id}`, detail: { name, prefix } })
  })
}
