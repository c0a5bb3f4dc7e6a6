import 'server-only'
import type { ClientBase } from 'pg'
import type { BackupTable } from './format'

/** The table in which Prisma keeps the names of applied migrations. A restore writes it by applying them. */
const MIGRATIONS = '_prisma_migrations'

/**
 * Tables that are not worth keeping: who is signed in, challenges and attempts of the last minutes. Everybody signs in again after a
 * restore, so that no session that was ended since the backup comes back.
 */
export const LEFT_OUT = ['passkey_challenge', 'session', 'sign_in_attempt'] as const

/** Which rows of a table are kept, where not all are: an upload that is being received cannot go on elsewhere. */
export const KEPT_ROWS: Readonly<Record<string, string>> = {
  import: `state <> 'receiving'`,
  import_chunk: `NOT EXISTS (SELECT FROM import i WHERE i.id = import_chunk.import_id AND i.state = 'receiving')`,
}

/** Types whose binary form is the same in every version of PostgreSQL. */
const STABLE =
  /^(?:smallint|integer|bigint|boolean|bytea|text|uuid|date|timestamp(?:\(\d\))? with time zone)$|^(?:text|integer)\[\]$/

/** Tables with all their columns, except generated ones, in the order of their names; those first that others refer to. */
export async function listTables(client: ClientBase): Promise<BackupTable[]> {
  const { rows } = await client.query<Omit<BackupTable, 'format'>>(
    `SELECT c.relname AS name,
       json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod)) ORDER BY a.attnum) AS columns
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
     WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> $1
     GROUP BY c.oid, c.relname ORDER BY EXISTS (SELECT FROM pg_constraint k WHERE k.contype = 'f' AND k.confrelid = c.oid) DESC, c.relname COLLATE "C"`,
    [MIGRATIONS],
  )
  return rows.map(table => ({ ...table, format: formatOf(table.columns) }))
}

/** Binary where that halves the bytes; else text, which a person can read. */
function formatOf(columns: BackupTable['columns']): BackupTable['format'] {
  const binary = columns.some(({ type }) => type === 'bytea') && columns.every(({ type }) => STABLE.test(type))
  return binary ? 'binary' : 'text'
}

/** Names of the applied migrations, oldest first; none where there never was one. */
export async function appliedMigrations(client: ClientBase): Promise<string[]> {
  const { rows: found } = await client.query<{ there: boolean }>(
    `SELECT to_regclass(format('%I.%I', current_schema(), $1::text)) IS NOT NULL AS there`,
    [MIGRATIONS],
  )
  if (!found[0]?.there) return []
  const { rows } = await client.query<{ name: string }>(
    `SELECT migration_name AS name FROM "${MIGRATIONS}" WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL
     ORDER BY migration_name COLLATE "C"`,
  )
  return rows.map(({ name }) => name)
}

/** The last values of the sequences that were used. They are of now, also in an older snapshot: never behind its rows. */
export async function lastValues(client: ClientBase): Promise<Record<string, string>> {
  const { rows } = await client.query<{ name: string; value: string }>(
    `SELECT sequencename AS name, last_value::text AS value FROM pg_sequences
     WHERE schemaname = current_schema() AND last_value IS NOT NULL ORDER BY sequencename COLLATE "C"`,
  )
  return Object.fromEntries(rows.map(({ name, value }) => [name, value]))
}

/** A name as an identifier in SQL. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
