import 'server-only'
import { isPermission } from '../access/permissions'
import type { Access } from '../access/proof'
import { prisma } from '../db'
import { isSourceId } from '../domain/outcome'
import type { TokenRow } from '../domain/people'

const MOST = 500

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
    state: revokedAt ? 'revoked' : token.expiresAt && token.expiresAt <= at ? 'expired' : 'active',
  }))
}
