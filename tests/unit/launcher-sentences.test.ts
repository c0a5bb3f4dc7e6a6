import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { diskOutageIn, OutageError, outageOf } from '../../scripts/launch/outage.mjs'
import { fromRoot, openDataDir } from '../../scripts/launch/paths.mjs'
import { startedAt } from '../../scripts/launch/process.mjs'
import { LaunchError, sentenceOf } from '../../scripts/launch/report.mjs'
import { openSecrets } from '../../scripts/launch/secrets.mjs'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hinomi-sentences-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
  vi.unstubAllEnvs()
})

const errno = (code: string, path?: string) =>
  Object.assign(new Error(`${code}: it says, mkdir`), { code, syscall: 'mkdir', ...(path ? { path } : {}) })

describe('secrets.json', () => {
  test.each([
    ['', 'empty'],
    ['\n', 'empty'],
    ['{"secret": "half of', 'damaged'],
    ['{"secret": "a"}', 'damaged'],
    ['[]', 'damaged'],
    ['null', 'damaged'],
    ['\0\0\0\0', 'damaged'],
  ])('with the content %j is reported as %s, and not changed', (content, what) => {
    const path = join(folder, 'secrets.json')
    writeFileSync(path, content)
    expect(() => openSecrets(folder)).toThrow(new LaunchError(`${path} is ${what}. Restore it from a backup.`))
  })

  test.each([
    ['in the data folder', () => mkdirSync(join(folder, 'postgres'))],
    [
      'elsewhere',
      () => {
        mkdirSync(join(folder, 'elsewhere/postgres'), { recursive: true })
        writeFileSync(join(folder, 'postgres-location.txt'), `${join(folder, 'elsewhere')}\nThat is why.\n`)
      },
    ],
  ])('is not created again beside a database %s', (_where, makeDatabase) => {
    makeDatabase()
    expect(() => openSecrets(folder)).toThrow(/secrets\.json is missing, .* Restore the file from a backup\./)
    expect(readdirSync(folder)).not.toContain('secrets.json')
  })

  test('is written in an empty folder', () => {
    openSecrets(folder)
    expect(existsSync(join(folder, 'secrets.json'))).toBe(true)
  })
})

describe('a data folder that cannot be used', () => {
  test('is named with the reason', () => {
    const file = join(folder, 'file')
    writeFileSync(file, '')
    vi.stubEnv('HINOMI_DATA_DIR', join(file, 'data'))
    expect(openDataDir).toThrow(`The data folder ${join(file, 'data')} cannot be used: part of the path is a file.`)
  })

  test.each([
    ['EROFS', 'the file system is read-only'],
    ['ENOSPC', 'the disk is full'],
    ['EPERM', 'it belongs to another user'],
    ['EACCES', 'this user is not allowed to read or write it'],
  ])('or any file, for %s, is reported without a stack', (code, reason) => {
    expect(sentenceOf(errno(code, '/data/run'))).toBe(`/data/run cannot be used: ${reason}.`)
  })

  test('is not reported for an error without a file', () => {
    expect(sentenceOf(errno('EPERM'))).toBeNull()
    expect(sentenceOf(new TypeError('a mistake of the program'))).toBeNull()
    expect(sentenceOf(undefined)).toBeNull()
  })
})

describe('an outage', () => {
  const code = (value: string) => Object.assign(new Error('it failed'), { code: value })

  test.each([
    [code('ENOSPC'), 'disk_full'],
    [code('53100'), 'disk_full'],
    [new LaunchError('it failed', { cause: code('EDQUOT') }), 'disk_full'],
    [new Error('FATAL:  could not write lock file: No space left on device'), 'disk_full'],
    [code('EROFS'), 'read_only'],
    [new Error('cannot execute CREATE TABLE in a read-only transaction'), 'read_only'],
    [code('57P03'), 'database_away'],
    [code('ECONNREFUSED'), 'database_away'],
    [new AggregateError([code('ECONNREFUSED')]), 'database_away'],
    [new Error('Connection terminated unexpectedly'), 'database_away'],
    [new OutageError('The database does not start.', 'read_only'), 'read_only'],
    [code('28P01'), null],
    [code('ENOTFOUND'), null],
    [new LaunchError('The database could not be migrated: relation "a" already exists'), null],
  ])('%s is recognised as %s', (error, outage) => {
    expect(outageOf(error)).toBe(outage)
  })

  test('of the disk is not every failure of the server', () => {
    expect(diskOutageIn('FATAL:  lock file "postmaster.pid" already exists')).toBeNull()
  })
})

test('a child whose launcher died before it started ends immediately', () => {
  const gone = spawnSync(process.execPath, ['-e', '']).pid
  const leash = pathToFileURL(fromRoot('scripts/launch/leash.mjs')).href
  const start = (launcher: number) =>
    spawnSync(process.execPath, ['--import', leash, '-e', 'console.log("at work")'], {
      env: { ...process.env, HINOMI_LAUNCHER_PID: String(launcher) },
      encoding: 'utf8',
    })
  expect(start(gone)).toMatchObject({ status: 1, stdout: '' })
  expect(start(process.pid)).toMatchObject({ status: 0, stdout: 'at work\n' })
  // A child of the web server: the launcher is its parent's parent.
  expect(start(process.ppid)).toMatchObject({ status: 0, stdout: 'at work\n' })
})

test('a child that hangs at its exit ends with a killed launcher', async () => {
  const child = pathToFileURL(fromRoot('scripts/launch/child.mjs')).href
  const hanging = `process.on('exit', () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0))
    process.on('SIGTERM', () => process.exit())
    setInterval(() => {}, 1000)
    console.log(process.pid)`
  const launcher = spawn(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `import { startChild } from ${JSON.stringify(child)}; startChild('child', ['-e', ${JSON.stringify(hanging)}], process.env)`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const [line] = await once(launcher.stdout, 'data')
  const pid = Number(/\d+/.exec(String(line))?.[0])
  expect(startedAt(pid)).not.toBeNull()
  launcher.kill('SIGKILL')
  await expect.poll(() => startedAt(pid), { timeout: 20_000, interval: 100 }).toBeNull()
})
