import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { closeDatabase } from '../../lib/db'
import { backUp, toSize } from '../../scripts/hinomi/backup'
import { sentenceOf } from '../../scripts/hinomi/error-sentence'
import { restore } from '../../scripts/hinomi/restore'
import { fromRoot, root } from '../../scripts/launch/paths.mjs'
import { typescript } from '../../scripts/launch/settings.mjs'
import { debianPostgresMissing, startDebianPostgres } from '../support/debian-postgres'
import { jobAccess } from '../support/job'
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

/** These tests start processes, which takes long on a busy machine. */
const LONG = { timeout: 180_000 }

const command = jobAccess('command')
let source: string
let before: Record<string, string>

beforeAll(async () => {
  source = await switchDatabase(await emptyDatabase())
  await fill()
  before = await digests(source)
}, LONG.timeout)
afterEach(() => vi.restoreAllMocks())
afterAll(closeDatabase)

function start(args: string[], url: string, lang = 'en'): ChildProcess {
  const env = { ...process.env, DATABASE_URL: url, LC_ALL: '', LC_MESSAGES: '', LANG: lang }
  const child = spawn(process.execPath, [...typescript, fromRoot('scripts/hinomi/main.ts'), ...args], {
    cwd: root,
    env,
  })
  // One that ends, or is killed, before it has read everything.
  child.stdin?.on('error', () => undefined)
  return child
}

interface Ended {
  code: number | null
  stdout: Buffer
  stderr: string
}

/** The result of `npm run -s hinomi -- …`. */
async function run(
  args: string[],
  url: string,
  { lang = 'en', input }: { lang?: string; input?: Buffer } = {},
): Promise<Ended> {
  const child = start(args, url, lang)
  const out: Buffer[] = []
  const err: Buffer[] = []
  child.stdout?.on('data', piece => out.push(piece))
  child.stderr?.on('data', piece => err.push(piece))
  child.stdin?.end(input)
  const [code] = await once(child, 'close')
  return { code, stdout: Buffer.concat(out), stderr: Buffer.concat(err).toString() }
}

async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await holds())) await sleep(50)
}

/** Discards the output of the commands in this process. */
function quiet(): void {
  for (const output of [process.stdout, process.stderr]) vi.spyOn(output, 'write').mockReturnValue(true)
}

test('a backup goes through a pipe from one database into another', LONG, async () => {
  const made = await run(['backup', '-'], source)
  expect(made).toMatchObject({ code: 0 })
  expect(made.stderr).toMatch(/stdout: [\d.]+ [kM]B, .*\nSHA-256: /)
  const target = await emptyDatabase()
  const restored = await run(['restore', '-'], target, { input: made.stdout, lang: 'ja' })
  expect(restored).toMatchObject({ code: 0, stderr: '' })
  expect(restored.stdout.toString()).toMatch(/行を [\d.]+ 秒で復元しました.*サインインし直す/s)
  expect(await digests(target)).toEqual(before)
})

test('a file that is there is replaced only with --force', async () => {
  quiet()
  await switchDatabase(source)
  const file = inFolder('there')
  writeFileSync(file, 'precious')
  const refused = await backUp(command, { file, force: false }, 'en').catch((error: unknown) => sentenceOf(error, 'en'))
  expect(refused).toContain('exists already')
  expect(readFileSync(file, 'utf8')).toBe('precious')
  expect(await backUp(command, { file, force: true }, 'en')).toBe(0)
  expect(readFileSync(file, 'latin1')).toMatch(/^hinomi-backup 0001\n/)
})

test.each([false, true])('a folder is refused before anything is written (--force: %s)', async force => {
  quiet()
  await switchDatabase(source)
  const folder = inFolder('folder')
  mkdirSync(folder, { recursive: true })
  await expect(backUp(command, { file: folder, force }, 'en')).rejects.toMatchObject({ reason: 'isFolder' })
  expect(existsSync(`${folder}.partial`)).toBe(false)
})

test.each([
  [0, '0 kB'],
  [28_591, '28.6 kB'],
  [12_340_000, '12.3 MB'],
  [10_240_000_000, '10.2 GB'],
])('%d bytes are shown as %s', (bytes, shown) => {
  expect(toSize(bytes, 'en')).toBe(shown)
})

