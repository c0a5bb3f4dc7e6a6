/** The parts of a version: numbers, words, and the tilde that sorts before everything, also before the end. */
const PART = /\d+|[a-z]+|~/gi

/**
 * Orders versions of one package like dpkg and rpm do: number by number and word by word, an epoch (`1:`) first.
 * https://www.debian.org/doc/debian-policy/ch-controlfields.html#version
 */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)]
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const order = compareParts(left[at], right[at])
    if (order !== 0) return order
  }
  return 0
}

function partsOf(version: string): string[] {
  const epoch = /^\d+:/.test(version) ? version : `0:${version}`
  return epoch.match(PART) ?? []
}

/** A version that ends comes first, except before a tilde; words come before numbers. */
function compareParts(a: string | undefined, b: string | undefined): number {
  const order = rank(a) - rank(b)
  if (order !== 0 || a === undefined || b === undefined) return order
  if (/^\d/.test(a)) {
    const [left, right] = [BigInt(a), BigInt(b)]
    return left < right ? -1 : left > right ? 1 : 0
  }
  return a.toLowerCase() < b.toLowerCase() ? -1 : a.toLowerCase() > b.toLowerCase() ? 1 : 0
}

function rank(part: string | undefined): number {
  if (part === undefined) return 1
  if (part === '~') return 0
  return /^\d/.test(part) ? 3 : 2
}

export function highestVersion(versions: readonly string[]): string | null {
  return versions.toSorted(compareVersions).at(-1) ?? null
}
