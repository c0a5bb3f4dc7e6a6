import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fromRoot } from '../../scripts/launch/paths.mjs'

/** The one place that keeps anything in the browser: drafts, until they are sent or the member signs out. */
const STORES = 'components/ui/forms/drafts.ts'

/** What could turn input into code, commands or markup, or keep data in the browser. Nothing else of the application uses any of it. */
const DANGEROUS: readonly [what: string, pattern: RegExp, example: string][] = [
  ['evaluated code', /\beval\(|\bnew Function\(|from 'node:vm'/, 'eval(text)'],
  ['commands', /from 'node:child_process'/, "import { exec } from 'node:child_process'"],
  [
    'markup from text',
    /dangerouslySetInnerHTML|\.(?:inner|outer)HTML\b|insertAdjacentHTML|document\.write/,
    'x.innerHTML = y',
  ],
  ['patterns from text', /\bnew RegExp\(|\bRegExp\(/, 'new RegExp(text)'],
  ['messages of other windows', /addEventListener\('message'|\bonmessage\b/, "addEventListener('message', f)"],
  ['storage in the browser', /\b(?:local|session)Storage\b|\bindexedDB\b/, 'localStorage.setItem(a, b)'],
]

function sourcesIn(folder: string): string[] {
  return readdirSync(fromRoot(folder), { withFileTypes: true }).flatMap(entry => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return path === 'lib/generated' ? [] : sourcesIn(path)
    return /\.tsx?$/.test(entry.name) ? [path] : []
  })
}

const sources = ['app', 'components', 'lib', 'i18n'].flatMap(sourcesIn)

test.each(DANGEROUS)('there are no %s', (what, pattern, example) => {
  expect(pattern.test(example)).toBe(true)
  expect(sources.length).toBeGreaterThan(300)
  const found = sources.filter(path => pattern.test(readFileSync(fromRoot(path), 'utf8')))
  expect(found).toEqual(what === 'storage in the browser' ? [STORES] : [])
})
