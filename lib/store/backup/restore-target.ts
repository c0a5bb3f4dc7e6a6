import 'server-only'
import type { ClientBase } from 'pg'
import { Prisma } from '../../generated/prisma/client'
import { runIn } from '../../sql/transaction'
import { listTables, quoted } from './catalogue'

const { raw, sql } = Prisma

/** Tables whose rows the first start or a migration writes before anybody has signed up. They are replaced. */
const REPLACEABLE = ['passkey_challenge', 'session', 'setting', 'sign_in_attempt', 'audit_throttle', 'team']

export interface Filled {
  table: string
  rows: number
}

/** Tables with rows that would be lost, with their number; none in a database into which a backup may be restored. */
export async function filledTables(client: ClientBase): Promise<Filled[]> {
  const filled: Filled[] = []
  for (const { name } of await listTables(client)) {
    if (REPLACEABLE.includes(name)) continue
    const table = raw(quoted(name))
    const [found] = await runIn<{ there: boolean }>(client, sql`SELECT EXISTS (SELECT FROM ${table}) AS there`)
    if (!found?.there) continue
    const [counted] = await runIn<{ n: string }>(client, sql`SELECT count(*)::text AS n FROM ${table}`)
    filled.push({ table: name, rows: Number(counted?.n ?? 0) })
  }
  return filled
}

/** The names of other connections of the same role to this database: a web server, a worker or a command. */
export async function otherConnections(client: ClientBase): Promise<string[]> {
  const rows = await runIn<{ name: string }>(
    client,
    sql`SELECT coalesce(nullif(application_name, ''), 'pid ' || pid) AS name FROM pg_stat_activity
      WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid() AND backend_type = 'client backend'
      ORDER BY backend_start`,
  )
  return rows.map(({ name }) => name)
}

/** Drops the tables, functions and types of a schema without user data, so that older migrations can be applied. */
export async function dropEmptySchema(client: ClientBase): Promise<void> {
  const rows = await runIn<{ drop: string }>(
    client,
    sql`WITH own AS (
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
