import 'server-only'
import { isPermission } from '../access/permissions'
import type { Access } from '../access/proof'
import { prisma } from '../db'
import { isSourceId } from '../domain/outcome'
import type { TokenRow } from '../domain/people'

const MOST = 500
const WARN_DAYS = 14

/** API tokens, those that work first, then the newest. */
export async function listTokens(_access: Access<'tokens:manage'>): Promise<TokenRow[]> {
  const tokens = await prisma().apiToken.findMany({
    orderBy: [{ revokedAt: { sort: 'desc', nulls: 'first' } }, { createdAt: 'desc' }, { id: 'asc' }],
    take: MOST,
  })
  const makers = await prisma().member.findMany({
    where: { id: { in: tokens.flatMap(token => token.createdBy ?? []) } },
    select: { id: true, name: true },
  })
  const names = new Map(makers.map(maker => [maker.id, maker.name]))
  const at = new Date()
  return tokens.map(({ revokedAt, createdBy, tokenHash: _secret, ...token }) => ({
    ...token,
    permissions: token.permissions.filter(isPermission),
    sources: token.sources.filter(isSourceId),
    createdBy: createdBy ? (names.get(createdBy) ?? null) : null,
    endsIn: revokedAt ? null : daysLeft(token.expiresAt, at),
    state: revokedAt ? 'revoked' : token.expiresAt && token.expiresAt <= at ? 'expired' : 'active',
  }))
}

/** Working tokens that the reader created and that end within two weeks, the first to end first. */
export async function listEndingTokens(access: Access): Promise<{ id: string; name: string; endsIn: number }[]> {
  const at = new Date()
  const tokens = await prisma().apiToken.findMany({
    where: { createdBy: access.actor.id, revokedAt: null, expiresAt: { gt: at } },
    orderBy: [{ expiresAt: 'asc' }, { id: 'asc' }],
    select: { id: true, name: true, expiresAt: true },
    take: MOST,
  })
  return tokens.flatMap(({ expiresAt, ...token }) => {
    const endsIn = daysLeft(expiresAt, at)
    return endsIn === null ? [] : [{ ...token, endsIn }]
  })
}

/** The whole days until a token ends, from two weeks before on; null earlier, for one that has ended and for one without an end. */
function daysLeft(expiresAt: Date | null, at: Date): number | null {
  if (!expiresAt || expiresAt <= at) return null
  const days = Math.ceil((expiresAt.getTime() - at.getTime()) / 86_400_000)
  return days <= WARN_DAYS ? days : null
}
