import 'server-only'
import { isPermission, toRole } from '../../access/permissions'
import { type Access, accountFilter } from '../../access/proof'
import { lockedAddresses } from '../../access/sign-in/attempts'
import { lockedCodes } from '../../access/sign-in/code-attempts'
import { prisma } from '../../db'
import { openStatuses } from '../../domain/findings/status'
import { isCollector } from '../../domain/people/role'
import type { AccountName, MemberRow } from '../../domain/people/views'
import { Prisma } from '../../generated/prisma/client'
import { read } from '../../sql/read'

const { sql } = Prisma
const MAX_ROWS = 1000

/** Everyone who may sign in, by name. */
export async function listMembers(access: Access<'members:manage'>): Promise<MemberRow[]> {
  const ids = access.accounts === 'all' ? null : [...access.accounts]
  const [members, owned, tokens, passkeys] = await Promise.all([
    prisma().member.findMany({ where: { removedAt: null }, orderBy: [{ name: 'asc' }, { id: 'asc' }], take: MAX_ROWS }),
    prisma().findingCount.groupBy({
      by: ['ownerKey'],
      where: { status: { in: [...openStatuses] }, ...(ids ? { accountId: { in: ids } } : {}) },
      _sum: { n: true },
    }),
    prisma().apiToken.findMany({
      where: {
        createdBy: { not: null },
        revokedAt: null,
        expiresAt: { gt: new Date() },
      },
      orderBy: [{ name: 'asc' }, { id: 'asc' }],
      select: { name: true, createdBy: true, permissions: true },
    }),
    prisma().passkey.groupBy({ by: ['memberId'] }),
  ])
  const [locks, codeLocks] = await Promise.all([
    lockedAddresses(members.map(({ email }) => email)),
    lockedCodes(members.map(({ id }) => id)),
  ])
  const withPasskey = new Set(passkeys.map(row => row.memberId))
  const openByOwner = new Map(owned.map(row => [row.ownerKey, row._sum.n ?? 0]))
  return members.map(({ id, name, email, role, teams, limited, accounts, lastSignInAt, ...member }) => ({
    id,
    name,
    email,
    role: toRole(role),
    teams,
    limited,
    accounts,
    lastSignInAt,
    hasPassword: member.passwordHash !== null,
    isBound: member.issuer !== null,
    openFindings: openByOwner.get(id) ?? 0,
    factors: [...(member.totpSince ? ['totp' as const] : []), ...(withPasskey.has(id) ? ['passkey' as const] : [])],
    locked: locks.get(email) ?? (codeLocks.has(id) ? 'codes' : null),
    tokens: tokens
      .filter(({ createdBy }) => createdBy === id)
      .map(({ name, permissions }) => ({ name, isCollector: isCollector(permissions.filter(isPermission)) })),
  }))
}

/** The address of the administrator where there is exactly one, else null. */
export async function findSoleAdministrator(_access: Access<'members:manage'>): Promise<string | null> {
  const admins = await prisma().member.findMany({
    where: { role: 'admin', removedAt: null },
    select: { email: true },
    take: 2,
  })
  return admins.length === 1 ? (admins[0]?.email ?? null) : null
}

/** The accounts that a member or a token can be limited to: all that the reader may see. */
export async function listAccountNames(access: Access<'findings:read'>): Promise<AccountName[]> {
  const accounts = accountFilter(access)
  // As two arrays: thousands of rows take longer to transfer than to find.
  const [all] = await read<{ ids: string[] | null; names: string[] | null }>(sql`
    SELECT json_agg(id) AS ids, json_agg(name) AS names FROM (
      SELECT id, name FROM account WHERE ${accounts}::text[] IS NULL OR id = ANY(${accounts}::text[])
      ORDER BY name, id LIMIT ${5 * MAX_ROWS}) AS a`)
  return (all?.ids ?? []).map((id, index) => ({ id, name: all?.names?.[index] ?? '' }))
}
