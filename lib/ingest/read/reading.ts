import { hash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const FOLDERS = ['domain', 'sources', 'ingest']
let known: string | null | undefined

/**
 * Names the code that makes outcomes of records, by a digest of it: what an earlier version made of a record says nothing of
 * what this one would make. Null where the code does not lie in its files.
 */
export function readingCode(): string | null {
  if (known !== undefined) return known
  const lib = fileURLToPath(new URL('../..', import.meta.url))
  known = FOLDERS.every(folder => existsSync(join(lib, folder))) ? digestOf(lib) : null
  return known
}

function digestOf(lib: string): string {
  const files = FOLDERS.flatMap(folder =>
    readdirSync(join(lib, folder), { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => join(entry.parentPath, entry.name)),
  ).sort()
  return hash('sha256', files.map(file => hash('sha256', readFileSync(file))).join('\n')).slice(0, 32)
}
