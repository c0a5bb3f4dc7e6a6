import { feedKey, type RowKey } from '../../domain/identity/keys'
import { type Result, results } from '../../domain/imports/outcome'
import type { KnownRecordGroup } from '../../store/unchanged-records/known-records'
import { STATEMENT } from '../../store/unchanged-records/unchanged-statements'
import type { Fact } from '../contents/fact'
import { keyOfBytes } from '../contents/id-set'
import type { Place, Places } from '../contents/places'

const HASH = 8
/** The hash of the record, then its statement, see STATEMENT. */
const ENTRY = HASH + STATEMENT.size
const LOAD = 0.6
/** The most memory for known records; records beyond it are parsed. */
const MOST_BYTES = 96 * 1024 * 1024

interface Group {
  feed: RowKey<'feed'>
  result: Result
  place: Place
  account: number
  start: number
}

/** The stored sightings of the feeds of a run, found by the hash of the record that they were read from. */
export class KnownRecords {
  #entries = Buffer.alloc(0)
  #length = 0
  #slots = new Uint32Array(1024)
  /** Hashes of more than one sighting: they find none. */
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

  /** The position of the sighting that was read from such a record; -1 if none or more than one is stored. */
  find(hash: bigint): number {
    const at = this.#slots[this.#slotOf(hash)] ?? 0
    return at === 0 || this.#ambiguous.has(hash) ? -1 : at - 1
  }

  factAt(position: number): Fact {
    const { account, feed, result, place } = this.#groupAt(position)
    const from = position + HASH
    return {
      feed,
      result,
      place,
      sighting: keyOfBytes(account, this.#entries, from + STATEMENT.sightingId),
      finding: keyOfBytes(account, this.#entries, from + STATEMENT.findingId),
    }
  }

  /** Copies the statement at a position, see STATEMENT. */
  copyStatement(position: number, target: Buffer, at: number): void {
    this.#entries.copy(target, at, position + HASH, position + ENTRY)
  }

  /** False if another entry has the same hash. */
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

  /** The slot of a hash, or the free slot for it. */
  #slotOf(hash: bigint): number {
    const mask = this.#slots.length - 1
    let slot = Number(BigInt.asUintN(32, hash)) & mask
    for (;;) {
      const at = this.#slots[slot] ?? 0
      if (at === 0 || this.#entries.readBigInt64BE(at - 1) === hash) return slot
      slot = (slot + 1) & mask
    }
  }

  #groupAt(position: number): Group {
    let [low, high] = [0, this.#groups.length - 1]
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if ((this.#groups[middle]?.start ?? 0) <= position) low = middle
      else high = middle - 1
    }
    const group = this.#groups[low]
    if (!group) throw new RangeError(`no known record at ${position}`)
    return group
  }
}
