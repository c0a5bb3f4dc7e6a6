import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { fromRoot } from '../../scripts/launch/paths.mjs'

const text = (path: string) => readFileSync(fromRoot(path), 'utf8')

/** The first cells of the table of docs/architecture.md whose head is `table`, split at their commas. */
function documentedTables(): string[] {
  const [, after = ''] = text('docs/architecture.md').split(/^\| table +\| one row is.*\n\|[ -|]*\n/m)
  const rows = after.slice(0, after.search(/^(?!\|)/m)).split('\n')
  return rows.flatMap(row => [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, name = '']) => name))
}

test('docs/architecture.md names every table of the schema once, and no other', () => {
  const stored = [...text('prisma/schema.prisma').matchAll(/@@map\("(\w+)"\)/g)].map(([, name]) => name)
  expect(stored.length).toBeGreaterThan(30)
  expect(documentedTables().sort()).toEqual(stored.sort())
})
