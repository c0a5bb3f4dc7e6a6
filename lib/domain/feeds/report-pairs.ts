import type { SourceId } from '../imports/outcome'
import { feedDefinition, isRegionalProduct } from './feed-definitions'

/**
 * What a complete report proves. No scanner states what it looked at; only its records show it. A pair is a check in a
 * Region, as a 32-bit hash. A report looked at a pair if it has a record of it, passed or failed.
 */

/** The share of the reference's pairs that a report has to cover to prove anything about checks without a record. */
const WIDE = 0.9

/** FNV-1a over UTF-16 code units: stable, and stored. http://www.isthe.com/chongo/tech/comp/fnv/ */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash | 0
}

/** The pair of a check, as its source names it, and the Region of the problem. */
export function pairHash(control: string, region: string): number {
  return hashOf(`${control}\u0000${region}`)
}

export function serviceHash(service: string): number {
  return hashOf(`service\u0000${service}`)
}

export function regionHash(region: string): number {
  return hashOf(`region\u0000${region}`)
}

/**
 * The service that a check's name starts with: `s3_bucket_public` of Prowler, `S3.2` of Security Hub. Any other name is
 * a service of its own, so that no other check proves anything about it.
 */
export function serviceOf(control: string): string {
  return (/^([a-z0-9]+)_/i.exec(control)?.[1] ?? /^([a-z0-9]+)\.\d/i.exec(control)?.[1] ?? control).toLowerCase()
}

/** Hashes as sorted 32-bit integers, so that equal sets are equal bytes. */
export function toBytes(hashes: ReadonlySet<number>): Buffer {
  const bytes = Buffer.allocUnsafe(hashes.size * 4)
  let at = 0
  for (const hash of Int32Array.from(hashes).sort()) at = bytes.writeInt32LE(hash, at)
  return bytes
}

/** Bytes of an entry of toTimedBytes: the hash, and seconds since 1970. */
const ENTRY = 8
const REMEMBERED_SECONDS = 400 * 86_400

/** Hashes with times in seconds, sorted by hash, without those that are 400 days older than the newest. */
export function toTimedBytes(times: ReadonlyMap<number, number>): Buffer {
  const newest = [...times.values()].reduce((a, b) => Math.max(a, b), 0)
  const entries = [...times].filter(([, time]) => time > newest - REMEMBERED_SECONDS).sort(([a], [b]) => a - b)
  const bytes = Buffer.allocUnsafe(entries.length * ENTRY)
  let at = 0
  for (const [hash, time] of entries) at = bytes.writeUInt32LE(time, bytes.writeInt32LE(hash, at))
  return bytes
}

/** Reads bytes of toTimedBytes. */
export function fromTimedBytes(bytes: Buffer): Map<number, number> {
  const times = new Map<number, number>()
  for (let at = 0; at < bytes.length; at += ENTRY) times.set(bytes.readInt32LE(at), bytes.readUInt32LE(at + 4))
  return times
}

/** The time of a hash in bytes of toTimedBytes, in seconds; null if they do not contain it. */
export function timeOf(bytes: Buffer, hash: number): number | null {
  let [low, high] = [0, bytes.length / ENTRY - 1]
  while (low <= high) {
    const middle = (low + high) >> 1
    const found = bytes.readInt32LE(middle * ENTRY)
    if (found === hash) return bytes.readUInt32LE(middle * ENTRY + 4)
    if (found < hash) low = middle + 1
    else high = middle - 1
  }
  return null
}

/**
 * Whether a report covers nine tenths of the reference (see toBytes). Without a reference it is not known what there is
 * to look at.
 */
export function isWide(pairs: ReadonlySet<number>, reference: Buffer | null): boolean {
  if (!reference) return false
  let covered = 0
  for (let at = 0; at < reference.length; at += 4) if (pairs.has(reference.readInt32LE(at))) covered++
  return covered * 4 >= WIDE * reference.length
}

/** What a complete report of a feed is complete for. */
export type Completeness =
  /** It contains everything by construction. */
  | 'whole'
  /** It is complete for the controls in it. */
  | 'control'
  /** The feed reports only problems, Region by Region. */
  | 'region'
  /** It proves only what its records show. */
  | 'pairs'

export function completenessOf({ source, product }: { source: SourceId; product: string }): Completeness {
  const feed = feedDefinition(source)
  switch (feed?.reports) {
    case 'whole':
    case 'control':
    case 'region':
      return feed.reports
    case 'control-in-region':
      return 'control'
    default:
      return feed?.products !== 'own' && isRegionalProduct(product) ? 'region' : 'pairs'
  }
}

/** Whether complete reports of a source are about a control in one Region, which their records may leave out. */
export function answersInRegion(source: SourceId): boolean {
  return feedDefinition(source)?.reports === 'control-in-region'
}

/**
 * The part of a feed for which complete reports are stored; null for the whole feed. `ownRegion` is the record's
 * Region.
 */
export function completenessKey(
  feed: { source: SourceId; product: string },
  { control, ownRegion }: { control: string; ownRegion: string },
): string | null {
  switch (completenessOf(feed)) {
    case 'control':
      return answersInRegion(feed.source) ? `${control}@${ownRegion}` : control
    case 'region':
      return `region:${ownRegion}`
    default:
      return null
  }
}
