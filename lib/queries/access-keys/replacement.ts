import 'server-only'
import type { Access } from '../../access/proof'
import { PROVIDER_TYPE, ROLE_TYPE, type StoredResource, USER_TYPE } from '../../domain/access-keys/iam-resources'
import type { ReplacementContext } from '../../domain/access-keys/replacement/context'
import { replacementContext } from '../../domain/access-keys/replacement/context-of'
import type { KeyRow } from '../../domain/access-keys/views'
import { Prisma } from '../../generated/prisma/client'
import { read } from '../../sql/read'
import { isWritten } from '../../sql/written-assets'
import { accountInScope } from '../accounts/rows'

const { sql } = Prisma

/** Enough to know the names of the account's projects, where an account has thousands of roles. */
const MOST_ROLES = 500

/** The values for the texts that replace a key. */
export async function keyReplacement(
  access: Access<'findings:read'>,
  { id, user, account, lastUsed }: Pick<KeyRow, 'id' | 'user' | 'account' | 'lastUsed'>,
): Promise<ReplacementContext> {
  const columns = sql`r.type, r.arn, r.name, r.data FROM asset r JOIN account a ON a.id = r.account_id
    WHERE ${accountInScope(access)} AND r.account_id = ${account.id}`
  const resources = await read<StoredResource & { type: string }>(
    sql`(SELECT ${columns} AND (${isWritten(sql`r`, PROVIDER_TYPE)} OR (${isWritten(sql`r`, USER_TYPE)} AND r.arn = ${user.arn})))
      UNION ALL (SELECT ${columns} AND ${isWritten(sql`r`, ROLE_TYPE)} AND r.data ->> 'trustPolicy' LIKE '%:oidc-provider/%' ORDER BY r.arn LIMIT ${MOST_ROLES})`,
  )
  return replacementContext(account.id, { id, user, region: lastUsed?.region ?? null }, resources)
}
