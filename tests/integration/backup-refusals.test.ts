import { writeFile } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { closeDatabase, prisma } from '../../lib/db'
import { locales } from '../../lib/locale'
import { log } from '../../lib/log'
import { BackupError } from '../../lib/store/backup/format'
import { loadBackup } from '../../lib/store/backup/load-backup'
import { openBackup } from '../../lib/store/backup/read-backup'
import { writeBackup } from '../../lib/store/backup/write-backup'
import { sentenceOf } from '../../scripts/hinomi/error-sentence'
import { restore } from '../../scripts/hinomi/restore'
import { withMigrationLock } from '../../scripts/launch/migrate.mjs'
import { migrationNames } from '../../scripts/launch/schema-engine.mjs'
import { jobAccess } from '../support/job'
import { addMember } from '../support/people'
import {
  ask,
  bareDatabase,
  digests,
  emptyDatabase,
  fill,
  filledTables,
  inFolder,
  switchDatabase,
} from './support-backup'

log.level = 'silent'

const command = jobAccess('command')
let source: string
let backup: Buffer
let target: string

beforeAll(async () => {
  source = await switchDatabase(await emptyDatabase())
  await fill()
  backup = await backupOf()
  target = await emptyDatabase()
})
afterEach(() => vi.restoreAllMocks())
afterAll(closeDatabase)

async function backupOf(): Promise<Buffer> {
  const pieces: Buffer[] = []
  await writeBackup(command, async bytes => void pieces.push(bytes), { version: '9.8.7' })
  return Buffer.concat(pieces)
}

/** Restores these bytes from a file, as the command does, and gives why it refuses them. */
async function refusal(bytes: Buffer, url: string): Promise<BackupError> {
  vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  await switchDatabase(url)
  const file = inFolder('refused')
  await writeFile(file, bytes)
  const error = await restore(command, file, 'en').then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof BackupError)) throw error ?? new Error('it was restored')
  for (const locale of locales) expect(await sentenceOf(error, locale)).toMatch(/ |。/)
  return error
}

async function load(bytes: Buffer, url: string): Promise<unknown> {
  await switchDatabase(url)
  const source = (async function* () {
    yield bytes
  })()
  return loadBackup(command, await openBackup(source), { name: 'test' })
}

/** The bytes with those from `at` on replaced. */
function changed(at: number, by: (byte: number) => number): Buffer {
  const copy = Buffer.from(backup)
  copy.writeUInt8(by(copy.readUInt8(at)), at)
  return copy
}

describe('an incomplete file changes nothing', () => {
  test.each([0.1, 0.5, 0.9, 0.999_999])('truncated after %d of it', async share => {
    const cut = backup.subarray(0, Math.floor(backup.length * share))
    expect(await refusal(cut, target)).toMatchObject({ reason: 'truncated' })
    await expect(load(cut, target)).rejects.toMatchObject({ reason: 'truncated' })
    expect(await filledTables(target)).toEqual([])
  })

  test.each([0.05, 0.3, 0.6, 0.97, 1])('one bit changed at %d of it', async share => {
    const flipped = changed(Math.min(backup.length - 1, Math.floor(backup.length * share)), byte => byte ^ 4)
    expect(await refusal(flipped, target)).toMatchObject({ reason: 'damaged' })
    await expect(load(flipped, target)).rejects.toMatchObject({ reason: 'damaged' })
    expect(await filledTables(target)).toEqual([])
  })

  test('a changed bit in any other place is detected too', async () => {
    await switchDatabase(source)
    const step = Math.ceil(backup.length / 400)
    for (let at = 19; at < backup.length; at += step) {
      const read = async () => {
        const bytes = changed(at, byte => byte ^ 1)
        const opened = await openBackup(
          (async function* () {
            yield bytes
          })(),
        )
        return opened.readTables()
      }
      await expect(read()).rejects.toBeInstanceOf(BackupError)
    }
  })

  test('followed by something', async () => {
    expect(await refusal(Buffer.concat([backup, Buffer.from('x')]), target)).toMatchObject({ reason: 'damaged' })
  })

  test('another file, and an empty one', async () => {
    for (const bytes of [Buffer.from('PGDMP and so on, for long enough'), Buffer.alloc(0)])
      expect(await refusal(bytes, target)).toMatchObject({ reason: 'notABackup' })
  })

  test('a file that is not there', async () => {
    await expect(restore(command, inFolder('nowhere'), 'en')).rejects.toMatchObject({ reason: 'unreadable' })
  })

  test('a folder', async () => {
    await expect(restore(command, inFolder('.'), 'en')).rejects.toMatchObject({ reason: 'isFolder' })
  })
})

