import { clean, isRecord } from './text'
import { instantIn } from './time'

// Readers of details that are only shown: a value of another shape is left out, and never refuses its record.

/** The value at a path of keys; undefined where it leads nowhere. */
export function valueAt(value: unknown, ...path: string[]): unknown {
  let at = value
  for (const key of path) at = isRecord(at) ? at[key] : undefined
  return at
}

/** Text of at most `limit` units; null for a blank or another value. Numbers become text. */
export function looseText(value: unknown, limit = 300): string | null {
  const text = typeof value === 'number' ? String(value) : value
  return typeof text === 'string' && text.trim() !== '' ? clean(text.trim(), limit) : null
}

/** A whole number from 0, also written as text. */
export function looseCount(value: unknown): number | null {
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : null
}

/** A number that may be written as text. */
export function looseNumber(value: unknown): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : null
}

/** An instant in ISO 8601, in UTC. Epoch numbers are read as in other times of reports. */
export function looseInstant(value: unknown): string | null {
  const text = typeof value === 'number' ? String(value) : value
  const at = typeof text === 'string' ? instantIn(text) : null
  return at === null ? null : new Date(at).toISOString()
}

/** The elements of a list, or the value itself where a list has been reduced to one. At most `limit`. */
export function looseList(value: unknown, limit = 50): unknown[] {
  if (value === undefined || value === null) return []
  return (Array.isArray(value) ? value : [value]).slice(0, limit)
}

/** The texts of a list, each once. */
export function looseTexts(value: unknown, limit = 50): string[] {
  return [...new Set(looseList(value, limit).flatMap(each => looseText(each) ?? []))]
}
