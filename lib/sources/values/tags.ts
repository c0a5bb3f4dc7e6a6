import type { Tags } from '../../domain/identity/tags'
import { clean, isRecord } from './text'

/**
 * AWS allows 50 tags with keys of 128 and values of 256 characters:
 * https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
 */
const MOST = 50
const KEY = 128
const VALUE = 256

/**
 * The tags of a resource, however a report writes them: an object, a list of names with values, texts such as
 * `key=value`, or all of them in one text. Null if there are none.
 */
export function toTags(raw: unknown): Tags | null {
  // A map, because a tag may be called __proto__.
  const tags = new Map<string, string>()
  for (const [key, value] of pairsOf(raw).slice(0, MOST)) {
    const name = clean(key.trim(), KEY)
    if (name !== '') tags.set(name, clean(value, VALUE))
  }
  return tags.size > 0 ? sorted(tags) : null
}

function pairsOf(raw: unknown): [string, string][] {
  if (typeof raw === 'string') return raw.split(' | ').flatMap(fromText)
  if (Array.isArray(raw))
    return raw.slice(0, MOST).flatMap(item => (typeof item === 'string' ? fromText(item) : fromPair(item)))
  if (!isRecord(raw)) return []
  return Object.entries(raw).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' ? [[key, value]] : [],
  )
}

function fromText(text: string): [string, string][] {
  const [, key, value] = /^([^=:]+)[=:](.*)$/s.exec(text) ?? []
  return key === undefined || value === undefined ? [] : [[key, value]]
}

function fromPair(item: unknown): [string, string][] {
  if (!isRecord(item)) return []
  const key = item.name ?? item.key ?? item.Key
  const value = item.value ?? item.Value ?? ''
  return typeof key === 'string' && typeof value === 'string' ? [[key, value]] : []
}

function sorted(tags: ReadonlyMap<string, string>): Tags {
  return Object.fromEntries([...tags].sort(([a], [b]) => (a < b ? -1 : 1)))
}