test('a backup in a newer format is refused', async () => {
  const newer = Buffer.from(backup)
  newer.write('hinomi-backup 0002\n')
  expect(await refusal(newer, target)).toMatchObject({ reason: 'newerFormat', params: { format: 2, known: 1 } })
})

test('a backup with a migration that this version does not know is refused', async () => {
  await switchDatabase(source)
  const migration = '20991231000000_later'
  await ask(
    source,
    `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at) VALUES ('later', '', '${migration}', now())`,
  )
  const newer = await backupOf()
  await ask(source, `DELETE FROM _prisma_migrations WHERE id = 'later'`)
  expect(await refusal(newer, target)).toMatchObject({
    reason: 'newerMigrations',
    params: { version: '9.8.7', migrations: migration },
  })
  expect(await filledTables(target)).toEqual([])
})

test('a backup from before 0.2.0 is refused', async () => {
  await switchDatabase(source)
  await ask(
    source,
    `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at) VALUES ('early', '', '20261123000000_early', now())`,
  )
  const early = await backupOf()
  await ask(source, `DELETE FROM _prisma_migrations WHERE id = 'early'`)
  expect(await refusal(early, target)).toMatchObject({ reason: 'beforeBaseline', params: { version: '9.8.7' } })
  expect(await filledTables(target)).toEqual([])
})

test('a database with members is refused, and its contents are named', async () => {
  const full = await switchDatabase(await emptyDatabase())
  await addMember('admin')
  await ask(full, `INSERT INTO account (id) VALUES ('111111111111')`)
  const before = await digests(full)
  expect((await refusal(backup, full)).params.found).toBe('account (1), member (1)')
  await expect(load(backup, full)).rejects.toMatchObject({ reason: 'notEmpty' })
  expect(await digests(full)).toEqual(before)
})

test('settings of a first start without members are replaced', async () => {
  const started = await emptyDatabase()
  await ask(started, `INSERT INTO setting (key, value) VALUES ('of the first start', '1')`)
  await load(backup, started)
  expect(await digests(started)).toEqual(await digests(source))
})

test('a database with tables of another application is refused', async () => {
  const other = await bareDatabase()
  await ask(other, 'CREATE TABLE blog (post text)')
  expect(await refusal(backup, other)).toMatchObject({ reason: 'foreignTables', params: { tables: 'blog' } })
})

test('a database that Hinomi uses at the moment is refused', async () => {
  const used = await emptyDatabase()
  const { default: pg } = await import('pg')
  const worker = new pg.Client({ connectionString: used, application_name: 'hinomi-worker' })
  await worker.connect()
  expect(await refusal(backup, used)).toMatchObject({
    reason: 'inUse',
    params: { count: 1, connections: 'hinomi-worker' },
  })
  await worker.end()
})

test('a database without tables of Hinomi is not backed up', async () => {
  await switchDatabase(await bareDatabase())
  await expect(backupOf()).rejects.toMatchObject({ reason: 'nothingToBackUp' })
})

test('the backup of an older version is restored and migrated, over newer empty tables', {
  timeout: 120_000,
}, async () => {
  const old = await bareDatabase()
  const names = migrationNames().slice(0, -1)
  await withMigrationLock(old, ({ apply }) => apply(names))
  await ask(old, `INSERT INTO account (id) VALUES ('111111111111')`)
  await ask(
    old,
    `INSERT INTO finding (account_id, id, class, control, region, resource_id, resource_name, resource_type, package_name, title, severity,
       team, first_seen_at, first_observed_at, opened_at, updated_at, first_import_id, changed_import_id)
     SELECT '111111111111', gen_random_uuid(), 'posture', 'S3.' || n, 'us-east-1', 'b', 'b', 'AwsS3Bucket', '', 't', 4, 'sre', now(), now(), now(), now(), 1, 1
     FROM generate_series(1, 5) n`,
  )
  await switchDatabase(old)
  const older = await backupOf()
  const file = inFolder('older')
  await writeFile(file, older)
  const heard: string[] = []
  for (const output of [process.stdout, process.stderr])
    vi.spyOn(output, 'write').mockImplementation(text => heard.push(String(text)) > 0)
  await switchDatabase(target)
  // Rows written by hand have no reports behind them, which the check at the end of a restore names.
  expect(await restore(command, file, 'en')).toBe(1)
  expect(heard.join('')).toContain('Open finding without any source record')
  expect(heard.join('')).toContain('Updated: 1 newer migration')
  expect(await prisma().finding.count()).toBe(5)
  expect(await ask(target, 'SELECT sum(n)::int AS n FROM finding_count')).toEqual([{ n: 5 }])
})
