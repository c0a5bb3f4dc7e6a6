import { hash } from 'node:crypto'
import { resourceNameOf } from '../../identity/resource-name'
import type { Tags } from '../../identity/tags'
import type { FindingClass } from '../../imports/outcome'

/**
 * A text by which findings are found. Findings have the keys of their texts, and each text is stored once for all of them:
 * `line`: a line of a description, `tag`: KEY=VALUE, `tag-key`: KEY, `package`: with or without its version. `control` is none
 * of a finding: the name of a control that was reported.
 */
export interface SearchText {
  kind: 'line' | 'tag' | 'tag-key' | 'package' | 'control'
  text: string
}

/** What a record says, as far as it is searched. */
export interface Searchable {
  class: FindingClass
  description: string
  tags: Tags | null
  /** As the record names it, not its finding. */
  resourceId: string
  packageName: string
}

/** Stands for the name of the resource in a line. No source sends it: it is a control character. */
export const MASK = '\u001a'
const SEPARATOR = '\u001f'
const MAX_LINES = 40
const MAX_LENGTH = 4000
/** Shorter names may be part of other words. */
const MIN_NAME = 4

/** The texts of a record, without repetition. The SQL function `search_texts` gives the same. */
export function searchTextsOf({ class: kind, description, tags, resourceId, packageName }: Searchable): SearchText[] {
  const texts: SearchText[] = [...new Set(linesOf(description, resourceId))].map(text => ({ kind: 'line', text }))
  for (const [key, value] of Object.entries(tags ?? {})) {
    texts.push({ kind: 'tag-key', text: key }, { kind: 'tag', text: `${key}=${value}` })
  }
  if (kind === 'vulnerability' && packageName !== '') {
    const name = packageText(packageName)
    for (const text of new Set([name, name.split(' ', 1)[0] ?? name])) texts.push({ kind: 'package', text })
  }
  return texts
}

/** Lines that thousands of records share: without the name of the resource, which is searched by itself. */
function linesOf(description: string, resourceId: string): string[] {
  const masked = namesOf(resourceId).reduce((text, name) => text.replaceAll(name, MASK), description)
  const lines = masked.split(/\n+/).slice(0, MAX_LINES)
  return lines.map(line => firstOf(line.replace(/^[ \t\r]+|[ \t\r]+$/g, ''))).filter(line => line !== '')
}

/** The id of a resource, its name, and the last part of its name. */
function namesOf(resourceId: string): string[] {
  const name = resourceNameOf(resourceId)
  const last = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf(':')) + 1)
  return [resourceId, name, last].filter(each => [...each].length >= MIN_NAME)
}

function firstOf(line: string): string {
  return line.length > MAX_LENGTH ? [...line].slice(0, MAX_LENGTH).join('') : line
}

/** The name of a package as it is compared: in lower case, where it is ASCII. */
function packageText(name: string): string {
  return name.replace(/[A-Z]/g, letter => letter.toLowerCase())
}

export const packageOf = (name: string): SearchText => ({ kind: 'package', text: packageText(name) })

/** What a filter by tag looks for: the key of a tag, or its key and value, since a key may contain an equals sign. */
export function tagsOf(text: string): SearchText[] {
  const pair: SearchText[] = text.includes('=') ? [{ kind: 'tag', text }] : []
  return [{ kind: 'tag-key', text }, ...pair]
}

const MAX_CACHED = 50_000
const keys = new Map<string, string>()

/**
 * The key of a text: the first 52 bits of its SHA-256 in decimal, so that JSON keeps it. The SQL function `search_key` gives the
 * same.
 */
export function searchKey({ kind, text }: SearchText): string {
  const named = `${kind}${SEPARATOR}${text}`
  const known = keys.get(named)
  if (known !== undefined) return known
  const key = String(Number.parseInt(hash('sha256', named, 'hex').slice(0, 13), 16))
  if (keys.size >= MAX_CACHED) keys.clear()
  keys.set(named, key)
  return key
}

/** The keys of a record's texts. */
export function searchKeysOf(record: Searchable): string[] {
  return searchTextsOf(record).map(searchKey)
}

/** Those of several records, sorted, without repetition. */
export function unitedKeys(records: readonly { searchKeys: readonly string[] }[]): string[] {
  return [...new Set(records.flatMap(record => record.searchKeys))].sort()
}
