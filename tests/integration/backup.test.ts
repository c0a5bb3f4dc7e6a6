import { readFile, stat } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { closeDatabase, prisma } from '../../lib/db'
import { runImport } from '../../lib/ingest/run/run'
import { log } from '../../lib/log'
import { verifyChain } from '../../lib/queries/chain/verify'
import { loadBackup } from '../../lib/store/backup/load-backup'
import { openBackup } from '../../lib/store/backup/read-backup'
import { writeBackup } from '../../lib/store/backup/write-backup'
import { backUp } from '../../scripts/hinomi/backup'
import { restore } from '../../scripts/hinomi/restore'
import { Browser, startAuthServer } from '../support/auth-server'
import { jobAccess } from '../support/job'
import { setSecrets } from '../support/secrets'
import {
  ask,
  bareDatabase,
  digests,
  EMAIL,
  emptyDatabase,
  fill,
  inFolder,
  PASSWORD,
  switchDatabase,
} from './support-backup'
import { asff, complete, expectTrueCounts, job, newAccount, receive } from './support-ingest'

vi.mock('next/headers', async () => (await import('../support/browser')).nextHeaders)
log.level = 'silent'

const command = jobAccess('command')
let source: string

beforeAll(async () => {
  source = await switchDatabase(await emptyDatabase())
  await fill()
})
afterEach(async () => {
  vi.restoreAllMocks()
  await switchDatabase(source)
})
afterAll(closeDatabase)

/** The output of the commands. */
function listen(): { text: string } {
  const heard = { text: '' }
  for (const output of [process.stdout, process.stderr]) {
    vi.spyOn(output, 'write').mockImplementation(piece => {
      heard.text += String(piece)
      return true
    })
  }
  return heard
}

/** A backup in memory. `onBytes` runs before each piece of it is kept. */
async function backupOf(onBytes: () => Promise<void> = async () => undefined): Promise<Buffer> {
  const pieces: Buffer[] = []
  await writeBackup(
    job,
    async bytes => {
      await onBytes()
      pieces.push(bytes)
    },
    { version: '1.2.3' },
  )
  return Buffer.concat(pieces)
}

async function load(backup: Buffer): Promise<void> {
  await loadBackup(job, await openBackup(pieces(backup)), { name: 'test' })
}

async function* pieces(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += 997) yield bytes.subarray(at, at + 997)
}

test('a backup restores every table, and the product continues with it', { timeout: 120_000 }, async () => {
  const before = await digests(source)
  expect(Object.entries(before).filter(([, digest]) => digest.startsWith('0 ')).length).toBeLessThan(15)
  const file = inFolder('whole')
  const made = listen()
  expect(await backUp(command, { file, force: false }, 'en')).toBe(0)
  expect(made.text).toMatch(
    /: [\d.]+ [kM]B, [\d,]+ rows from \d+ tables, in [\d.]+ s\nSHA-256: [0-9a-f]{64}\n.*secrets/s,
  )
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  const target = await switchDatabase(await bareDatabase())
  expect({ code: await restore(command, file, 'en'), text: made.text }).toMatchObject({ code: 0 })
  expect(made.text).toMatch(/Restored [\d,]+ rows.*Everybody has to sign in again.*The history is intact/s)
  expect(await digests(target)).toEqual(before)
  await expectTrueCounts()
  expect(await prisma().session.count()).toBe(0)
  expect(await prisma().import.count({ where: { state: 'receiving' } })).toBe(0)
  const entries = await prisma().auditEntry.findMany({ where: { action: { startsWith: 'backup.' } } })
  expect(entries.map(({ action, actorName, target: of }) => [action, actorName, of])).toEqual([
    ['backup.restore', 'command', 'backup:whole'],
  ])

  const { url, close } = await startAuthServer()
  process.env.NEXTAUTH_URL = url
  await prisma().member.update({ where: { email: EMAIL }, data: { totpSecret: null } })
  const browser = new Browser(url)
  await browser.post('/api/auth/callback/credentials', { email: EMAIL, password: PASSWORD })
  await close()
  expect(await prisma().session.count()).toBe(1)
  const account = newAccount()
  const next = await complete([asff({ account })], null)
  expect(next.state).toBe('done')
  await expectTrueCounts()
})

test('the audit log names the file of the backup and its digest', async () => {
  const file = inFolder('recorded')
  const made = listen()
  await backUp(command, { file, force: false }, 'ja')
  const entry = await prisma().auditEntry.findFirstOrThrow({ orderBy: { id: 'desc' } })
  expect(entry).toMatchObject({ action: 'backup.create', target: 'backup:recorded', actorName: 'command' })
  const { sha256 } = entry.detail as { sha256: string }
  expect(made.text).toContain(sha256)
  expect((await readFile(file)).subarray(-32).toString('hex')).toBe(sha256)
  expect((await readFile(file)).toString('latin1')).not.toContain(process.env.HINOMI_SECRET)
})

