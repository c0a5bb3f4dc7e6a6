import 'server-only'
import { type ChainedKind, chainedRows } from '../../domain/chain/rows'

/**
 * SQL of a time as text: UTC with milliseconds, as Date's toISOString writes it. What lies outside the years 1 to 9999 is
 * no time of ours and stays in PostgreSQL's own words.
 */
export function timeSql(column: string): string {
  return `CASE WHEN ${column} >= '0001-01-01 00:00:00+00' AND ${column} < '10000-01-01 00:00:00+00'
    THEN to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') ELSE ${column}::text END`
}

/** SQL of the covered columns of a row as text[]; null where the alias stands for no row. */
export function rowSql(kind: ChainedKind, alias: string): string {
  const fields = Object.entries(chainedRows[kind].columns).map(([name, rendering]) => {
    const column = `${alias}."${name}"`
    if (rendering === 'time') return timeSql(column)
    return rendering === 'json' ? `to_jsonb(${column})::text` : `${column}::text`
  })
  return `CASE WHEN ${alias}.id IS NOT NULL THEN ARRAY[${fields.join(', ')}] END`
}

/** SQL of the lines that an import wrote, in the order in which its run covers them. Its parameter is the import's id as text. */
export const runEventsSql = `SELECT ${rowSql('event', 'e')} AS fields FROM finding_event e
  WHERE e.actor_kind = 'import' AND e.actor_id = $1 ORDER BY e.account_id COLLATE "C", e.finding_id, e.id`
