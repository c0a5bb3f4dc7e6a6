import 'server-only'
import { Prisma } from '../../generated/prisma/client'

type Sql = Prisma.Sql
const { sql } = Prisma

/**
 * Any of the values. A single one is written as an equality: only then can the planner scan an index of that column in the order of
 * the columns that follow it.
 */
export function among(
  column: Sql,
  values: readonly (string | number)[],
  type: 'text' | 'uuid' | 'smallint' = 'text',
): Sql {
  const [only] = values
  if (only !== undefined && values.length === 1) return sql`${column} = ${only}::${Prisma.raw(type)}`
  return sql`${column} = ANY(${[...values]}::${Prisma.raw(`${type}[]`)})`
}

/** PostgreSQL stores no NUL, so nothing stored contains one. */
export function storable(text: string): boolean {
  return !text.includes('\u0000')
}
