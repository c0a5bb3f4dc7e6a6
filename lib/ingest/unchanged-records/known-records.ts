import { feedKey, type RowKey } from '../../domain/identity/keys'
import { type Result, results } from '../../domain/imports/outcome'
import type { KnownRecordGroup } from '../../store/unchanged-records/known-records'
import { type Key, keyOfBytes } from '../contents/id-set'
import type { Place, Places } from '../contents/places'

/** What a stored sighting says that was read from a record of the same bytes, as far as a run has to know. */
export interface KnownRecord {
  feed: RowKey<'feed'>
  result: Result
  place: Place
  /** 32 hexadecimal digits each. */
  sightingId: string
  findingId: string
  contentHash: bigint
  sighting: Key
  finding: Key
}

const HASH = 8
const ID = 16
/** Hash of the record, sighting, finding, hash of the content. */
const ENTRY = HASH + ID + ID + HASH
const LOAD = 0.6
/** So many sightings are kept at hand; records of others are parsed. */
const MOST_BYTES = 96 * 1024 * 1024

type Group = Pick<KnownRecord, 'feed' | 'result' | 'place'> & { account: number; start: number }

/** Sightings that are stored of the feeds of a run, looked up by the bytes of the record that they were read from. */
export class KnownRecords {
  #entries = Buffer.alloc(0)
  #length = 0
  #slots = new Uint32Array(1024)
  /** Hashes of several sightings: they tell nothing. */
  readonly #ambiguous = new Set<bigint>()
  /** In the order of their entries. */
  readonly #groups: Group[] = []

  constructor(private readonly places: Places) {}

  add({ entries, result, control, region, ownRegion, ...scope }: KnownRecordGroup): void {
    const known = results.find(each => each === result)
    if (!known || entries.length % ENTRY !== 0 || this.#length + entries.length > MOST_BYTES) return
    const place = this.places.of(control, region, ownRegion)
    const account = Number(scope.accountId)
    this.#groups.push({ account, feed: feedKey(scope), result: known, place, start: this.#length })
    this.#makeRoom(this.#length + entries.length)
    entries.copy(this.#entries, this.#length)
    const from = this.#length
    this.#length += entries.length
    for (let at = from; at < this.#length; at += ENTRY)
      if (!this.#put(at)) this.#ambiguous.add(this.#entries.readBigInt64BE(at))
  }

  /** Null where no sighting is stored that was read from such a record, or more than one. */
  find(hash: bigint): KnownRecord | null {
    const at = this.#slots[this.#slotOf(hash)] ?? 0
    if (at === 0 || this.#ambiguous.has(hash)) return null
    const group = this.#groupAt(at - 1)
    if (!group) return null
    const { account, feed, result, place } = group
    const from = at - 1 + HASH
    const sightingId = this.#entries.toString('hex', from, from + ID)
    const findingId = this.#entries.toString('hex', from + ID, from + ID + ID)
    const sighting = keyOfBytes(account, this.#entries, from)
    const finding = keyOfBytes(account, this.#entries, from + ID)
    const contentHash = this.#entries.readBigInt64BE(from + ID + ID)
    return { feed, result, place, sightingId, findingId, contentHash, sighting, finding }
  }

  /** False where another entry has the same hash. */
  #put(at: number): boolean {
    const slot = this.#slotOf(this.#entries.readBigInt64BE(at))
    if (this.#slots[slot] !== 0) return false
    this.#slots[slot] = at + 1
    return true
  }

  #makeRoom(length: number): void {
    if (length > this.#entries.length) {
      const grown = Buffer.allocUnsafe(Math.max(length, this.#entries.length * 2))
      this.#entries.copy(grown, 0, 0, this.#length)
      this.#entries = grown
    }
    if (length / ENTRY <= this.#slots.length * LOAD) return
    let slots = this.#slots.length
    while (slots * LOAD < length / ENTRY) slots *= 2
    this.#slots = new Uint32Array(slots)
    for (let at = 0; at < this.#length; at += ENTRY) this.#put(at)
  }

  /** The slot of a hash, or the free one where it would stand. */
  #slotOf(hash: bigint): number {
    const mask = this.#slots.length - 1
    let slot = Number(BigInt.asUintN(32, hash)) & mask
    for (;;) {
      const at = this.#slots[slot] ?? 0
      if (at === 0 || this.#entries.readBigInt64BE(at - 1) === hash) return slot
      slot = (slot + 1) & mask
    }
  }

  #groupAt(at: number): Group | undefined {
    let [low, high] = [0, this.#groups.length - 1]
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if ((this.#groups[middle]?.start ?? 0) <= at) low = middle
      else high = middle - 1
    }
    return this.#groups[low]
  }
}
