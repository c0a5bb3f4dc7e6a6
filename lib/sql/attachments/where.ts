import 'server-only'
import type { Access } from '../../access/proof'
import { Prisma } from '../../generated/prisma/client'
import { askedBy, coveredInScope, exceptionInScope } from '../exceptions/where'
import { inScope } from '../findings/where'

const { sql } = Prisma

/**
 * Whether the actor may see `attachment AS t`: its own draft, a file of a finding in scope, or of an exception whose texts it may
 * read.
 */
export function attachmentInScope(access: Access): Prisma.Sql {
  const { actor } = access
  return sql`t.state = 'stored' AND CASE t.owner_kind
    WHEN 'draft' THEN t.uploaded_by = ${actor.id} AND t.uploaded_kind = ${actor.kind}
    WHEN 'finding' THEN EXISTS (SELECT FROM finding f WHERE f.account_id = t.account_id AND f.id = t.owner_id::uuid AND ${inScope(access)})
    ELSE EXISTS (SELECT FROM exception x WHERE x.id = t.owner_id::int AND ${isReadable(access)}) END`
}

/** Whether the actor may read the texts of `exception AS x`, see `hidden` of ExceptionRow. */
export function isReadable(access: Access): Prisma.Sql {
  if (access.accounts === 'all') return sql`TRUE`
  return sql`(${exceptionInScope(access)} OR ${askedBy(access)} OR (x.account_id IS NULL AND x.match -> 'accounts' = '[]'
    AND EXISTS (SELECT FROM finding c WHERE c.exception_id = x.id AND ${coveredInScope(access)})))`
}
