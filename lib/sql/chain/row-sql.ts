import 'server-only'
import { type ChainedKind, chainedRows } from '../../domain/chain/rows'

/**
 * SQL: a time as text in UTC with milliseconds, as toISOString of Date writes it. A time outside the years 1 to 9999, which Hinomi
 * never writes, keeps PostgreSQL's own format.
 */
export function timeSql(column: string): string {
  return `CASE WHEN ${column} >= '0001-01-01 00:00:00+00' AND ${column} < '10000-01-01 00:00:00+00'
    THEN to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') ELSE ${column}::text END`
}

/** SQL: the covered columns of a row as text[]; null where the alias has no row. */
export function rowSql(kind: ChainedKind, alias: string): string {
  const fields = Object.entries(chainedRows[kind].columns).map(([name, rendering]) => {
    const column = `${alias}."${name}"`
    if (rendering === 'time') return timeSql(column)
    return rendering === 'json' ? `to_jsonb(${column})::text` : `${column}::text`
  })
  return `CASE WHEN ${alias}.id IS NOT NULL THEN ARRAY[${fields.join(', ')}] END`
}

/** SQL: the history events that an import wrote, in the order in which its digest covers them. $1 is the import's id as text. */
export const runEventsSql = `SELECT ${rowSql('event', 'e')} AS fields FROM finding_event e
  WHERE e.actor_kind = 'import' AND e.actor_id = $1 ORDER BY e.account_id COLLATE "C", e.finding_id, e.id`
