import { isRecord } from '../values/text'

const DEPTH = 6

/** The same value with keys in camelCase, at every depth that a reader uses. Arrays keep their elements. */
export function camelCase(record: Record<string, unknown>): Record<string, unknown> {
  return lowered(record, DEPTH)
}

function lowered(record: Record<string, unknown>, depth: number): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).map(([key, value]) => [
      `${key.charAt(0).toLowerCase()}${key.slice(1)}`,
      loweredIn(value, depth - 1),
    ]),
  )
}

function loweredIn(value: unknown, depth: number): unknown {
  if (depth <= 0) return value
  if (Array.isArray(value)) return value.map(item => loweredIn(item, depth))
  return isRecord(value) ? lowered(value, depth) : value
}
