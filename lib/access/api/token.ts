import 'server-only'
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { prisma } from '../../db'
import { isSourceId } from '../../domain/imports/outcome'
import type { Permission } from '../../domain/people/role'
import { ForbiddenError } from '../../errors'
import { inNetworks } from '../network/networks'
import { clientIp } from '../network/peer'
import { isPermission } from '../permissions'
import type { Access } from '../proof'
import { proveOrRecord, recordTokenRefused, recordTokenUse } from '../refusals/refusals'
import { noteUse } from '../session/note-use'
import { commonAccounts, findOwner, reachOf } from './token-owner'

/** No valid token and no session: 401, with the authentication scheme. */
export class UnauthenticatedError extends Error {
  override readonly name = 'UnauthenticatedError'

  /** `reason`: the sentence, where it is not the one about tokens. */
  constructor(readonly reason: 'unauthenticated' | 'eventSender' = 'unauthenticated') {
    super(reason)
  }
}

const TOKEN = /^hin_[A-Za-z0-9_-]{43}$/

/** A new API token and the fields to store for it. The token itself is shown once and never stored. */
export function newApiToken(): { token: string; prefix: string; tokenHash: string } {
  const token = `hin_${randomBytes(32).toString('base64url')}`
  return { token, prefix: token.slice(0, 10), tokenHash: hashToken(token) }
}

/** A plain hash is enough: a token is 256 random bits and cannot be guessed. */
function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

/**
 * Proof for the bearer token of a request. A token has the permissions and accounts that it was created with, limited to those that its
 * owner has now; without an owner, from an earlier version, there is no such limit. Throws UnauthenticatedError, and ForbiddenError
 * where a permission is missing or the request comes from outside the token's networks.
 */
export async function requireTokenAccess<P extends Permission>(request: Request, ...needed: P[]): Promise<Access<P>> {
  const ip = clientIp(request.headers)
  const { pathname } = new URL(request.url)
  const refuse = async (refused: Parameters<typeof recordTokenRefused>[0]): Promise<never> => {
    await recordTokenRefused(refused, ip, pathname)
    throw new UnauthenticatedError()
  }
  const token = /^Bearer +(\S+)$/i.exec(request.headers.get('authorization')?.trim() ?? '')?.[1]
  if (!token || !TOKEN.test(token)) return refuse({ reason: 'unknown' })
  const tokenHash = hashToken(token)
  const row = await prisma().apiToken.findUnique({ where: { tokenHash } })
  if (!row || !timingSafeEqual(Buffer.from(row.tokenHash), Buffer.from(tokenHash))) return refuse({ reason: 'unknown' })
  // The real clock, never the demo's fixed one: a token must expire.
  const at = new Date()
  if (row.revokedAt) return refuse({ reason: 'revoked', token: row })
  if (row.expiresAt <= at) return refuse({ reason: 'expired', token: row })
  const owner = row.createdBy === null ? undefined : await findOwner({ id: row.createdBy })
  if (owner === null) return refuse({ reason: 'owner', token: row })
  if (row.networks.length > 0 && !inNetworks(ip, row.networks)) {
    await recordTokenRefused({ reason: 'network', token: row }, ip, pathname)
    throw new ForbiddenError('tokenNetwork')
  }
  const minuteAgo = new Date(at.getTime() - 60_000)
  if (!row.lastUsedAt || row.lastUsedAt < minuteAgo) {
    await noteUse(() =>
      prisma().apiToken.updateMany({
        where: { id: row.id, OR: [{ lastUsedAt: null }, { lastUsedAt: { lt: minuteAgo } }] },
        data: { lastUsedAt: at },
      }),
    )
    await recordTokenUse(row, ip)
  }
  const reach = owner && reachOf(owner)
  const accounts = row.limited ? row.accounts : 'all'
  return proveOrRecord(
    {
      actor: {
        kind: 'token',
        id: row.id,
        name: row.name,
        owner: row.createdBy,
        ...(reach?.teams && { teams: reach.teams }),
      },
      accounts: reach ? commonAccounts(accounts, reach.accounts) : accounts,
      ...(row.sources.length > 0 && { sources: row.sources.filter(isSourceId) }),
      ip,
      granted: new Set(row.permissions.filter(isPermission).filter(each => !reach || reach.granted.has(each))),
    },
    needed,
    pathname,
  )
}
