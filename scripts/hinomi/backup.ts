import { once } from 'node:events'
import { basename, resolve } from 'node:path'
import type { JobAccess } from '../../lib/access/proof'
import { backupTranslator, type Locale } from '../../lib/locale'
import { outageOf } from '../../lib/outage'
import { BackupError, type BackupSummary } from '../../lib/store/backup/format'
import type { Sink } from '../../lib/store/backup/frame-writer'
import { recordBackup, writeBackup } from '../../lib/store/backup/write-backup'
import packageJson from '../../package.json'
import { BackupFile } from './backup-file'
import { Progress } from './progress'

export interface BackupCommand {
  /** A path, or `-` for standard output. */
  file: string
  /** Replace an existing file. */
  force: boolean
}

/** Signals that end the process, with the exit code that a shell expects for each. */
const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const

/** Writes a backup of the database and prints its size, rows and time. Returns 0; throws if no backup was written. */
export async function backUp(access: JobAccess, { file, force }: BackupCommand, locale: Locale): Promise<number> {
  const started = Date.now()
  const t = await backupTranslator(locale)
  const progress = new Progress((table, bytes) => t('progress', { table, size: toSize(bytes, locale) }))
  const write = (sink: Sink) =>
    writeBackup(access, sink, { version: packageJson.version, onProgress: progress.show }).finally(() => progress.end())
  const toStdout = file === '-'
  const path = pathOf(file)
  const backup = toStdout ? await writeToStdout(write) : await writeToFile(path, force, write)
  await record(access, toStdout ? '-' : basename(path), backup, locale)
  const seconds = Math.max(0.1, (Date.now() - started) / 1000)
  const { sha256, end } = backup
  const numbers = { size: toSize(backup.size, locale), rows: end.rows, tables: Object.keys(end.tables).length, seconds }
  const lines = [t('made', { file: toStdout ? 'stdout' : path, ...numbers }), t('digest', { sha256 }), t('keepSecrets')]
  // Standard output contains the backup.
  const output = toStdout ? process.stderr : process.stdout
  output.write(`${lines.join('\n')}\n`)
  return 0
}

/** The path of a file that was named on the command line. */
export function pathOf(file: string): string {
  return resolve(process.env.HINOMI_CWD ?? process.cwd(), file)
}

/** A number of bytes in the largest fitting unit, such as `28.6 kB` or `10.2 GB`. */
export function toSize(bytes: number, locale: Locale): string {
  const [unit, size] = bytes < 1e6 ? ['kilobyte', 1e3] : bytes < 1e9 ? ['megabyte', 1e6] : ['gigabyte', 1e9]
  return new Intl.NumberFormat(locale, { style: 'unit', unit, maximumFractionDigits: 1 }).format(bytes / size)
}

type Write = (sink: Sink) => Promise<BackupSummary>

async function writeToFile(path: string, force: boolean, write: Write): Promise<BackupSummary> {
  const target = await BackupFile.create(path, force)
  const stops = Object.entries(SIGNALS).map(([signal, code]) => {
    const stop = () => {
      target.discard()
      process.exit(code)
    }
    process.on(signal, stop)
    return () => process.off(signal, stop)
  })
  try {
    const backup = await write(target.write)
    await target.commit()
    return backup
  } catch (error) {
    await target.abandon()
    throw error
  } finally {
    for (const off of stops) off()
  }
}

async function writeToStdout(write: Write): Promise<BackupSummary> {
  if (process.stdout.isTTY) throw new BackupError('terminal')
  const failed = once(process.stdout, 'error').then(([error]: Error[]) => {
    throw error
  })
  failed.catch(() => undefined)
  return write(async bytes => {
    if (!process.stdout.write(bytes)) await Promise.race([once(process.stdout, 'drain'), failed])
  })
}

/**
 * The backup is complete even if the database cannot write now: then only the audit entry is missing, with a warning.
 */
async function record(access: JobAccess, name: string, backup: BackupSummary, locale: Locale): Promise<void> {
  try {
    await recordBackup(access, name, backup)
  } catch (error) {
    if (outageOf(error) === null) throw error
    const t = await backupTranslator(locale)
    process.stderr.write(`${t('notRecorded')}\n`)
  }
}
