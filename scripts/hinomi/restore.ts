import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { JobAccess } from '../../lib/access/proof'
import type { Permission } from '../../lib/domain/people/role'
import { env } from '../../lib/env'
import { backupTranslator, type ErrorTranslator, keysTranslator, type Locale } from '../../lib/locale'
import { countSealedValues } from '../../lib/queries/sealed-values'
import { appliedMigrations, listTables } from '../../lib/store/backup/catalogue'
import { BackupError, type Header } from '../../lib/store/backup/format'
import { type Loaded, loadBackup, requireEmpty } from '../../lib/store/backup/load-backup'
import { type OpenedBackup, openBackup } from '../../lib/store/backup/read-backup'
import { dropEmptySchema, otherConnections } from '../../lib/store/backup/restore-target'
import { withMigrationLock } from '../launch/migrate.mjs'
import { isBeforeBaseline, migrationNames } from '../launch/schema-engine.mjs'
import { pathOf, toSize } from './backup'
import { checkCommand } from './check'
import { missingKeys } from './keys'
import { Progress } from './progress'
import { verifyHistory } from './verify'

/** A closed connection may be listed for a moment. */
const GONE_MS = 3000

/**
 * Restores a backup into an empty database, applies newer migrations, and runs `verify` and `check`. `file` is a path, or
 * `-` for standard input. Returns 1 if they find a problem, else 0; throws if nothing was restored.
 */
export async function restore(access: JobAccess<Permission>, file: string, locale: Locale): Promise<number> {
  const started = Date.now()
  const t = await backupTranslator(locale)
  const opened = await openChecked(file, t)
  const name = file === '-' ? '-' : basename(file)
  const progress = new Progress((table, bytes) => t('progress', { table, size: toSize(bytes, locale) }))
  const { loaded, applied } = await restoreInto(access, env().DATABASE_URL, opened, { name, onProgress: progress.show })
  progress.end()
  const { header, end, unknown } = loaded
  const numbers = {
    rows: end.rows,
    tables: Object.keys(end.tables).length,
    seconds: Math.max(0.1, (Date.now() - started) / 1000),
  }
  const lines = [t('restored', { ...numbers, createdAt: header.createdAt, version: header.version })]
  if (applied.length > 0) lines.push(t('migrated', { count: applied.length }))
  if (unknown.length > 0) lines.push(t('unknownTables', { tables: unknown.join(', ') }))
  lines.push(t('signInAgain'))
  process.stdout.write(`${lines.join('\n')}\n`)
  await warnOfMissingKeys(access, locale)
  const verified = await verifyHistory(access, null, locale)
  const checked = await checkCommand(access, locale)
  return Math.max(verified, checked)
}

/** A file is read to its end before anything is changed; a stream is checked while it is loaded. */
async function openChecked(file: string, t: ErrorTranslator): Promise<OpenedBackup> {
  if (file === '-') return requireKnown(await openBackup(process.stdin))
  const path = pathOf(file)
  const opened = requireKnown(await openBackup(contentOf(path)))
  process.stderr.write(`${t('checking')}\n`)
  await opened.readTables()
  return openBackup(contentOf(path))
}

/** The bytes of a file. A read error names the file. */
async function* contentOf(path: string): AsyncIterable<Buffer> {
  try {
    yield* createReadStream(path, { highWaterMark: 1024 * 1024 })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const reason = code === 'EISDIR' ? 'isFolder' : 'unreadable'
    throw new BackupError(reason, { file: path, message }, { cause: error })
  }
}

/** Refuses a backup with migrations that this version does not have: newer ones, or those before 0.2.0. */
function requireKnown(opened: OpenedBackup): OpenedBackup {
  const { header } = opened
  if (isBeforeBaseline(header.migrations)) throw new BackupError('beforeBaseline', { version: header.version })
  const known = new Set(migrationNames())
  const foreign = header.migrations.filter(name => !known.has(name))
  if (foreign.length > 0)
    throw new BackupError('newerMigrations', { version: header.version, migrations: foreign.join(', ') })
  return opened
}

/**
 * Creates the tables of the backup, loads them in one transaction, and applies newer migrations. No server starts
 * meanwhile.
 */
async function restoreInto(
  access: JobAccess,
  url: string,
  opened: OpenedBackup,
  options: Parameters<typeof loadBackup>[2],
): Promise<{ loaded: Loaded; applied: string[] }> {
  return withMigrationLock(url, async ({ client, apply }) => {
    await requireAlone(client)
    await prepareSchema(client, apply, opened.header)
    const loaded = await loadBackup(access, opened, options)
    return { loaded, applied: await apply() }
  })
}

type Held = Parameters<Parameters<typeof withMigrationLock>[1]>[0]

async function requireAlone(client: Held['client']): Promise<void> {
  const until = Date.now() + GONE_MS
  for (;;) {
    const others = await otherConnections(client)
    if (others.length === 0) return
    if (Date.now() > until) throw new BackupError('inUse', { count: others.length, connections: others.join(', ') })
    await sleep(200)
  }
}

/** Applies exactly the migrations of the backup to an empty database. */
async function prepareSchema(client: Held['client'], apply: Held['apply'], { migrations }: Header): Promise<void> {
  const there = await appliedMigrations(client)
  await requireEmpty(client)
  if (there.length === 0) {
    const tables = await listTables(client)
    if (tables.length > 0) throw new BackupError('foreignTables', { tables: tables.map(({ name }) => name).join(', ') })
  } else if (there.some(name => !migrations.includes(name))) await dropEmptySchema(client)
  await apply(migrations)
}

async function warnOfMissingKeys(access: JobAccess, locale: Locale): Promise<void> {
  const { byKey } = await countSealedValues(access)
  const t = await keysTranslator(locale)
  for (const [id, count] of missingKeys(byKey)) process.stderr.write(`${t('missing', { id, count })}\n`)
}