describe('arguments', () => {
  test.each([
    ['backup', '--help'],
    ['check', '-h'],
    ['keys', 'list', '--help'],
  ])('%s %s prints the usage', LONG, async (...args) => {
    const { code, stdout, stderr } = await run(args, source)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.toString()).toMatch(/^Usage:/)
  })

  test.each([
    [['check', 'now'], 'now'],
    [['backup', '--all'], '--all'],
  ])('%j is refused in both languages', LONG, async (args, argument) => {
    for (const [lang, sentence] of [
      ['en', `Unknown option or argument: ${argument}.`],
      ['ja_JP.UTF-8', `このコマンドでは指定できないオプションまたは引数です: ${argument}`],
    ] as const) {
      const { code, stderr } = await run(args, source, { lang })
      expect(code).toBe(1)
      expect(stderr.split('\n')[0]).toBe(sentence)
    }
  })
})

describe('killed in the middle', () => {
  /** Holds a backup up behind its start, and gives the file that it writes. */
  async function heldUp(name: string) {
    const file = inFolder(name)
    mkdirSync(dirname(file), { recursive: true })
    const blocker = new pg.Client({ connectionString: source })
    await blocker.connect()
    await blocker.query('BEGIN; LOCK TABLE finding_period')
    const child = start(['backup', file], source)
    await until(() => existsSync(`${file}.partial`))
    return { file, child, free: () => blocker.end() }
  }

  test('a backup that is stopped leaves no file', LONG, async () => {
    const { file, child, free } = await heldUp('SIGINT/backup')
    child.kill('SIGINT')
    expect(await once(child, 'exit')).toEqual([130, null])
    await free()
    expect(readdirSync(dirname(file))).toEqual([])
  })

  test('a killed backup leaves no file under its name, and the next one replaces it', LONG, async () => {
    quiet()
    const { file, child, free } = await heldUp('SIGKILL/backup')
    child.kill('SIGKILL')
    await once(child, 'exit')
    await free()
    expect(readdirSync(dirname(file))).toEqual(['backup.partial'])
    await switchDatabase(source)
    await backUp(command, { file, force: false }, 'en')
    expect(readdirSync(dirname(file))).toEqual(['backup'])
  })

  test('a restore leaves an empty database, into which the backup can be restored again', LONG, async () => {
    quiet()
    const file = inFolder('killed')
    await switchDatabase(source)
    await backUp(command, { file, force: false }, 'en')
    const target = await emptyDatabase()
    const child = start(['restore', '-'], target)
    child.stdin?.write(readFileSync(file).subarray(0, -200))
    const name = new URL(target).pathname.slice(1)
    const sessions = (where: string) =>
      ask(source, `SELECT FROM pg_stat_activity WHERE datname = '${name}' AND ${where}`)
    await until(async () => (await sessions(`query LIKE 'COPY "%'`)).length > 0)
    child.kill('SIGKILL')
    await once(child, 'exit')
    await until(async () => (await sessions('true')).length === 0)
    expect(await filledTables(target)).toEqual([])
    await switchDatabase(target)
    expect(await restore(command, file, 'en')).toBe(0)
    expect(await digests(target)).toEqual(before)
  })
})

test('a full disk leaves no file, and is named', LONG, async context => {
  const folder = inFolder('full')
  mkdirSync(folder)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', folder], { stdio: 'ignore' })
  } catch {
    context.skip('this machine lets nobody mount a small file system')
  }
  try {
    await switchDatabase(source)
    const options = { file: `${folder}/backup`, force: false }
    const told = await backUp(command, options, 'en').catch((error: unknown) => sentenceOf(error, 'en'))
    expect(told).toContain('no space left on the disk')
    expect(readdirSync(folder)).toEqual([])
  } finally {
    execFileSync('umount', ['-l', folder])
  }
})

test('a backup goes from one version of PostgreSQL to another and back', LONG, async context => {
  const missing = await debianPostgresMissing()
  if (missing) context.skip(missing)
  const debian = await startDebianPostgres()
  try {
    quiet()
    const urls = [source, debian.url, await bareDatabase()]
    for (const [index, url] of urls.entries()) {
      await switchDatabase(url)
      if (index > 0) expect(await restore(command, inFolder(`version ${index - 1}`), 'en')).toBe(0)
      expect(await digests(url)).toEqual(before)
      await backUp(command, { file: inFolder(`version ${index}`), force: false }, 'en')
    }
  } finally {
    await switchDatabase(source)
    await closeDatabase()
    await debian.stop()
  }
})
