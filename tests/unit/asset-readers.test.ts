import { expect, test } from 'vitest'
import { readSource, sourceFiles } from '../support/syntax'

/** Statements that read resources, with some text around: a template may hold others. */
function readersIn(text: string): string[] {
  return [...text.matchAll(/\b(?:FROM|JOIN) asset\b/g)].map(({ index }) =>
    text.slice(Math.max(0, index - 200), index + 500),
  )
}

const readers = sourceFiles('lib').flatMap(path => readersIn(readSource(path)).map(text => ({ path, text })))

test('no statement trusts the type of a resource without the collector that wrote it', () => {
  expect(readers.length).toBeGreaterThan(10)
  const trusting = readers.filter(({ text }) => /\btype\b/i.test(text) && !/\bcollector\b|isWritten\(/.test(text))
  expect(trusting.map(({ path }) => path)).toEqual([])
  for (const path of sourceFiles('lib')) expect(readSource(path)).not.toMatch(/\.asset\.(?:find|count|groupBy)/)
})
