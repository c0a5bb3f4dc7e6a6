import { type Result, results } from '../../domain/imports/outcome'
import type { KnownPiece } from '../../store/sightings/known-records'
import type { Place, Places } from '../close/places'
import { IdSet, type Key } from './id-set'

/** What an outcome says, without its text: all that a run needs to know of one that is as it was. */
export interface Fact {
  /** See feedKey. */
  feed: string
  result: Result
  updatedAt: Date | null
  sighting: Key
  finding: Key
  place: Place
}

interface Feed {
  name: string
  current: boolean
}

const DIGEST = 16
const HEAD = DIGEST + 1
const OUTCOME = 4 + 4 + 1 + 8 + 8 + 8
const MAX_OUTCOMES = 255
const LOAD = 0.6

/** Entries of the records of one batch, on their way into the database. `digest` is 32 hexadecimal digits or more. */
export class KnownWriter {
  /** Feeds and places, each by its number among them. */
  #names = new Map<string, number>()
  #entries: Buffer[] = []
  #twins: Buffer[] = []

  add(digest: string, outcomes: readonly Fact[]): void {
    if (outcomes.length === 0 || outcomes.length > MAX_OUTCOMES) return
    const entry = Buffer.allocUnsafe(HEAD + outcomes.length * OUTCOME)
    entry.write(digest.slice(0, DIGEST * 2), 'hex')
    entry[DIGEST] = outcomes.length
    let at = HEAD
    for (const { feed, result, updatedAt, sighting, finding, place } of outcomes) {
      at = entry.writeUInt32LE(this.#number(feed), at)
      at = entry.writeUInt32LE(this.#number(placeName(place)), at)
      at = entry.writeUInt8(results.indexOf(result), at)
      at = entry.writeDoubleLE(updatedAt?.getTime() ?? Number.NaN, at)
      for (const half of [...sighting, ...finding]) at = entry.writeUInt32LE(half, at)
    }
    this.#entries.push(entry)
  }

  /** Notes a sighting that the document speaks of more than once. */
  addTwin([high, low]: Key): void {
    const twin = Buffer.allocUnsafe(8)
    twin.writeUInt32LE(low, twin.writeUInt32LE(high, 0))
    this.#twins.push(twin)
  }

  /** Everything added so far; null where that is nothing. */
  piece(): KnownPiece | null {
    if (this.#entries.length === 0 && this.#twins.length === 0) return null
    const feeds = [...this.#names.keys()]
    return { feeds, entries: Buffer.concat(this.#entries), twins: Buffer.concat(this.#twins) }
  }

  #number(name: string): number {
    const known = this.#names.get(name)
    if (known !== undefined) return known
    this.#names.set(name, this.#names.size)
    return this.#names.size - 1
  }
}

/** Begins with a tab, which no feed's name does. */
function placeName({ control, region, ownRegion }: Place): string {
  return `\t${region}\t${ownRegion}\t${control}`
}

function placeNamed(name: string, places: Places): Place {
  const [, region = '', ownRegion = '', ...control] = name.split('\t')
  return places.of(control.join('\t'), region, ownRegion)
}

/**
 * What one earlier run left, looked up by digest. A record is known only where nothing has written to its feeds since, and
 * where its document spoke once of each of its sightings: then the database still says just what the record says.
 */
export class KnownRecords {
  readonly #entries: Buffer
  #length = 0
  /** By name: pieces name the same ones over and over. */
  readonly #feeds = new Map<string, Feed>()
  /** For each piece, where its entries begin, and the feeds and places that they number. */
  readonly #pieces: { start: number; names: readonly (Feed | Place)[] }[] = []
  readonly #twins = new IdSet()
  readonly #slots: Uint32Array

  private constructor(
    readonly importId: number,
    bytes: number,
    private readonly places: Places,
  ) {
    this.#entries = Buffer.allocUnsafe(bytes)
    let slots = 1024
    while (slots * LOAD < bytes / (HEAD + OUTCOME)) slots *= 2
    this.#slots = new Uint32Array(slots)
  }

  /** `bytes` is how long the entries of all pieces are. Where they turn out otherwise, none of them counts. */
  static async read(
    importId: number,
    bytes: number,
    pieces: AsyncIterable<KnownPiece>,
    places: Places,
  ): Promise<KnownRecords> {
    const known = new KnownRecords(importId, bytes, places)
    for await (const piece of pieces) if (known.#length + piece.entries.length <= bytes) known.#add(piece)
    return known
  }

  #add({ feeds, entries, twins }: KnownPiece): void {
    const names = feeds.map(name => (name.startsWith('\t') ? placeNamed(name, this.places) : this.#feed(name)))
    this.#pieces.push({ start: this.#length, names })
    for (let at = 0; at < twins.length; at += 8) this.#twins.add(twins.readUInt32LE(at), twins.readUInt32LE(at + 4))
    const start = this.#length
    this.#length += entries.copy(this.#entries, start)
    for (let at = start; at < this.#length; at = this.#end(at)) {
      const slot = this.#slotOf(this.#entries, at)
      if (this.#slots[slot] === 0) this.#slots[slot] = at + 1
    }
  }

  /** Says of which feeds the records may be taken as read; at first they are of none. */
  keep(current: ReadonlySet<string>): void {
    const whole = this.#length === this.#entries.length
    for (const feed of this.#feeds.values()) feed.current = whole && current.has(feed.name)
  }

  /** The number of the record with this digest, null where it is not known. */
  find(digest: string): number | null {
    const wanted = Buffer.from(digest.slice(0, DIGEST * 2), 'hex')
    const at = this.#slots[this.#slotOf(wanted, 0)] ?? 0
    return at === 0 ? null : at - 1
  }

  /** Feeds to which nothing but that run has written since. */
  currentFeeds(): string[] {
    return [...this.#feeds.values()].filter(feed => feed.current).map(feed => feed.name)
  }

  /** What a known record says; null where it may no longer be taken as read. */
  facts(at: number): Fact[] | null {
    const names = this.#namesAt(at)
    const entries = this.#entries
    const facts: Fact[] = []
    const end = this.#end(at)
    for (let from = at + HEAD; from < end; from += OUTCOME) {
      const feed = names[entries.readUInt32LE(from)]
      const place = names[entries.readUInt32LE(from + 4)]
      const result = results[entries.readUInt8(from + 8)]
      const sighting = [entries.readUInt32LE(from + 17), entries.readUInt32LE(from + 21)] as const
      if (!feed || !('current' in feed) || !feed.current || !result || this.#twins.has(...sighting)) return null
      if (!place || 'current' in place) return null
      const finding = [entries.readUInt32LE(from + 25), entries.readUInt32LE(from + 29)] as const
      const time = entries.readDoubleLE(from + 9)
      const updatedAt = Number.isNaN(time) ? null : new Date(time)
      facts.push({ feed: feed.name, result, updatedAt, sighting, finding, place })
    }
    return facts
  }

  #feed(name: string): Feed {
    const known = this.#feeds.get(name)
    if (known) return known
    const feed = { name, current: false }
    this.#feeds.set(name, feed)
    return feed
  }

  #end(at: number): number {
    return at + HEAD + (this.#entries[at + DIGEST] ?? 0) * OUTCOME
  }

  /** Pieces lie behind each other: the last one that begins at or before an entry holds it. */
  #namesAt(at: number): readonly (Feed | Place)[] {
    let low = 0
    let high = this.#pieces.length - 1
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if ((this.#pieces[middle]?.start ?? 0) <= at) low = middle
      else high = middle - 1
    }
    return this.#pieces[low]?.names ?? []
  }

  /** The slot that holds the digest at `from` of `bytes`, or the free one where it would stand. */
  #slotOf(bytes: Buffer, from: number): number {
    const mask = this.#slots.length - 1
    let slot = bytes.readUInt32LE(from) & mask
    for (;;) {
      const at = this.#slots[slot] ?? 0
      if (at === 0 || this.#entries.compare(bytes, from, from + DIGEST, at - 1, at - 1 + DIGEST) === 0) return slot
      slot = (slot + 1) & mask
    }
  }
}
