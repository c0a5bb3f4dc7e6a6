import 'server-only'
import type { ClientBase } from 'pg'
import { listTables, quoted } from './catalogue'

/**
 * Tables that the first start writes before anybody has signed up, and settings and teams that a migration makes: their rows are nobody's
 * work and are replaced.
 */
const REPLACEABLE = ['passkey_challenge', 'session', 'setting', 'sign_in_attempt', 'audit_throttle', 'team']

export interface Filled {
  table: string
  rows: number
}

/** Tables with rows that somebody may miss, and how many each has; none in a database that a backup may be restored into. */
export async function filledTables(client: ClientBase): Promise<Filled[]> {
  const filled: Filled[] = []
  for (const { name } of await listTables(client)) {
    if (REPLACEABLE.includes(name)) continue
    const { rows } = await client.query<{ there: boolean }>(`SELECT EXISTS (SELECT FROM ${quoted(name)}) AS there`)
    if (!rows[0]?.there) continue
    const counted = await client.query<{ n: string }>(`SELECT count(*) AS n FROM ${quoted(name)}`)
    filled.push({ table: name, rows: Number(counted.rows[0]?.n ?? 0) })
  }
  return filled
}

/** Connections of the same role to this database, other than `client`: a web server, a worker or a command. */
export async function otherConnections(client: ClientBase): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT coalesce(nullif(application_name, ''), 'pid ' || pid) AS name FROM pg_stat_activity
     WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid() AND backend_type = 'client backend'
     ORDER BY backend_start`,
  )
  return rows.map(({ name }) => name)
}

/** Removes the tables, functions and types of a schema without anybody's rows, so that older migrations can be applied. */
export async function dropEmptySchema(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ drop: string }>(
    `WITH own AS (
       SELECT 1 AS place, format('DROP TABLE %I.%I CASCADE', n.nspname, c.relname) AS drop, c.oid, 'pg_class'::regclass AS catalogue
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p')
       UNION ALL
       SELECT 2, format('DROP SEQUENCE IF EXISTS %I.%I', n.nspname, c.relname), c.oid, 'pg_class'::regclass
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = current_schema() AND c.relkind = 'S'
       UNION ALL
       SELECT 3, format('DROP ROUTINE %s CASCADE', p.oid::regprocedure), p.oid, 'pg_proc'::regclass
       FROM pg_proc p WHERE p.pronamespace = current_schema()::regnamespace
       UNION ALL
       SELECT 4, format('DROP TYPE %I.%I CASCADE', n.nspname, t.typname), t.oid, 'pg_type'::regclass
       FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE n.nspname = current_schema() AND t.typtype IN ('e', 'd')
     )
     SELECT drop FROM own o
     WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = o.catalogue AND d.objid = o.oid AND d.deptype = 'e') ORDER BY place, drop`,
  )
  await client.query(['BEGIN', ...rows.map(({ drop }) => drop), 'COMMIT'].join(';\n'))
}