test('a value of every column type is restored unchanged', async () => {
  const [from, to] = [await emptyDatabase(), await emptyDatabase()]
  const table = `CREATE TABLE "a ""table""" (id int GENERATED ALWAYS AS IDENTITY, n numeric, f float8, i int[], t text[][], j jsonb, b bytea,
    at timestamptz, d date, v interval, c citext, u uuid, y boolean, "odd """ text, double int GENERATED ALWAYS AS (id * 2) STORED)`
  const row = (
    n: string,
    at: string,
    b: string,
  ) => `INSERT INTO "a ""table""" (n, f, i, t, j, b, at, d, v, c, u, y, "odd """)
    VALUES ('${n}', '-1e-300', '{1,NULL}', '{{"a,b","\\\\"},{"",NULL}}', '{"k": ["\\\\u0041", null, 1.50]}', ${b}, '${at}', '${at}', '1 mon -2 days',
    'ÄÖ', gen_random_uuid(), NULL, E'\\t\\n\\r\\\\.\\u000b')`
  const bytes = `decode(string_agg(lpad(to_hex(n), 2, '0'), ''), 'hex')`
  for (const url of [from, to]) await ask(url, table)
  await ask(from, row('NaN', 'infinity', `(SELECT ${bytes} FROM generate_series(0, 255) n)`))
  await ask(from, row('12345678901234567890.000123', '-infinity', `''`))
  await ask(from, row('-0.0', '2026-02-29 12:00:00.123456+09'.replace('02-29', '02-28'), 'NULL'))
  await switchDatabase(from)
  const backup = await backupOf()
  await switchDatabase(to)
  await load(backup)
  expect((await digests(to))['a "table"']).toMatch(/^3 /)
  expect(await digests(to)).toEqual(await digests(from))
  const next = await ask(to, `INSERT INTO "a ""table""" (n) VALUES (1) RETURNING id, double`)
  expect(next).toEqual([{ id: 4, double: 8 }])
})

test('a backup is of one moment, also while imports write', async () => {
  const before = await digests(source)
  let wrote = false
  const backup = await backupOf(async () => {
    if (wrote) return
    wrote = true
    await complete([asff({ account: newAccount() })], null)
  })
  const target = await switchDatabase(await emptyDatabase())
  await load(backup)
  expect(wrote).toBe(true)
  expect(await digests(target)).toEqual(before)
  await switchDatabase(source)
  expect(await digests(source)).not.toEqual(before)
})

test('an import in progress continues in the restored database and ends with the same rows', {
  timeout: 90_000,
}, async () => {
  const account = newAccount()
  const report = Array.from({ length: 4_500 }, (_, n) => asff({ account, resource: `r${n}`, control: `S3.${n % 7}` }))
  const { id } = await receive(report, { coverage: 'complete' })
  const running = runImport(job, id)
  while ((await prisma().finding.count({ where: { accountId: account } })) === 0)
    await new Promise(done => setTimeout(done, 20))
  const backup = await backupOf()
  await running
  const ended = await prisma().finding.count({ where: { accountId: account } })
  await switchDatabase(await emptyDatabase())
  await load(backup)
  expect(await prisma().import.findUniqueOrThrow({ where: { id } })).toMatchObject({ state: 'running' })
  await runImport(job, id)
  expect(await prisma().finding.count({ where: { accountId: account } })).toBe(ended)
  await expectTrueCounts()
  expect((await verifyChain(job, null)).broken).toBeNull()
})

test('a table that is not of Hinomi is left out of a restore, and named', async () => {
  const from = await switchDatabase(await emptyDatabase())
  await ask(from, 'CREATE TABLE notes (text text); INSERT INTO notes VALUES (1)')
  const file = inFolder('foreign')
  const heard = listen()
  await backUp(command, { file, force: false }, 'en')
  const target = await switchDatabase(await emptyDatabase())
  expect(await restore(command, file, 'en')).toBe(0)
  expect(heard.text).toContain('do not belong to Hinomi: notes')
  expect(await ask(target, `SELECT to_regclass('notes') AS notes`)).toEqual([{ notes: null }])
})

test('a restore warns of stored values that no secret here decrypts', async () => {
  const file = inFolder('sealed')
  const heard = listen()
  await backUp(command, { file, force: false }, 'en')
  await switchDatabase(await emptyDatabase())
  setSecrets('another secret, which a test knows')
  expect(await restore(command, file, 'en')).toBe(0)
  expect(heard.text).toMatch(/MISSING: 3 stored value/)
  setSecrets(process.env.HINOMI_SECRET ?? '')
})
