import 'server-only'
import { isPermission } from '../../access/permissions'
import type { Access } from '../../access/proof'
import { prisma } from '../../db'
import { isSourceId } from '../../domain/imports/outcome'
import { type RefusedReason, refusedReasons, type TokenRow } from '../../domain/people/views'
import type { Prisma } from '../../generated/prisma/client'

const MAX_ROWS = 500
const WARN_DAYS = 14
const DAY_MS = 86_400_000

/** API tokens, active ones first, then the newest. */
export async function listTokens(_access: Access<'tokens:manage'>): Promise<TokenRow[]> {
  return listWhere({}, [{ revokedAt: { sort: 'desc', nulls: 'first' } }, { createdAt: 'desc' }, { id: 'asc' }])
}

/** The reader's own tokens that are active, or that ended and were used in the last month; the first to end first. */
export async function listOwnTokens({ actor }: Access): Promise<TokenRow[]> {
  if (actor.kind !== 'member') return []
  const at = Date.now()
  const current = [{ expiresAt: { gt: new Date(at) } }, { refusedAt: { gt: new Date(at - 30 * DAY_MS) } }]
  return listWhere({ createdBy: actor.id, revokedAt: null, OR: current }, [{ expiresAt: 'asc' }, { id: 'asc' }])
}

async function listWhere(
  where: Prisma.ApiTokenWhereInput,
  orderBy: Prisma.ApiTokenOrderByWithRelationInput[],
): Promise<TokenRow[]> {
  const tokens = await prisma().apiToken.findMany({ where, orderBy, take: MAX_ROWS })
  const owners = await prisma().member.findMany({
    where: { id: { in: tokens.flatMap(token => token.createdBy ?? []) }, removedAt: null },
    select: { id: true, name: true, email: true },
  })
  const at = new Date()
  return tokens.map(({ revokedAt, createdBy, tokenHash: _secret, ...token }) => {
    const owner = owners.find(({ id }) => id === createdBy)
    return {
      ...token,
      permissions: token.permissions.filter(isPermission),
      sources: token.sources.filter(isSourceId),
      owner: owner ? { name: owner.name, email: owner.email } : null,
      refusedReason: toReason(token.refusedReason),
      endsIn: revokedAt ? null : daysLeft(token.expiresAt, at),
      state: revokedAt ? 'revoked' : token.expiresAt <= at ? 'expired' : 'active',
    }
  })
}

function toReason(stored: string | null): RefusedReason | null {
  return refusedReasons.find(reason => reason === stored) ?? null
}

/** The whole days until a token ends, within its last two weeks; null earlier, and for one that has ended. */
function daysLeft(expiresAt: Date, at: Date): number | null {
  if (expiresAt <= at) return null
  const days = Math.ceil((expiresAt.getTime() - at.getTime()) / DAY_MS)
  return days <= WARN_DAYS ? days : null
}
