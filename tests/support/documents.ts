import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { fromRoot } from '../../scripts/launch/paths.mjs'

/** The paths of all Markdown files of the project. */
export function documents(): string[] {
  const inside = readdirSync(fromRoot('docs'), { recursive: true, encoding: 'utf8' }).map(name => `docs/${name}`)
  const atRoot = readdirSync(fromRoot('.'))
  return [...atRoot, ...inside].filter(path => path.endsWith('.md')).sort()
}

export const readDocument = (path: string) => readFileSync(fromRoot(path), 'utf8')

/** The anchors that GitHub creates for the headings of a document. */
function anchorsOf(text: string): Set<string> {
  const headings = withoutCode(text).match(/^#+ .*/gm) ?? []
  return new Set(
    headings.map(line =>
      line
        .replace(/^#+ /, '')
        .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\p{M}_\- ]/gu, '')
        .replaceAll(' ', '-'),
    ),
  )
}

const withoutCode = (text: string) => text.replace(/^( *)```[\s\S]*?^\1```/gm, '')

/** Relative links of a document whose file or heading does not exist. */
export function brokenLinks(path: string, text: string): string[] {
  return [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = '']) => link)
    .filter(link => {
      if (/^[a-z]+:/.test(link)) return false
      const [file = '', anchor] = link.split('#')
      const target = file === '' ? path : posix.join(posix.dirname(path), file)
      if (target !== path && !existsSync(fromRoot(target))) return true
      if (anchor === undefined) return false
      return !anchorsOf(target === path ? text : readDocument(target)).has(decodeURIComponent(anchor))
    })
}

export interface Decision {
  path: string
  number: number
  date: string
  status: string
  text: string
}

/** The header of a decision record; null if it has no numbered title, no date or no status. */
export function decisionOf(path: string, text: string): Decision | null {
  const head = /^# (\d+)\. \S.*\n\n\*\*Date:\*\* (\d{4}-\d\d-\d\d)\. \*\*Status:\*\* (\S.*)\n/.exec(text)
  if (!head) return null
  const [, number = '', date = '', status = ''] = head
  return { path, number: Number(number), date, status, text }
}

const STATUS = /^(accepted|proposed|superseded( in part)? by \[\d+\]\([^)]+\))([.:,;]| |$)/

/** Problems of the decision records, as sentences. A record that another one supersedes or extends must link to that one. */
export function decisionProblems(records: readonly Decision[]): string[] {
  return records.flatMap(record => {
    const problems: string[] = []
    const { path, number, status, text } = record
    if (!STATUS.test(status)) problems.push(`${path}: "${status}" is no status`)
    if (!posix.basename(path).startsWith(`${String(number).padStart(4, '0')}-`))
      problems.push(`${path}: number ${number}`)
    const sections = [...text.matchAll(/^## (.*)/gm)].map(([, name]) => name)
    if (sections.join() !== 'Context,Decision,Consequences') problems.push(`${path}: sections ${sections.join()}`)
    for (const other of namedAfter(/\b(?:Supersedes|Extends)\b/, status)) {
      const back = records.find(each => each.number === other)
      if (!back || !namedAfter(/\b(?:superseded|extended)\b[^.]*? by\b/i, back.status).includes(number))
        problems.push(`${path}: decision ${other} does not name it`)
    }
    for (const other of namedAfter(/\b(?:superseded|extended)\b[^.]*? by\b/i, status)) {
      const back = records.find(each => each.number === other)
      if (!back || !namedAfter(/\b(?:Supersedes|Extends)\b/, back.status).includes(number))
        problems.push(`${path}: decision ${other} does not say so`)
    }
    return problems
  })
}

/** Numbers of the decisions that a status links to in the sentences that match. */
function namedAfter(verb: RegExp, status: string): number[] {
  const sentences = status.replaceAll('.md', '').split('.')
  return sentences
    .filter(sentence => verb.test(sentence))
    .flatMap(sentence => [...sentence.matchAll(/\[(\d+)\]\(/g)].map(([, number]) => Number(number)))
}
