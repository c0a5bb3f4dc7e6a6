import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fromRoot } from '../launch/paths.mjs'
import { referencePages } from './pages'

for (const [path, text] of Object.entries(referencePages())) {
  mkdirSync(dirname(fromRoot(path)), { recursive: true })
  writeFileSync(fromRoot(path), text)
  process.stdout.write(`${path}\n`)
}
