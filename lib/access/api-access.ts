import 'server-only'
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { prisma } from '../db'
import { env } from '../env'
import { ForbiddenError } from '../errors'
import { currentMember, memberGrant } from './access'
import { clientIp } from './peer'
import { isPermission, type Permission } from './permissions'
import { type Access, prove } from './proof'

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
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

/**
 * Proof for the bearer token of a request. A token acts with the permissions and accounts it was made with, also after its maker
 * has left: collectors must not stop when a person does. Administrators see and revoke every token.
 */
export async function requireTokenAccess<P extends Permission>(request: Request, ...needed: P[]): Promise<Access<P>> {
  const token = /^Bearer +(\S+)$/i.exec(request.headers.get('authorization')?.trim() ?? '')?.[1]
  if (!token || !TOKEN.test(token)) throw new UnauthenticatedError()
  const tokenHash = hashToken(token)
  const row = await prisma().apiToken.findUnique({ where: { tokenHash } })
  if (!row || !timingSafeEqual(Buffer.from(row.tokenHash), Buffer.from(tokenHash))) throw new UnauthenticatedError()
  // The real clock, never the one that a demo may fix: a token must end.
  const at = new Date()
  if (row.revokedAt || (row.expiresAt && row.expiresAt <= at)) throw new UnauthenticatedError()
  const minuteAgo = new Date(at.getTime() - 60_000)
  if (!row.lastUsedAt || row.lastUsedAt < minuteAgo) {
    await prisma().apiToken.updateMany({
      where: { id: row.id, OR: [{ lastUsedAt: null }, { lastUsedAt: { lt: minuteAgo } }] },
      data: { lastUsedAt: at },
    })
  }
  return prove(
    {
      actor: { kind: 'token', id: row.id, name: row.name },
      accounts: row.limited ? row.accounts : 'all',
      ip: clientIp(request.headers),
      granted: new Set(row.permissions.filter(isPermission)),
    },
    needed,
  )
}

/** Proof for a request to the API: its bearer token or, from our own pages only, the session of the browser. */
export async function requireApiAccess<P extends Permission>(request: Request, ...needed: P[]): Promise<Access<P>> {
  if (request.headers.has('authorization')) return requireTokenAccess(request, ...needed)
  const member = await currentMember()
  if (!member) throw new UnauthenticatedError()
  if (!isSameOrigin(request)) throw new ForbiddenError('crossOrigin')
  return prove(memberGrant(member, clientIp(request.headers)), needed)
}

/**
 * Whether a browser says that one of our own pages sent this request. Browsers of today send Sec-Fetch-Site, older ones Origin with
 * everything that changes something; a write with neither is refused.
 */
export function isSameOrigin(request: Request): boolean {
  const reading = request.method === 'GET' || request.method === 'HEAD'
  const site = request.headers.get('sec-fetch-site')
  if (site) return site === 'same-origin' || (reading && site === 'none')
  const origin = request.headers.get('origin')
  if (!origin) return reading
  if (!URL.canParse(origin)) return false
  const ours = [request.headers.get('host')]
  const configured = env().HINOMI_URL
  if (configured) ours.push(new URL(configured).host)
  return ours.includes(new URL(origin).host)
}
