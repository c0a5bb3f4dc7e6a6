import 'server-only'
import { createHash } from 'node:crypto'
import type { ClientBase } from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import type { JobAccess } from '../../access/proof'
import { now } from '../../clock'
import { pool, prisma } from '../../db'
import { Prisma } from '../../generated/prisma/client'
import { runIn } from '../../sql/transaction'
import { recordAudit } from '../audit/audit'
import { appliedMigrations, KEPT_ROWS, LEFT_OUT, lastValues, listTables, quoted } from './catalogue'
import { BackupError, type BackupSummary, type BackupTable, FRAME_BYTES, type Header, type TableEnd } from './format'
import { FrameWriter, type Sink } from './frame-writer'

const { sql } = Prisma

export interface BackupOptions {
  /** The version of the product that writes it. */
  version: string
  /** Called for each table with the bytes that were read of it so far. */
  onProgress?: (table: string, bytes: number) => void
}

/** Values look the same whatever the settings of the server, and no limit ends a long read. */
const SETTINGS = `SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL lock_timeout = 0;
  SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO, MDY'; SET LOCAL IntervalStyle = 'postgres'; SET LOCAL bytea_output = 'hex';
  SET LOCAL extra_float_digits = 1; SET LOCAL client_encoding = 'UTF8'; SET LOCAL synchronize_seqscans = off`

/** Writes a snapshot of all tables to `sink` in constant memory, while the database stays in use. */
export async function writeBackup(_access: JobAccess, sink: Sink, options: BackupOptions): Promise<BackupSummary> {
  const client = await pool().connect()
  let broken: Error | undefined
  try {
    const migrations = await appliedMigrations(client)
    if (migrations.length === 0) throw new BackupError('nothingToBackUp')
    const names = (await listTables(client)).map(table => quoted(table.name))
    await client.query(`BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY; ${SETTINGS}`)
    // The next query takes the snapshot. From here on no migration can change a table.
    await client.query(`LOCK TABLE ${names.join(', ')} IN ACCESS SHARE MODE`)
    const summary = await writeSnapshot(client, new FrameWriter(sink), options)
    await client.query('COMMIT')
    return summary
  } catch (error) {
    // A COPY may be running, so the connection cannot be used again.
    broken = error instanceof Error ? error : new Error(String(error))
    throw error
  } finally {
    client.release(broken)
  }
}

/** Records a backup in the audit log, with its digest, which somebody who changes the file cannot change. */
export async function recordBackup(access: JobAccess, name: string, backup: BackupSummary): Promise<void> {
  const { sha256, size, end } = backup
  const detail = { sha256, size, rows: end.rows }
  await recordAudit(prisma(), access, { action: 'backup.create', target: `backup:${name}`, detail })
}

async function writeSnapshot(
  client: ClientBase,
  writer: FrameWriter,
  { version, onProgress }: BackupOptions,
): Promise<BackupSummary> {
  const isLeftOut = ({ name }: BackupTable) => LEFT_OUT.some(table => table === name)
  const all = await listTables(client)
  const tables = all.filter(table => !isLeftOut(table))
  const rows = await runIn<{ postgres: string }>(client, sql`SELECT current_setting('server_version') AS postgres`)
  const header: Header = {
    version,
    createdAt: now().toISOString(),
    postgres: rows[0]?.postgres ?? '',
    migrations: await appliedMigrations(client),
    tables,
    leftOut: all.filter(isLeftOut).map(({ name }) => name),
  }
  await writer.begin()
  await writer.json('H', header)
  const ends: Record<string, TableEnd> = {}
  for (const table of tables) {
    await writer.json('T', { name: table.name })
    const end = await writeTable(client, writer, table, bytes => onProgress?.(table.name, bytes))
    ends[table.name] = end
    await writer.json('E', end)
  }
  const total = Object.values(ends).reduce((sum, table) => sum + table.rows, 0)
  const end = { rows: total, tables: ends, sequences: await lastValues(client) }
  await writer.json('Z', end)
  const sha256 = await writer.end()
  return { header, end, size: writer.size, sha256 }
}

async function writeTable(
  client: ClientBase,
  writer: FrameWriter,
  { name, columns, format }: BackupTable,
  onBytes: (bytes: number) => void,
): Promise<TableEnd> {
  const list = columns.map(column => quoted(column.name)).join(', ')
  const where = KEPT_ROWS[name]
  const rows = where ? `(SELECT ${list} FROM ${quoted(name)} WHERE ${where})` : `${quoted(name)} (${list})`
  const stream = client.query(copyTo(`COPY ${rows} TO STDOUT (FORMAT ${format})`, { highWaterMark: FRAME_BYTES }))
  const digest = createHash('sha256')
  let bytes = 0
  let waiting: Buffer[] = []
  let size = 0
  const flush = async () => {
    const content = Buffer.concat(waiting)
    waiting = []
    size = 0
    digest.update(content)
    bytes += content.length
    onBytes(bytes)
    await writer.data(content)
  }
  onBytes(0)
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    waiting.push(chunk)
    size += chunk.length
    if (size >= FRAME_BYTES) await flush()
  }
  if (size > 0) await flush()
  return { rows: stream.rowCount, bytes, sha256: digest.digest('hex') }
}
