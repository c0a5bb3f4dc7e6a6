import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { fromRoot } from '../../scripts/launch/paths.mjs'
import { type DeclaredQuery, queriesIn } from '../support/sql-rows'
import { sourceFiles } from '../support/syntax'

/** The columns of each table, for `*`. */
const stored = new Set(readFileSync(fromRoot('prisma/schema.prisma'), 'utf8').match(/\b\w+\b/g))

/** Columns that a query's code declares and its SQL does not give. */
function missingIn({ place, columns, sql }: DeclaredQuery): string[] {
  const all = /(SELECT|,|\.)\s*(\w+\.)?\*/.test(sql)
  const given = new Set(sql.match(/\w+/g))
  return columns.filter(name => !given.has(name) && !(all && stored.has(name))).map(name => `${place}: ${name}`)
}

test('every column that a query declares is in its SQL', { timeout: 60_000 }, () => {
  const queries = sourceFiles('lib').flatMap(path => queriesIn(path))
  expect(queries.length).toBeGreaterThan(100)
  expect(queries.flatMap(missingIn)).toEqual([])
})

test.each([
  ['a type in place', 'read<{ a: number; gone: number }>(sql`SELECT a FROM t`)'],
  ['a named type', 'interface Row { a: number; gone: number }\nread<Row>(sql`SELECT a FROM t`)'],
  ['an intersection', 'interface Row { a: number }\nread<Row & { gone: number }>(sql`SELECT a FROM t`)'],
  ['a query of the pool', 'pool().query<{ a: number; gone: number }>({ text: `SELECT a FROM t` })'],
  ['SQL of Prisma', 'tx.$queryRaw<{ a: number; gone: number }[]>`SELECT a FROM t`'],
  ['a statement in a transaction', 'runIn<{ a: number; gone: number }>(tx, sql`SELECT a FROM t`)'],
  ['a read on the primary', 'readPrimary<{ a: number; gone: number }>(sql`SELECT a FROM t`)'],
  ['SQL that has a name', 'const text = sql`SELECT a FROM t`\nread<{ a: number; gone: number }>(text)'],
])('a column that the SQL does not have is found: %s', (_what, code) => {
  expect(queriesIn('lib/queries/planted.ts', code).flatMap(missingIn)).toEqual(['lib/queries/planted.ts:a,gone: gone'])
})
