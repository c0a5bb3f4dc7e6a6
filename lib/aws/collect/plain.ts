import 'server-only'

/**
 * An answer of AWS as JSON that is the same whenever the same is answered: keys in the order of the alphabet, times as text, nothing
 * that is undefined. Bytes, such as the text that a rule of AWS WAF looks for, become text.
 */
function plain(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Uint8Array) return textOf(value)
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return plainObject(value)
}

/** The same for the members of an object. */
export function plainObject(value: object): Record<string, unknown> {
  const entries = Object.entries(value).filter(([, one]) => one !== undefined)
  entries.sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, one]) => [key, plain(one)]))
}

/** Bytes that are no text, or have a NUL that no text is stored with, are written in base64. */
function textOf(bytes: Uint8Array): string {
  try {
    if (!bytes.includes(0)) return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    // No text.
  }
  return `base64:${Buffer.from(bytes).toString('base64')}`
}

type Tag = { Key?: string | undefined; Value?: string | undefined }

/** Tags by their keys. */
export function tagsOf(tags: readonly Tag[] | undefined): Record<string, string> {
  return Object.fromEntries((tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]))
}

/** The items in the order of a key, since AWS answers lists in any order. */
export function ordered<T>(items: readonly T[] | undefined, by: (item: T) => string | number): T[] {
  return (items ?? []).toSorted((a, b) => (by(a) < by(b) ? -1 : by(a) > by(b) ? 1 : 0))
}
