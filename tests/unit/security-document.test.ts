import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fromRoot, root } from '../../scripts/launch/paths.mjs'

const text = (path: string) => readFileSync(fromRoot(path), 'utf8')

/**
 * The ids of levels 1 and 2, a section a line: "V1.2 1-3,5" are V1.2.1, V1.2.2, V1.2.3 and V1.2.5. From the standard:
 * https://github.com/OWASP/ASVS/tree/v5.0.0
 */
function standardIds(): string[] {
  const lines = text('tests/fixtures/asvs-5.0-ids.txt').trim().split('\n')
  return lines.flatMap(line => {
    const [section = '', numbers = ''] = line.split(' ')
    return numbers.split(',').flatMap(range => {
      const [from = 0, to = from] = range.split('-').map(Number)
      return Array.from({ length: to - from + 1 }, (_, at) => `${section}.${from + at}`)
    })
  })
}

interface Row {
  id: string
  subject: string
  state: string
  how: string
  tests: string[]
}

const PAGE = 'docs/security.md'
const rows: Row[] = text(PAGE)
  .split('\n')
  .filter(line => /^\| V\d/.test(line))
  .map(line => {
    const [, id = '', subject = '', state = '', how = '', tests = ''] = line.split('|').map(cell => cell.trim())
    return { id, subject, state, how, tests: codeIn(tests) }
  })

function codeIn(markdown: string): string[] {
  return [...markdown.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code)
}

/** Targets of the links of a page that lead to files or headings of the project. */
function linksIn(markdown: string): string[] {
  return [...markdown.matchAll(/\]\(([^)\s]+)\)/g)].map(([, to = '']) => to).filter(to => !/^https?:/.test(to))
}

/** As GitHub makes the anchor of a heading. */
function anchorsOf(path: string): string[] {
  const headings = [...text(path).matchAll(/^#+ +(.+)$/gm)].map(([, heading = '']) => heading)
  return headings.map(heading =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

const isPath = (code: string) => /^(?:app|components|lib|scripts|tests|prisma|messages|docs|\.ci)\/\S+$/.test(code)

test('docs/security.md has one row for each requirement of levels 1 and 2, in the order of the standard', () => {
  const ids = standardIds()
  expect(ids).toHaveLength(253)
  expect(rows.map(row => row.id)).toEqual(ids)
})

test.each(rows)('$id, $subject, is complete', ({ subject, state, how, tests }) => {
  expect(subject).not.toBe('')
  expect(how).not.toBe('')
  expect(['met', 'not applicable']).toContain(state)
  const section = linksIn(how).length > 0
  if (state === 'met') expect(tests.length > 0 || section, 'a test or a section').toBe(true)
  else expect(tests).toEqual([])
  for (const path of tests) {
    expect(path).toMatch(/^tests\/.+\.(?:test|spec)\.tsx?$/)
    expect(existsSync(fromRoot(path)), path).toBe(true)
  }
  for (const path of codeIn(how).filter(isPath)) expect(existsSync(fromRoot(path)), path).toBe(true)
})

describe.each([PAGE, 'docs/security/controls.md', 'SECURITY.md'])('%s', page => {
  test('%s makes no promises', () => {
    const promise = /\b(?:todo|tbd|fixme|planned|missing|not yet|in future|will be)\b/i
    expect(
      text(page)
        .split('\n')
        .filter(line => promise.test(line)),
    ).toEqual([])
  })

  test('names files that exist', () => {
    const paths = codeIn(text(page)).filter(isPath)
    expect(paths.filter(path => !existsSync(fromRoot(path)))).toEqual([])
  })

  test('links to pages and headings that exist', () => {
    for (const link of linksIn(text(page))) {
      const [file = '', anchor] = link.split('#')
      const target = file === '' ? page : relative(root, join(root, dirname(page), file))
      expect(existsSync(fromRoot(target)), link).toBe(true)
      if (anchor !== undefined) expect(anchorsOf(target), link).toContain(anchor)
    }
  })
})
