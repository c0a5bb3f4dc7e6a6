import 'server-only'
import { newApiToken } from '../../access/api/token'
import { beyondReach, findOwner, reachOf } from '../../access/api/token-owner'
import type { ById, CreateToken } from '../../access/member-input'
import { toNetwork } from '../../access/network/networks'
import { isPermission } from '../../access/permissions'
import { type Access, requireMemberActor } from '../../access/proof'
import { prisma } from '../../db'
import { AppError, ForbiddenError, NotFoundError } from '../../errors'
import type { ApiToken } from '../../generated/prisma/client'
import type { ModelTx } from '../../sql/transaction'
import { recordAudit } from '../audit/audit'
import { lockMembers } from './lock'

/**
 * Creates an API token and returns it, for the only time. Its owner is the actor, or on the command line the member
 * with the address `owner`. Throws ForbiddenError for a permission that the actor lacks, `invalid` if there is no
 * owner, the owner lacks a permission, or a network is malformed.
 */
export async function createToken(
  access: Access<'tokens:manage'>,
  input: CreateToken,
  owner?: string,
): Promise<{ id: string; token: string }> {
  const { token, prefix, tokenHash } = newApiToken()
  const { name, permissions, limited, expiresAt } = input
  const accounts = limited ? input.accounts : []
  const sources = input.sources ?? []
  const networks = toNetworks(input.networks ?? [])
  if (!permissions.every(permission => access.granted.has(permission))) throw new ForbiddenError('tokenPermissions')
  return prisma().$transaction(async tx => {
    await lockMembers(tx)
    const member = await ownerOf(tx, access, owner)
    requireWithinReach(member, { permissions, limited, accounts })
    const { id } = await tx.apiToken.create({
      data: {
        name,
        prefix,
        tokenHash,
        permissions,
        limited,
        accounts,
        sources,
        networks,
        createdBy: member.id,
        expiresAt,
      },
    })
    await recordAudit(tx, access, {
      action: 'token.create',
      target: `token:${id}`,
      detail: {
        name,
        prefix,
        owner: member.email,
        permissions,
        limited,
        accounts,
        sources,
        networks,
        expiresAt: expiresAt.toISOString(),
      },
    })
    return { id, token }
  })
}

type Owner = NonNullable<Awaited<ReturnType<typeof findOwner>>>

/**
 * The owner of a new token. A member owns their tokens, or could approve what they request with a token of another
 * owner.
 */
async function ownerOf(tx: ModelTx, { actor }: Access, email?: string): Promise<Owner> {
  if (actor.kind !== 'member' && !email) throw new AppError('invalid', { reason: 'tokenOwner', field: 'owner' })
  const member = await findOwner(actor.kind === 'member' ? { id: actor.id } : { email: email ?? '' }, tx)
  if (member) return member
  if (actor.kind === 'member') throw new ForbiddenError()
  throw new AppError('invalid', { reason: 'tokenOwnerUnknown', params: { email: email ?? '' }, field: 'owner' })
}

function requireWithinReach(
  owner: Owner,
  token: Pick<CreateToken, 'permissions' | 'limited'> & { accounts: string[] },
): void {
  const beyond = beyondReach(reachOf(owner), token)
  const { email } = owner
  if (beyond.permissions.length > 0) {
    const params = { email, permissions: beyond.permissions.join(', ') }
    throw new AppError('invalid', { reason: 'tokenOwnerPermissions', params, field: 'permissions' })
  }
  if (beyond.accounts)
    throw new AppError('invalid', { reason: 'tokenOwnerAccounts', params: { email }, field: 'accounts' })
}

function toNetworks(given: readonly string[]): string[] {
  const networks = given.map(text => {
    const network = toNetwork(text)
    if (network === null)
      throw new AppError('invalid', { reason: 'tokenNetworkBroken', params: { network: text }, field: 'networks' })
    return network
  })
  return [...new Set(networks)]
}

/** Revokes a token immediately and for good. */
export async function revokeToken(access: Access<'tokens:manage'>, input: ById): Promise<void> {
  await revoke(access, { id: input.id })
}

/** Revokes a token of the actor. Throws NotFoundError for a token of another owner. */
export async function revokeOwnToken(access: Access, input: ById): Promise<void> {
  await revoke(access, { id: input.id, createdBy: requireMemberActor(access).id })
}

async function revoke(access: Access, where: { id: string; createdBy?: string }): Promise<void> {
  await prisma().$transaction(async tx => {
    const [token] = await tx.apiToken.updateManyAndReturn({
      where: { ...where, revokedAt: null },
      data: { revokedAt: new Date() },
    })
    if (!token) throw new NotFoundError()
    const { id, name, prefix } = token
    await recordAudit(tx, access, { action: 'token.revoke', target: `token:${id}`, detail: { name, prefix } })
  })
}

/**
 * Makes the actor the owner of a token without one, or whose owner was removed. The token loses its permissions for
 * exceptions, since others may know it. Throws `conflict` if it has an owner, or an open exception request: the actor
 * could then approve the request of somebody who holds the token.
 */
export async function takeOverToken(access: Access<'tokens:manage' | 'members:manage'>, input: ById): Promise<void> {
  const actor = requireMemberActor(access)
  await prisma().$transaction(async tx => {
    await lockMembers(tx)
    const token = await tx.apiToken.findFirst({ where: { id: input.id, revokedAt: null } })
    if (!token) throw new NotFoundError()
    if (token.createdBy !== null && (await findOwner({ id: token.createdBy }, tx)))
      throw new AppError('conflict', { reason: 'tokenHasOwner' })
    const open = await tx.exception.count({ where: { requestedBy: token.id, state: 'requested' } })
    if (open > 0) throw new AppError('conflict', { reason: 'tokenRequests', params: { count: open } })
    const permissions = token.permissions.filter(each => !each.startsWith('exceptions:'))
    await transferToken(tx, access, { ...token, permissions }, { id: actor.id, email: actor.email })
  })
}

/** Transfers a token, with the given permissions, to another owner. */
export async function transferToken(
  tx: ModelTx,
  access: Access,
  token: Pick<ApiToken, 'id' | 'name' | 'prefix' | 'permissions'>,
  owner: { id: string; email: string },
): Promise<void> {
  const { id, name, prefix } = token
  const permissions = token.permissions.filter(isPermission)
  await tx.apiToken.update({ where: { id }, data: { createdBy: owner.id, permissions } })
  await recordAudit(tx, access, {
    action: 'token.transfer',
    target: `token:${id}`,
    detail: { name, prefix, owner: owner.email, permissions },
  })
}
