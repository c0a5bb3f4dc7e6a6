import 'server-only'
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { prisma } from '../db'
import { isSourceId } from '../domain/outcome'
import { clientIp } from './peer'
import { isPermission, type Permission } from './permissions'
import type { Access } from './proof'
import { proveOrRecord, recordTokenRefused } from './refusals'

/** No valid token and no session: 401, with the way to sign in. */
export class UnauthenticatedError extends Error {
  override readonly name = 'UnauthenticatedError'
}

const TOKEN = /^hin_[A-Za-z0-9_-]{43}$/

/** A new API token and what is kept of it. The token itself is shown once and stored nowhere. */
export function newApiToken(): { token: string; prefix: string; tokenHash: string } {
  const token = `hin_${randomBytes(32).toString('base64url')}`
  return { token, prefix: token.slice(0, 10), tokenHash: hashToken(token) }
}

/** A plain hash is enough: a token is 256 random bits, so there is nothing to guess. */
function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

/**
 * Proof for the bearer token of a request. A token acts with the permissions and accounts it was made with. Administrators see and
 * revoke every token; lib/store/revoke-made-by.ts says which end with their creator.
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
  // The real clock, never the one that a demo may fix: a token must end.
  const at = new Date()
  if (row.revokedAt) return refuse({ reason: 'revoked', token: row })
  if (row.expiresAt && row.expiresAt <= at) return refuse({ reason: 'expired', token: row })
  const minuteAgo = new Date(at.getTime() - 60_000)
  if (!row.lastUsedAt || row.lastUsedAt < minuteAgo) {
    await prisma().apiToken.updateMany({
      where: { id: row.id, OR: [{ lastUsedAt: null }, { lastUsedAt: { lt: minuteAgo } }] },
      data: { lastUsedAt: at },
    })
  }
  return proveOrRecord(
    {
      actor: { kind: 'token', id: row.id, name: row.name, owner: row.createdBy },
      accounts: row.limited ? row.accounts : 'all',
      ...(row.sources.length > 0 && { sources: row.sources.filter(isSourceId) }),
      ip,
      granted: new Set(row.permissions.filter(isPermission)),
    },
    needed,
    pathname,
  )
}
