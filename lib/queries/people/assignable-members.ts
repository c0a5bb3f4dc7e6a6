import 'server-only'
import { assignableRoles } from '../../access/permissions'
import { type Access, accountFilter, holds } from '../../access/proof'
import type { AccountId } from '../../domain/accounts/account-id'
import { NOBODY } from '../../domain/findings/filter'
import type { Person } from '../../domain/views'
import { AppError, NotFoundError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { contains } from '../../sql/contains'
import { read } from '../../sql/read'

const { sql } = Prisma

/**
 * The members to whom findings of all these accounts can be assigned: active, with a role that works on findings, and with every one
 * of the accounts in their scope. Without accounts: every account that the reader may see. At most 1,000, by name. Throws NotFoundError
 * for an account that the reader may not see.
 */
export async function listAssignable(
  access: Access<'findings:read'>,
  accountIds: readonly AccountId[],
): Promise<Person[]> {
  const scope = accountFilter(access)
  if (scope && accountIds.some(id => !scope.includes(id))) throw new NotFoundError()
  const wanted = accountIds.length > 0 ? [...accountIds] : scope
  return read<Person>(sql`
    SELECT id, name, email::text AS email FROM member m
    WHERE ${isAssignable(wanted)}
    ORDER BY lower(m.name), m.email LIMIT 1000`)
}

/** The first of these members, of every account that the reader may see, whose name or address contains a text. */
export async function searchAssignable(
  access: Access<'findings:read'>,
  text: string,
  limit: number,
): Promise<Person[]> {
  const pattern = contains(text)
  if (pattern === null) return []
  return read<Person>(sql`
    SELECT id, name, email::text AS email FROM member m
    WHERE ${isAssignable(accountFilter(access))} AND (m.name ILIKE ${pattern} OR m.email::text ILIKE ${pattern})
    ORDER BY lower(m.name), m.email LIMIT ${limit}`)
}

/** Members who work on findings and have all of these accounts in their scope; null is every account. */
function isAssignable(accounts: readonly AccountId[] | null): Prisma.Sql {
  return sql`m.removed_at IS NULL AND m.role = ANY(${assignableRoles}::text[])
    AND (NOT m.limited OR m.accounts @> ${accounts}::text[])`
}

/**
 * Owners of a filter with e-mail addresses converted to ids. An address that no member has or had matches nothing; callers with
 * members:manage get `conflict` instead. Others must not learn who is a member.
 */
export async function ownerIds(access: Access<'findings:read'>, owners: readonly string[]): Promise<string[]> {
  const emails = owners.filter(owner => owner.includes('@'))
  if (emails.length === 0) return [...owners]
  const rows = await read<{ id: string; email: string }>(
    sql`SELECT id, lower(email::text) AS email FROM member WHERE email = ANY(${emails}::citext[])`,
  )
  return owners.map(owner => {
    if (!owner.includes('@')) return owner
    const member = rows.find(row => row.email === owner.toLowerCase())
    if (!member && holds(access, 'members:manage'))
      throw new AppError('conflict', { reason: 'ownerUnknown', field: 'owner' })
    return member?.id ?? NOBODY
  })
}
