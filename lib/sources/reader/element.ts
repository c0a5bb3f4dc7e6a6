import { isAscii, isUtf8 } from 'node:buffer'
import type { Reject } from '../../domain/imports/reject'
import { accountKeys } from '../values/fields'
import { isRecord, shown } from '../values/text'
import { isSpace, MAX_DEPTH } from './json-scanner'

/** A longer record is refused without being read. The longest that AWS sends, a finding of Security Hub, has 240 KB. */
export const MAX_ELEMENT_BYTES = 8 * 1024 * 1024

export type Element = { value: unknown } | { reject: Reject }

/** One complete JSON object or array. `deepest` and `colons` are counted by the scanner. */
export function readElement(bytes: Buffer, deepest: number, colons: number, position: number): Element {
  if (bytes.length > MAX_ELEMENT_BYTES)
    return { reject: { code: 'too_large', params: { megabytes: MAX_ELEMENT_BYTES / 1024 / 1024 } } }
  if (deepest > MAX_DEPTH) return { reject: { code: 'too_deep', params: { limit: MAX_DEPTH } } }
  const text = decode(bytes)
  if (text === null) return { reject: { code: 'wrong_encoding', params: { position } } }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { reject: { code: 'not_json', params: { position } } }
  }
  // JSON.parse silently keeps the last of two equal keys, so that a record could show one value and mean another.
  if (countKeys(value) !== colons) {
    return { reject: { code: 'duplicate_key', params: { key: shown(repeatedKey(text)) } } }
  }
  return { value }
}

/** A JSON value that is neither an object nor an array. `bytes` may be anything up to the next comma or line end. */
export function readScalar(bytes: Buffer, position: number): Reject {
  if (bytes.length > MAX_ELEMENT_BYTES)
    return { code: 'too_large', params: { megabytes: MAX_ELEMENT_BYTES / 1024 / 1024 } }
  const text = decode(bytes)
  if (text === null) return { code: 'wrong_encoding', params: { position } }
  try {
    const value: unknown = JSON.parse(text)
    return { code: 'not_an_object', params: { type: value === null ? 'null' : typeof value } }
  } catch {
    return { code: 'not_json', params: { position } }
  }
}

const NAMED_ACCOUNT = /"(\w+)"\s*:\s*"(\d{12})"/g

/** The account of a refused record, for the list of rejects; null if it names none. */
export function accountNamedIn(bytes: Buffer): string | null {
  const text = bytes.toString('latin1', 0, 65_536)
  for (const [, key, account] of text.matchAll(NAMED_ACCOUNT))
    if (key && account && accountKeys.includes(key)) return account
  return null
}

/** Text of the bytes, or null if they are not UTF-8. */
function decode(bytes: Buffer): string | null {
  if (isAscii(bytes)) return bytes.toString('latin1')
  return isUtf8(bytes) ? bytes.toString('utf8') : null
}

/** The number of keys in all objects of a value. The scanner limits its depth. */
function countKeys(value: unknown): number {
  let count = 0
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === 'object' && item !== null) count += countKeys(item)
  } else if (isRecord(value)) {
    for (const key in value) {
      count++
      const item = value[key]
      if (typeof item === 'object' && item !== null) count += countKeys(item)
    }
  }
  return count
}

/**
 * The first key that occurs twice in one object of a valid JSON text. No regular expression: one would recurse on
 * escapes.
 */
function repeatedKey(text: string): string {
  const open: Set<string>[] = []
  for (let i = 0; i < text.length; i++) {
    const character = text[i]
    if (character === '{') open.push(new Set())
    else if (character === '}') open.pop()
    else if (character === '"') {
      const start = i
      i = endOfString(text, start)
      if (!isKey(text, i + 1)) continue
      const key: unknown = JSON.parse(text.slice(start, i + 1))
      const keys = open.at(-1)
      if (typeof key !== 'string' || keys === undefined) continue
      if (keys.has(key)) return key
      keys.add(key)
    }
  }
  return ''
}

/** Position of the quote that closes the string opened at `start`. */
function endOfString(text: string, start: number): number {
  let i = start + 1
  while (i < text.length && text[i] !== '"') i += text[i] === '\\' ? 2 : 1
  return i
}

function isKey(text: string, from: number): boolean {
  let i = from
  while (isSpace(text.charCodeAt(i))) i++
  return text[i] === ':'
}
