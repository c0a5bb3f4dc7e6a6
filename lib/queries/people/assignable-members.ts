import 'server-only'
import { assignableRoles } from '../../access/permissions'
import { type Access, accountFilter, holds } from '../../access/proof'
import type { AccountId } from '../../domain/accounts/account-id'
import { NOBODY } from '../../domain/findings/filter'
import type { Person } from '../../domain/views'
import { AppError, NotFoundError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
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
    WHERE m.removed_at IS NULL AND m.role = ANY(${assignableRoles}::text[])
      AND (NOT m.limited OR m.accounts @> ${wanted}::text[])
    ORDER BY lower(m.name), m.email LIMIT 1000`)
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
