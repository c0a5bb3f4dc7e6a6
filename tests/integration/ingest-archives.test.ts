import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type Header, pack } from 'tar-stream'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { closeDatabase, prisma } from '../../lib/db'
import { type ReceiveOptions, receiveUpload } from '../../lib/ingest/receive/receive'
import { runImport } from '../../lib/ingest/run/run'
import { type ZippedFile, zipOf } from '../support/zip'
import { asff, bytesOf, findingOf, importOf, job, newAccount } from './support-ingest'

// Read once, before the first import.
process.env.HINOMI_MAX_IMPORT_MB = '16'
const MB = 1024 * 1024

afterAll(async () => {
  rmSync(temporary, { recursive: true })
  await closeDatabase()
})

let account = ''
// A folder for the temporary files of this file's tests alone.
const temporary = mkdtempSync(join(tmpdir(), 'hinomi-test-'))
process.env.TMPDIR = temporary
beforeEach(() => {
  account = newAccount()
})
afterEach(() => {
  expect(readdirSync(temporary)).toEqual([])
})

const options: ReceiveOptions = {
  source: null,
  coverage: 'partial',
  origin: 'api',
  fileName: null,
  observedAt: null,
  force: false,
}

const report = (resource: string) => JSON.stringify([asff({ account, resource })])

async function tarOf(files: readonly (Partial<Header> & { name: string; data?: string | Buffer })[]): Promise<Buffer> {
  const archive = pack()
  for (const { data = '', ...header } of files) archive.entry(header, Buffer.from(data))
  archive.finalize()
  const parts: Uint8Array[] = []
  for await (const part of archive) if (part instanceof Uint8Array) parts.push(part)
  return Buffer.concat(parts)
}

function upload(bytes: Uint8Array, change: Partial<ReceiveOptions> = {}, size = 997) {
  const pieces = []
  for (let from = 0; from < bytes.length; from += size) pieces.push(bytes.subarray(from, from + size))
  return receiveUpload(job, bytesOf(...pieces), { ...options, ...change })
}

async function kept(): Promise<[imports: number, pieces: number]> {
  return [await prisma().import.count(), await prisma().importChunk.count()]
}

async function expectRefused(bytes: Uint8Array, error: object, change: Partial<ReceiveOptions> = {}) {
  const was = await kept()
  await expect(upload(bytes, change)).rejects.toMatchObject(error)
  expect(await kept()).toEqual(was)
}

const SKIPPED: ZippedFile[] = [
  { name: 'reports/', mode: 0o040755 },
  { name: '__MACOSX/._a.json', data: 'x' },
  { name: 'reports/.DS_Store', data: 'x' },
  { name: 'reports/empty.json' },
  { name: 'reports/report.html', data: '<!doctype html><title>Report</title>' },
]
const REASONS = ['directory', 'hidden', 'hidden', 'empty', 'not_a_report']

