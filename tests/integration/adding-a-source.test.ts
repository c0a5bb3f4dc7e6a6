import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fromRoot } from '../../scripts/launch/paths.mjs'
import { run } from '../../scripts/launch/process.mjs'

/** What a copy of the project needs to be compiled and tested. */
const COPIED = [
  'app',
  'components',
  'i18n',
  'lib',
  'messages',
  'prisma',
  'scripts',
  'tests',
  'package.json',
  'tsconfig.json',
]
/** A block of code that names its file: the whole file, or the lines to add behind others. */
const BLOCK = /^```(ts|json|diff) (\S+)\n(.*?)^```$/gms

/** Tests of the copy use the database of this one. */
const CONFIG = `
import { fileURLToPath } from 'node:url'
const here = path => fileURLToPath(new URL(path, import.meta.url))
const alias = { '@': here('.'), 'server-only': here('./node_modules/server-only/empty.js') }
export default { resolve: { alias }, test: { testTimeout: 120_000, hookTimeout: 120_000 } }
`

const copy = mkdtempSync(join(tmpdir(), 'hinomi-source-'))
afterAll(() => rmSync(copy, { recursive: true, force: true }))

/** Adds each line that begins with a plus behind the line above it, which stands in the file once. */
function changed(text: string, diff: string): string {
  const lines = text.split('\n')
  let at = -1
  for (const line of diff.split('\n').filter(each => each !== '')) {
    const content = line.slice(1)
    if (line.startsWith('+')) lines.splice(++at, 0, content)
    else {
      expect(lines.filter(each => each === content)).toHaveLength(1)
      at = lines.indexOf(content)
    }
  }
  return lines.join('\n')
}

function inCopy(what: string, script: string, ...args: string[]): Promise<string> {
  return run(process.execPath, [join(copy, 'node_modules', script), ...args], { what, quiet: true, cwd: copy })
}

beforeAll(() => {
  for (const path of COPIED) cpSync(fromRoot(path), join(copy, path), { recursive: true })
  symlinkSync(fromRoot('node_modules'), join(copy, 'node_modules'))
  writeFileSync(join(copy, 'vitest.config.mjs'), CONFIG)
  const files: string[] = []
  const guide = readFileSync(fromRoot('docs/adding-a-source.md'), 'utf8')
  for (const [, kind, path = '', code = ''] of guide.matchAll(BLOCK)) {
    const file = join(copy, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, kind === 'diff' ? changed(readFileSync(file, 'utf8'), code) : code)
    files.push(path)
  }
  expect(files).toHaveLength(6)
})

test('the code of docs/adding-a-source.md compiles, and is refused while the registry does not contain it', async () => {
  const project = {
    extends: './tsconfig.json',
    compilerOptions: { types: ['node'] },
    include: ['lib/sources/registry.ts', 'lib/domain/api/document.ts'],
  }
  writeFileSync(join(copy, 'tsconfig.source.json'), JSON.stringify(project))
  const compile = () => inCopy('tsc', 'typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.source.json')
  await compile()
  const registry = join(copy, 'lib/sources/registry.ts')
  const whole = readFileSync(registry, 'utf8')
  writeFileSync(registry, whole.replace('  lantern: [reader(lantern)],\n', ''))
  await expect(compile()).rejects.toThrow()
  writeFileSync(registry, whole)
}, 300_000)

test('the tests of every source pass for it', async () => {
  await inCopy('vitest', 'vitest/vitest.mjs', 'run', 'tests/unit/sources/registry.test.ts', '-t', 'lantern|every f')
}, 300_000)

test('a report of it is imported, and its findings are listed under its name', async () => {
  await inCopy('vitest', 'vitest/vitest.mjs', 'run', 'tests/fixtures/adding-a-source/lantern.test.tsx')
}, 300_000)
