import 'server-only'
import { once } from 'node:events'
import { finished } from 'node:stream/promises'
import type { ClientBase, PoolClient } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import type { JobAccess } from '../../access/proof'
import { pool, transaction } from '../../db'
import { Prisma } from '../../generated/prisma/client'
import { executeIn } from '../../sql/transaction'
import { recordAudit } from '../audit/audit'
import { listTables, quoted } from './catalogue'
import { BackupError, type BackupSummary, type BackupTable } from './format'
import type { OpenedBackup } from './read-backup'
import { filledTables } from './restore-target'

const { sql } = Prisma

export interface LoadOptions {
  /** The name of the backup in the audit log. */
  name: string
  onProgress?: (table: string, bytes: number) => void
}

export interface Loaded extends BackupSummary {
  /** Tables of the backup that no migration creates. They are left out. */
  unknown: string[]
}

const SETTINGS = `SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL lock_timeout = 0;
  SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO, MDY'; SET LOCAL IntervalStyle = 'postgres'; SET LOCAL client_encoding = 'UTF8'`

/**
 * Loads a backup into a database with the same migrations and without user data: all of it, or nothing if it is damaged
 * or the database is not empty. Triggers are disabled meanwhile, since the backup has the rows that they write. The
 * role must own the tables.
 */
export async function loadBackup(
  access: JobAccess,
  opened: OpenedBackup,
  { name, onProgress }: LoadOptions,
): Promise<Loaded> {
  const loaded = await transaction(async client => {
    await client.query(SETTINGS)
    const tables = await listTables(client)
    const all = tables.map(table => quoted(table.name)).join(', ')
    await client.query(`LOCK TABLE ${all} IN ACCESS EXCLUSIVE MODE`)
    await requireEmpty(client)
    await setTriggers(client, tables, 'DISABLE')
    await client.query(`TRUNCATE ${all}`)
    const known = new Map(tables.map(table => [table.name, table]))
    const unknown: string[] = []
    const backup = await opened.readTables(async (table, content) => {
      const target = known.get(table.name)
      if (!target) {
        unknown.push(table.name)
        return null
      }
      requireColumns(table, target)
      return copyInto(client, table, content, bytes => onProgress?.(table.name, bytes))
    })
    await setSequences(client, backup.end.sequences)
    await setTriggers(client, tables, 'ENABLE')
    const { header, sha256, end } = backup
    const detail = { sha256, createdAt: header.createdAt, version: header.version, rows: end.rows }
    await recordAudit(client, access, { action: 'backup.restore', target: `backup:${name}`, detail })
    return { ...backup, unknown }
  })
  await executeIn(pool(), sql`ANALYZE`)
  return loaded
}

/** Throws if the database has rows that would be lost, and names their tables. */
export async function requireEmpty(client: ClientBase): Promise<void> {
  const filled = await filledTables(client)
  if (filled.length === 0) return
  throw new BackupError('notEmpty', { found: filled.map(({ table, rows }) => `${table} (${rows})`).join(', ') })
}

function requireColumns(table: BackupTable, target: BackupTable): void {
  const there = new Set(target.columns.map(column => column.name))
  const missing = table.columns.filter(column => !there.has(column.name))
  if (missing.length > 0)
    throw new BackupError('unknownColumns', {
      table: table.name,
      columns: missing.map(column => column.name).join(', '),
    })
}

async function setTriggers(
  client: PoolClient,
  tables: readonly BackupTable[],
  state: 'DISABLE' | 'ENABLE',
): Promise<void> {
  await client.query(tables.map(({ name }) => `ALTER TABLE ${quoted(name)} ${state} TRIGGER USER`).join(';\n'))
}

async function copyInto(
  client: PoolClient,
  { name, columns, format }: BackupTable,
  content: AsyncIterable<Buffer>,
  onBytes: (bytes: number) => void,
): Promise<number> {
  const list = columns.map(column => quoted(column.name)).join(', ')
  const stream = client.query(copyFrom(`COPY ${quoted(name)} (${list}) FROM STDIN (FORMAT ${format})`))
  const ended = finished(stream)
  // A failure is thrown below; the empty handler keeps Node from ending the process first.
  ended.catch(() => undefined)
  let bytes = 0
  onBytes(bytes)
  try {
    for await (const piece of content) {
      bytes += piece.length
      if (!stream.write(piece)) await Promise.race([once(stream, 'drain'), ended])
      onBytes(bytes)
    }
  } catch (error) {
    // Tells the server that no more data comes. Its answer is ignored.
    stream.destroy(error instanceof Error ? error : new Error(String(error)))
    await ended.catch(() => undefined)
    throw error
  }
  stream.end()
  await ended
  return stream.rowCount
}

async function setSequences(client: PoolClient, values: Readonly<Record<string, string>>): Promise<void> {
  await executeIn(
    client,
    sql`SELECT setval(c.oid::regclass, v.value::bigint) FROM jsonb_each_text(${JSON.stringify(values)}::jsonb) AS v (name, value)
      JOIN pg_class c ON c.relname = v.name AND c.relkind = 'S' AND c.relnamespace = current_schema()::regnamespace`,
  )
}
