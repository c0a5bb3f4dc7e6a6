import 'server-only'
import type { Access } from '../../access/proof'
import type { AccountFilter } from '../../domain/accounts/filter'
import type { AccountRow } from '../../domain/views'
import { Prisma } from '../../generated/prisma/client'
import { contains } from '../../sql/contains'
import { accountRows } from './rows'

type Sql = Prisma.Sql
const { sql } = Prisma

/** More accounts than this are not listed. */
const most = 2_000

const columns: Record<AccountFilter['sort'], Sql> = {
  score: sql`score`,
  open: sql`open_total`,
  overdue: sql`overdue`,
  name: sql`lower(coalesce(nullif(name, ''), id))`,
  heard: sql`last_heard_at`,
}

/** The accounts in scope that a filter gives, in its order; those without a value last. */
export async function listAccounts(access: Access<'findings:read'>, filter: AccountFilter): Promise<AccountRow[]> {
  const wanted = [
    sql`TRUE`,
    filter.environment.length > 0 && sql`a.environment = ANY(${filter.environment}::text[])`,
    filter.team.length > 0 && sql`a.owner_team = ANY(${filter.team}::text[])`,
    filter.text !== '' && accountSays(filter.text),
  ].filter(condition => condition !== false)
  const direction = filter.dir === 'asc' ? sql`ASC NULLS LAST` : sql`DESC NULLS LAST`
  return accountRows(access, Prisma.join(wanted, ' AND '), sql`${columns[filter.sort]} ${direction}`, most)
}

/** Whether the name, the id or a tag of `account AS a` contains the text. */
export function accountSays(text: string): Sql {
  const pattern = contains(text)
  if (pattern === null) return sql`FALSE`
  return sql`(a.name ILIKE ${pattern} OR a.id LIKE ${pattern}
    OR EXISTS (SELECT 1 FROM jsonb_each_text(a.tags) AS tag WHERE tag.key ILIKE ${pattern} OR tag.value ILIKE ${pattern}))`
}
