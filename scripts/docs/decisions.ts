import { readdirSync, readFileSync } from 'node:fs'
import { fromRoot } from '../launch/paths.mjs'
import { heading, table } from './markdown'

const folder = 'docs/decisions'

/** docs/reference/decisions.md. Throws if a record has no head. */
export function decisionsPage(): string {
  const rows = readdirSync(fromRoot(folder))
    .filter(name => name.endsWith('.md'))
    .toSorted()
    .map(name => rowOf(name, readFileSync(fromRoot(`${folder}/${name}`), 'utf8')))
  return `${heading('Decisions', '`docs/decisions`')}
${table(['', 'decision', 'date', 'status'], rows)}`
}

function rowOf(name: string, text: string): string[] {
  const [, number, title, date, status] =
    text.match(/^# (\d+)\. (.+)\n\n\*\*Date:\*\* (\S+)\. \*\*Status:\*\* ([^.:\n]+)/) ?? []
  if (!number || !title || !date || !status) throw new Error(`${folder}/${name}: no number, title, date and status`)
  return [number, `[${title}](../decisions/${name})`, date, status.replaceAll(/\[([^\]]+)\]\([^)]*(\)|$)/g, '$1')]
}
