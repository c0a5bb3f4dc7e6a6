import { existsSync, readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { referencePages } from '../../scripts/docs/pages'
import { tablesOf } from '../../scripts/docs/tables'
import { fromRoot } from '../../scripts/launch/paths.mjs'
import { brokenLinks, decisionOf, decisionProblems, documents, readDocument } from '../support/documents'
import { sourceFiles } from '../support/syntax'

test.each(Object.entries(referencePages()))('%s is up to date with npm run docs', (path, text) => {
  expect(readDocument(path)).toBe(text)
})

test('the page of tables has every model of the schema, and a model without a comment is refused', () => {
  const schema = readDocument('prisma/schema.prisma')
  expect(tablesOf(schema)).toHaveLength(schema.match(/^model /gm)?.length ?? 0)
  const model = 'model A {\n  id String @id\n\n  @@map("a")\n}\n'
  expect(tablesOf(`/// One\n/// thing.\n${model}`)).toEqual([{ table: 'a', row: 'One thing.', key: 'id' }])
  expect(() => tablesOf(model)).toThrow('model A')
})

describe('docs/architecture.md', () => {
  const text = readDocument('docs/architecture.md')

  test('fits on two screens', () => {
    expect(text.split('\n').length).toBeLessThanOrEqual(110)
  })

  test('names only files and folders that exist', () => {
    const named = [
      ...text.matchAll(/(?:`|-> )((?:app|components|lib|messages|prisma|scripts|tests)(?:\/[\w.-]+)*)(?:`| )/g),
    ]
    const paths = named.map(([, path = '']) => path)
    expect(paths.length).toBeGreaterThan(40)
    expect(paths.filter(path => !existsSync(fromRoot(path)))).toEqual([])
  })

  test('names every layer of lib', () => {
    const folders = readdirSync(fromRoot('lib'), { withFileTypes: true }).filter(entry => entry.isDirectory())
    expect(folders.map(({ name }) => `\`lib/${name}\``).filter(name => !text.includes(name))).toEqual([])
  })

  test('names only subjects that are folders of both reads and writes', () => {
    const [, list = ''] = /in every layer that knows it: (.*?)\./s.exec(text) ?? []
    const subjects = list.split(',').map(name => name.trim())
    expect(subjects.length).toBeGreaterThan(5)
    const folders = ['lib/store', 'lib/queries'].flatMap(layer => subjects.map(subject => `${layer}/${subject}`))
    expect(folders.filter(path => !existsSync(fromRoot(path)))).toEqual([])
  })
})

test.each(documents())('every link of %s leads somewhere', path => {
  expect(brokenLinks(path, readDocument(path))).toEqual([])
})

test('a link to a missing file or heading is found', () => {
  const links =
    '# A b\n[x](#a-b) [x](README.md) [x](nothing.md) [x](README.md#nothing) [x](#c) [x](https://example.com)'
  expect(brokenLinks('x.md', links)).toEqual(['nothing.md', 'README.md#nothing', '#c'])
})

test.each(['README.md', 'README.ja.md'])('%s has the number of controls of the table', path => {
  const table = z.array(z.unknown()).parse(JSON.parse(readDocument('lib/domain/controls/data/controls.json')))
  expect(readDocument(path).match(/(\d+) (?:controls|個のコントロール)/)?.[1]).toBe(String(table.length))
})

test('no comment of the code refers to a document that does not exist', () => {
  const named = sourceFiles()
    .filter(path => path !== 'tests/unit/documents.test.ts')
    .flatMap(path => [...readDocument(path).matchAll(/docs\/[\w/-]+\.md/g)].map(([name]) => name))
  expect(named.length).toBeGreaterThan(5)
  expect([...new Set(named)].filter(path => !existsSync(fromRoot(path)))).toEqual([])
})

describe('decision records', () => {
  const paths = documents().filter(path => path.startsWith('docs/decisions/'))
  const record = (number: number, status: string, sections = '## Context\n## Decision\n## Consequences\n') => {
    const path = `docs/decisions/000${number}-x.md`
    const found = decisionOf(path, `# ${number}. X\n\n**Date:** 2026-01-01. **Status:** ${status}\n\n${sections}`)
    if (!found) throw new Error('The head of the record cannot be read')
    return found
  }

  test('have a number, a date and a status', () => {
    expect(paths.length).toBeGreaterThan(40)
    expect(paths.filter(path => !decisionOf(path, readDocument(path)))).toEqual([])
  })

  test('have the same sections, and link to each other if one supersedes or extends another', () => {
    expect(decisionProblems(paths.flatMap(path => decisionOf(path, readDocument(path)) ?? []))).toEqual([])
  })

  test.each([
    ['no status', [record(1, 'done.')]],
    [
      'a superseded record that nothing supersedes',
      [record(1, 'superseded by [2](0002-x.md).'), record(2, 'accepted.')],
    ],
    [
      'a record that supersedes one that does not say so',
      [record(1, 'accepted. Supersedes [2](0002-x.md).'), record(2, 'accepted.')],
    ],
    ['a missing section', [record(1, 'accepted.', '## Context\n## Decision\n')]],
  ])('%s is found', (_what, records) => {
    expect(decisionProblems(records)).toHaveLength(1)
  })
})