describe('an archive of reports', () => {
  const files = () => [
    { name: 'reports/a.json', data: report('bucket-a') },
    { name: 'reports/b.json.gz', data: gzipSync(report('bucket-b')) },
    { name: 'c.json', data: Buffer.from(`\ufeff${report('bucket-c')}`, 'utf16le') },
  ]

  test.each([
    ['ZIP', async () => zipOf([...SKIPPED, ...files()])],
    ['tar', async () => tarOf([...SKIPPED, ...files()].map(toTar))],
    ['tar.gz', async () => gzipSync(await tarOf([...SKIPPED, ...files()].map(toTar)))],
  ])('is one import for each: %s', async (_kind, archive) => {
    const received = await upload(await archive())
    expect(received.archive).toBe(true)
    expect(received.skipped.map(({ reason }) => reason)).toEqual(REASONS)
    expect(received.imports.map(({ fileName }) => fileName)).toEqual(['reports/a.json', 'reports/b.json.gz', 'c.json'])
    for (const { id } of received.imports) await runImport(job, id)
    for (const resource of ['bucket-a', 'bucket-b', 'bucket-c']) {
      expect(await findingOf(asff({ account, resource }))).toMatchObject({ status: 'new' })
    }
    const [first] = received.imports
    expect(await importOf(first?.id ?? 0)).toMatchObject({ fileName: 'reports/a.json', state: 'done', accepted: 1 })
  })

  test('of one report may be complete, of more it may not', async () => {
    const { imports } = await upload(zipOf([...SKIPPED, ...files().slice(0, 1)]), { coverage: 'complete' })
    expect(await importOf(imports[0]?.id ?? 0)).toMatchObject({ coverage: 'complete' })
    await expectRefused(zipOf(files()), { code: 'invalid', reason: 'archiveComplete' }, { coverage: 'complete' })
  })

  test('with the same bytes returns the first import, like a single report', async () => {
    const [file] = files()
    const first = await upload(zipOf([file ?? { name: '' }, { ...file, name: 'copy.json' }]))
    expect(first.imports.map(({ duplicate }) => duplicate)).toEqual([false, true])
    const id = first.imports[0]?.id
    expect((await upload(Buffer.from(file?.data ?? ''))).imports).toMatchObject([{ id, duplicate: true }])
  })

  test('can have any file names, which are only displayed', async () => {
    const names = [
      '../../etc/cron.d/a',
      '/etc/passwd',
      'C:\\Windows\\a.json',
      `${'x'.repeat(300)}.json`,
      'a\u202egnp.json',
    ]
    const shiftJis = Buffer.from([0x8c, 0x8b, 0x89, 0xca, 0x2e, 0x63, 0x73, 0x76])
    const zipped = [...names, shiftJis].map((name, at) => ({ name, data: report(`bucket-${at}`) }))
    const expected = [...names.slice(0, 3), `${'x'.repeat(250)}.json`, 'a\ufffdgnp.json']
    const { imports } = await upload(zipOf(zipped))
    expect(imports.map(({ fileName }) => fileName)).toEqual([...expected, '結果.csv'])
    const tarred = await tarOf(names.map((name, at) => ({ name, data: report(`bucket-${at}`) })))
    expect((await upload(tarred, { force: true })).imports.map(({ fileName }) => fileName)).toEqual(expected)
  })

  test('leaves out links and devices', async () => {
    const link = await upload(zipOf([{ name: 'l', data: '/etc/passwd', mode: 0o120777 }, ...files().slice(0, 1)]))
    expect(link.skipped).toEqual([{ fileName: 'l', reason: 'link' }])
    const types = ['symlink', 'link', 'character-device', 'fifo'] as const
    const tarred = await tarOf([
      ...types.map(type => ({ name: type, type, linkname: '/etc/passwd' })),
      { name: 'a.json', data: report('a') },
    ])
    expect((await upload(tarred)).skipped).toEqual(types.map(type => ({ fileName: type, reason: 'link' })))
  })
})

function toTar({ name, data = '', mode = 0 }: ZippedFile) {
  return { name: String(name), data: Buffer.from(data), ...(mode === 0o040755 ? { type: 'directory' as const } : {}) }
}

describe('the name of a file', () => {
  test.each([
    ['report.exe', 'fileType'],
    ['report.json.html', 'fileType'],
    ['report.ZIP', 'fileContent'],
    ['report.tgz', 'fileContent'],
  ])('%s refuses a report', async (fileName, reason) => {
    await expectRefused(Buffer.from(report('a')), { code: 'invalid', reason, params: { name: fileName } }, { fileName })
  })

  test.each(['report.json', 'report.JSONL', 'report.json.gz', 'report', 'report.2026-11-01', '.json'])(
    '%s takes a report',
    async fileName => {
      const { imports } = await upload(Buffer.from(report(fileName)), { fileName })
      expect(imports).toMatchObject([{ fileName, duplicate: false }])
    },
  )

  test('must have the extension of an archive for an archive', async () => {
    const archive = zipOf([{ name: 'a.json', data: report('named') }])
    await expectRefused(archive, { code: 'invalid', reason: 'fileContent' }, { fileName: 'report.csv' })
    await expectRefused(archive, { code: 'invalid', reason: 'fileType' }, { fileName: 'report.xlsx' })
    expect((await upload(archive, { fileName: 'reports.zip' })).imports).toHaveLength(1)
  })

  test('in an archive excludes other files, which are not unpacked', async () => {
    const other = { name: 'run.exe', data: randomBytes(100), encrypted: true }
    const received = await upload(zipOf([other, { name: 'a.json', data: report('beside') }]))
    expect(received.skipped).toEqual([{ fileName: 'run.exe', reason: 'not_a_report' }])
    expect(received.imports).toHaveLength(1)
  })
})

