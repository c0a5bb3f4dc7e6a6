/** Numbers in [0, 1) that depend only on the key, on every machine and in any order of calls. */
export type Random = () => number

/** FNV-1a seeds mulberry32: small, well mixed, and independent of the version of Node.js. */
export function random(...key: (string | number)[]): Random {
  let state = 0x811c9dc5
  for (const char of key.join('/')) state = Math.imul(state ^ (char.codePointAt(0) ?? 0), 0x01000193)
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  // The first values of neighbouring seeds are similar.
  next()
  next()
  return next
}

export function between(next: Random, low: number, high: number): number {
  return low + (high - low) * next()
}

export function pick<T>(next: Random, list: readonly T[]): T {
  const found = list[Math.floor(next() * list.length)]
  if (found === undefined) throw new Error('nothing to pick from')
  return found
}

/** Hexadecimal digits for ids. */
export function hex(length: number, ...key: (string | number)[]): string {
  const next = random('hex', ...key)
  return Array.from({ length }, () => Math.floor(next() * 16).toString(16)).join('')
}

/** An id in the form of a UUID of version 4. */
export function uuid(...key: (string | number)[]): string {
  const digits = hex(32, 'uuid', ...key)
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-8${digits.slice(17, 20)}-${digits.slice(20)}`
}
