import 'server-only'
import { Prisma } from '../../generated/prisma/client'
import { runIn, type Tx } from '../../sql/transaction'
import type { BackupTable } from './format'

const { raw, sql } = Prisma

/** The table with the names of applied migrations. A restore writes it by applying them. */
const MIGRATIONS = '_prisma_migrations'

/**
 * Tables that are not in a backup: sessions, challenges and recent attempts. Everybody signs in again after a restore,
 * so that no session that ended since the backup comes back. Collection rounds begin anew, since their reports are not
 * received to the end.
 */
export const LEFT_OUT = [
  'collection_round',
  'collection_task',
  'passkey_challenge',
  'session',
  'sign_in_attempt',
] as const

/**
 * The condition of the rows that are in a backup, for tables without all rows: an upload cannot continue on another
 * server.
 */
export const KEPT_ROWS: Readonly<Record<string, string>> = {
  attachment: `state <> 'receiving'`,
  attachment_chunk: `NOT EXISTS (SELECT FROM attachment a WHERE a.id = attachment_chunk.attachment_id AND a.state = 'receiving')`,
  import: `state <> 'receiving'`,
  import_chunk: `NOT EXISTS (SELECT FROM import i WHERE i.id = import_chunk.import_id AND i.state = 'receiving')`,
}

/** Types whose binary form is the same in every version of PostgreSQL. */
const STABLE =
  /^(?:smallint|integer|bigint|boolean|bytea|text|uuid|date|timestamp(?:\(\d\))? with time zone)$|^(?:text|integer)\[\]$/

/** Tables with their columns, except generated ones, by name. Tables that others refer to come first. */
export async function listTables(tx: Tx): Promise<BackupTable[]> {
  const rows = await runIn<Omit<BackupTable, 'format'>>(
    tx,
    sql`SELECT c.relname AS name,
       json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod)) ORDER BY a.attnum) AS columns
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
     WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> ${MIGRATIONS}
     GROUP BY c.oid, c.relname ORDER BY EXISTS (SELECT FROM pg_constraint k WHERE k.contype = 'f' AND k.confrelid = c.oid) DESC, c.relname COLLATE "C"`,
  )
  return rows.map(table => ({ ...table, format: formatOf(table.columns) }))
}

/** Binary if it halves the size; else text, which is readable. */
function formatOf(columns: BackupTable['columns']): BackupTable['format'] {
  const binary = columns.some(({ type }) => type === 'bytea') && columns.every(({ type }) => STABLE.test(type))
  return binary ? 'binary' : 'text'
}

/** Names of the applied migrations, oldest first; none in a new database. */
export async function appliedMigrations(tx: Tx): Promise<string[]> {
  const [found] = await runIn<{ there: boolean }>(
    tx,
    sql`SELECT to_regclass(format('%I.%I', current_schema(), ${MIGRATIONS}::text)) IS NOT NULL AS there`,
  )
  if (!found?.there) return []
  const rows = await runIn<{ name: string }>(
    tx,
    sql`SELECT migration_name AS name FROM ${raw(quoted(MIGRATIONS))} WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL
     ORDER BY migration_name COLLATE "C"`,
  )
  return rows.map(({ name }) => name)
}

/** The last values of the used sequences. They are current even in an older snapshot, and never behind its rows. */
export async function lastValues(tx: Tx): Promise<Record<string, string>> {
  const rows = await runIn<{ name: string; value: string }>(
    tx,
    sql`SELECT sequencename AS name, last_value::text AS value FROM pg_sequences
     WHERE schemaname = current_schema() AND last_value IS NOT NULL ORDER BY sequencename COLLATE "C"`,
  )
  return Object.fromEntries(rows.map(({ name, value }) => [name, value]))
}

/** A name as an identifier in SQL. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
