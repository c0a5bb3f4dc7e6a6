import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { fromRoot } from '../../scripts/launch/paths.mjs'

const { scripts } = JSON.parse(readFileSync(fromRoot('package.json'), 'utf8')) as { scripts: Record<string, string> }

function runTests(...args: string[]) {
  const { status, stderr } = spawnSync(process.execPath, [fromRoot('scripts/test.mjs'), ...args], { encoding: 'utf8' })
  return { status, stderr }
}

test.each([
  [['units'], 'Unknown test part "units"'],
  [['unit', 'integration', 'tests/unit/log.test.ts'], 'follow one of unit, integration, e2e, api, chaos'],
  [['lint', 'lib/log.ts'], 'follow one of unit, integration, e2e, api, chaos'],
  [['tests/unit/log.test.ts'], 'follow one of unit, integration, e2e, api, chaos'],
])('npm test -- %j is refused before anything is installed or run', (args, sentence) => {
  const { status, stderr } = runTests(...args)
  expect(status).not.toBe(0)
  expect(stderr).toContain(sentence)
})

test('every script of package.json runs a file that exists', () => {
  const files = Object.values(scripts).flatMap(command => command.match(/scripts\/\S+\.mjs/) ?? [])
  expect(files.length).toBeGreaterThan(15)
  expect(files.filter(file => !existsSync(fromRoot(file)))).toEqual([])
})

test('every npm script in a document exists', () => {
  const documents = ['README.md', 'README.ja.md', 'CONTRIBUTING.md', 'SECURITY.md', ...inFolder('docs')]
  const named = documents
    .filter(path => existsSync(fromRoot(path)))
    .flatMap(path => [...readFileSync(fromRoot(path), 'utf8').matchAll(/npm run (?:-s )?([a-z][a-z0-9:-]*)/g)])
    .map(([, name = '']) => name)
  expect(named).toContain('hinomi')
  expect([...new Set(named)].filter(name => !(name in scripts))).toEqual([])
})

function inFolder(folder: string): string[] {
  return readdirSync(fromRoot(folder), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.md'))
    .map(name => `${folder}/${name}`)
}