describe('an archive is refused as a whole, and no data of it is stored', () => {
  const two = () => [
    { name: 'a.json', data: report('bucket-a') },
    { name: 'b.json', data: randomBytes(5000).toString('hex') },
  ]

  test('if it is damaged', async () => {
    const damaged = { code: 'invalid', reason: 'archiveDamaged' }
    const zip = zipOf(two())
    for (const length of [zip.length - 1, zip.length - 30, zip.length / 2, 40]) {
      await expectRefused(zip.subarray(0, length), damaged)
    }
    await expectRefused(zipOf([...two(), { name: 'c.json', data: 'x', crc: 1 }]), damaged)
    const flipped = Buffer.from(zip)
    flipped.fill(0xff, 600, 700)
    await expectRefused(flipped, damaged)
    const tar = await tarOf(two())
    await expectRefused(tar.subarray(0, 3000), damaged)
    const brokenHeader = Buffer.from(tar)
    const second = tar.indexOf('b.json')
    brokenHeader.fill(0x41, second, second + 100)
    await expectRefused(brokenHeader, damaged)
    const packed = gzipSync(tar)
    await expectRefused(packed.subarray(0, packed.length - 100), { code: 'invalid', reason: 'bad_gzip' })
  })

  test('if its files exceed the limit of an import, including excluded ones', async () => {
    const large = { code: 'too_large', reason: 'import_too_large' }
    const zeros = Buffer.alloc(9 * MB)
    await expectRefused(zipOf(['a', 'b'].map(name => ({ name, data: zeros }))), large)
    const hidden = ['.a', '.b'].map(name => ({ name, data: zeros }))
    await expectRefused(gzipSync(await tarOf([...hidden, ...two()])), large)
    await expectRefused(zipOf([{ name: 'a.gz', data: gzipSync(Buffer.alloc(17 * MB)) }]), large)
  })

  test('if it has too many files', async () => {
    const many = Array.from({ length: 1001 }, (_, n) => ({ name: `.${n}` }))
    const tooMany = { code: 'invalid', reason: 'archiveFiles', params: { max: 1000 } }
    await expectRefused(zipOf(many), tooMany)
    await expectRefused(await tarOf(many), tooMany)
  })

  test.each([
    ['another archive', { data: zipOf([]) }, 'archiveNested'],
    ['a packed archive', { data: gzipSync(zipOf([])) }, 'archiveNested'],
    ['an encrypted file', { data: 'x', encrypted: true }, 'archiveEncrypted'],
    ['a file of another compression', { data: 'x', method: 9 }, 'packed'],
    ['a file in another format', { data: Buffer.from('fd377a585a000001', 'hex') }, 'packed'],
  ])('if it contains %s', async (_what, file, reason) => {
    await expectRefused(zipOf([...two().slice(0, 1), { name: 'z', ...file }]), { code: 'invalid', reason })
  })

  test.each([
    ['nothing', []],
    ['no report', SKIPPED],
  ])('if it contains %s', async (_what, files) => {
    await expectRefused(zipOf(files), { code: 'invalid', reason: 'archiveEmpty' })
  })

  test('if it is a spreadsheet', async () => {
    const sheet = [
      { name: '[Content_Types].xml', data: '<Types/>' },
      { name: 'xl/workbook.xml', data: '<x/>' },
    ]
    await expectRefused(zipOf(sheet), { code: 'invalid', reason: 'officeFile' })
  })

  test.each([
    ['ZIP', async () => zipOf(two())],
    ['tar', async () => tarOf(two())],
  ])('if the sender disconnects: %s', async (_kind, archive) => {
    const bytes = await archive()
    async function* body() {
      yield bytes.subarray(0, 2000)
      throw new Error('the sender went away')
    }
    const was = await kept()
    await expect(receiveUpload(job, body(), options)).rejects.toMatchObject({ message: 'the sender went away' })
    expect(await kept()).toEqual(was)
  })
})

describe('one report', () => {
  const title = '公開バケット 🔥'
  const text = () => JSON.stringify([asff({ account, resource: 'bucket', title })])
  const swapped = (bytes: Buffer) => Buffer.from(bytes).swap16()
  const utf16 = (from: string) => Buffer.from(from, 'utf16le')

  test.each([
    ['little-endian with a mark', () => utf16(`\ufeff${text()}`)],
    ['little-endian without', () => utf16(text())],
    ['big-endian with a mark', () => swapped(utf16(`\ufeff${text()}`))],
    ['big-endian without', () => swapped(utf16(text()))],
    ['packed', () => gzipSync(utf16(`\ufeff${text()}`))],
    ['UTF-8, packed twice', () => gzipSync(gzipSync(text()))],
  ])('is read in UTF-16, however it is cut: %s', async (_how, bytes) => {
    for (const size of [1, 3, 64 * 1024]) {
      const { imports } = await upload(bytes(), { force: true }, size)
      const id = imports[0]?.id ?? 0
      await runImport(job, id)
      expect(await importOf(id)).toMatchObject({
        state: 'done',
        accepted: 1,
        sizeBytes: BigInt(Buffer.byteLength(text())),
      })
      expect(await findingOf(asff({ account, resource: 'bucket' }))).toMatchObject({ title })
    }
  })

  test.each([
    ['bzip2', '425a68393141'],
    ['xz', 'fd377a585a0000'],
    ['7z', '377abcaf271c00'],
    ['RAR', '526172211a0701'],
    ['zstd', '28b52ffd0058'],
    ['gzip', gzipSync(gzipSync(gzipSync('x'))).toString('hex')],
  ])('in %s must be unpacked by the sender', async (format, hex) => {
    await expectRefused(Buffer.from(hex, 'hex'), { code: 'invalid', reason: 'packed', params: { format } })
  })
})
