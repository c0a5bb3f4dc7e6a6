import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { tarFiles } from '../../lib/ingest/receive/archive-files'
import { numbered, ReportArchive } from '../../scripts/hinomi/collect/archive'
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
  const archive = new ReportArchive(out)
  for (let n = 0; n < 1001; n++) await archive.add(`${n}.ndjson`, file, 3)
  expect(await archive.end()).toEqual([out, join(folder, 'all-2.tar.gz')])
  expect(await namesIn(gunzipSync(readFileSync(out)))).toHaveLength(1000)
  expect(await namesIn(gunzipSync(readFileSync(join(folder, 'all-2.tar.gz'))))).toEqual(['1000.ndjson'])
  const unfinished = new ReportArchive(join(folder, 'broken.tar'))
  await unfinished.add('a.ndjson', file, 3)
  await unfinished.discard()
  expect(readdirSync(folder).sort()).toEqual(['all-2.tar.gz', 'all.tar.gz', 'one'])
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
