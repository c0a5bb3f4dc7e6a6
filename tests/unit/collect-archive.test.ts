import { mkdtempSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { tarFiles } from '../../lib/ingest/receive/archive-files'
import { numbered, ReportArchive, writeLines } from '../../scripts/hinomi/collect/archive'
import { collectOptions } from '../../scripts/hinomi/collect/options'

async function namesIn(bytes: Buffer): Promise<string[]> {
  const names: string[] = []
  const source = (async function* () {
    for await (const piece of Readable.from([bytes])) yield piece as Uint8Array
  })()
  for await (const { name, bytes: content } of tarFiles(source)) {
    names.push(name)
    if (content) for await (const _ of content);
  }
  return names
}

test('reports become archives that the intake reads, a further one where one is full', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hinomi-archive-test-'))
  const file = join(folder, 'one')
  writeFileSync(file, '{}\n')
  const out = join(folder, 'all.tar.gz')
  const archive = new ReportArchive(out, false)
  for (let n = 0; n < 1001; n++) await archive.add(`${n}.ndjson`, file, 3)
  expect(await archive.end()).toEqual([out, join(folder, 'all-2.tar.gz')])
  expect(await namesIn(gunzipSync(readFileSync(out)))).toHaveLength(1000)
  expect(await namesIn(gunzipSync(readFileSync(join(folder, 'all-2.tar.gz'))))).toEqual(['1000.ndjson'])
  const unfinished = new ReportArchive(join(folder, 'broken.tar'), false)
  await unfinished.add('a.ndjson', file, 3)
  await unfinished.discard()
  expect(readdirSync(folder).sort()).toEqual(['all-2.tar.gz', 'all.tar.gz', 'one'])
})

const newFolder = () => mkdtempSync(join(tmpdir(), 'hinomi-archive-test-'))

test('a further archive replaces no file without --force', async () => {
  const folder = newFolder()
  const [out, second, file] = [join(folder, 'r.tar'), join(folder, 'r-2.tar'), join(folder, 'one')]
  writeFileSync(file, '{}\n')
  writeFileSync(second, 'kept')
  expect(() => new ReportArchive(out, false)).toThrow('outExists')
  const archive = new ReportArchive(join(folder, 's.tar'), false)
  writeFileSync(join(folder, 's-2.tar'), 'kept')
  for (let n = 0; n < 1000; n++) await archive.add(`${n}.ndjson`, file, 3)
  await expect(archive.add('1000.ndjson', file, 3)).rejects.toThrow('outExists')
  await archive.discard()
  expect(readFileSync(join(folder, 's-2.tar'), 'utf8')).toBe('kept')
  const forced = new ReportArchive(out, true)
  for (let n = 0; n < 1001; n++) await forced.add(`${n}.ndjson`, file, 3)
  expect(await forced.end()).toEqual([out, second])
  expect(await namesIn(readFileSync(second))).toEqual(['1000.ndjson'])
})

test('an archive is never written through a link that was there before, and only its owner reads it', async () => {
  const folder = newFolder()
  const [out, file, other] = [join(folder, 'r.tar'), join(folder, 'one'), join(folder, 'other')]
  writeFileSync(file, '{}\n')
  writeFileSync(other, 'kept')
  symlinkSync(other, `${out}.partial`)
  const archive = new ReportArchive(out, false)
  await archive.add('a.ndjson', file, 3)
  await archive.end()
  expect(readFileSync(other, 'utf8')).toBe('kept')
  expect(statSync(out).mode & 0o777).toBe(0o600)
})

test('an archive that cannot be written says why, not that its streams are closed', async () => {
  const folder = newFolder()
  const file = join(folder, 'large')
  writeFileSync(file, Buffer.alloc(400_000))
  for (const name of ['r.tar', 'r.tar.gz']) {
    const archive = new ReportArchive(join(folder, 'none', name), false)
    const add = async () => {
      for (let n = 0; n < 20; n++) await archive.add(`${n}.ndjson`, file, 400_000)
    }
    await expect(add()).rejects.toMatchObject({ code: 'ENOENT' })
    await expect(archive.add('later.ndjson', file, 400_000)).rejects.toMatchObject({ code: 'ENOENT' })
    await archive.discard()
  }
})

test('lines that the disk has no room for are an error, and their source ends', async () => {
  let ended = false
  const lines = async function* () {
    try {
      for (;;) yield 'x'.repeat(10_000)
    } finally {
      ended = true
    }
  }
  await expect(writeLines('/dev/full', lines())).rejects.toMatchObject({ code: 'ENOSPC' })
  expect(ended).toBe(true)
  const path = join(newFolder(), 'lines')
  const two = async function* () {
    yield '1\n'
    yield 'あ\n'
  }
  expect(await writeLines(path, two())).toBe(6)
  expect(readFileSync(path, 'utf8')).toBe('1\nあ\n')
})

test.each([
  ['out.tar.gz', 'out-2.tar.gz'],
  ['/a.b/out', '/a.b/out-2'],
  ['reports', 'reports-2'],
])('%s continues in %s', (path, next) => {
  expect(numbered(path, 1)).toBe(path)
  expect(numbered(path, 2)).toBe(next)
})

test('the options name a file, accounts and a role', () => {
  expect(() => collectOptions([])).toThrow('noOutFile')
  expect(() => collectOptions(['--out', 'x', '--organization'])).toThrow('noRole')
  expect(() => collectOptions(['--out', 'x', '--account', '12'])).toThrow()
  expect(() => collectOptions(['--out', 'x', '--region', 'Tokyo'])).toThrow()
  const accounts = ['111111111111', '222222222222']
  const args = ['--out', 'x', '--account', accounts.join(','), '--account', '111111111111', '--role', 'Reader']
  expect(collectOptions(args)).toMatchObject({ accounts, role: 'Reader', externalId: null, organization: false })
})
