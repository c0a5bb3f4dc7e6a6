import { completenessOf } from '../../domain/feeds/report-pairs'
import type { Result } from '../../domain/imports/outcome'
import type { IncomingOutcome } from '../../store/sightings/sightings'
import { STATEMENT } from '../../store/unchanged-records/unchanged-statements'
import { feedKey } from '../run/context'
import type { KnownRecords } from '../unchanged-records/known-records'

const FIRST_ROWS = 512
const FAILED = 1
const PASSED = 2
const PLAIN = 4

/** What a row says beside its bytes. */
interface Row {
  feed: string
  result: Result
  /** Milliseconds since 1970, NaN for none. */
  updatedAt: number
  /** Whether the document contains the same sighting further up. */
  again: boolean
}

/** Outcomes as columns and without their texts: enough to find those that are stored just so. Nothing here is an object by row. */
export class Statements {
  length = 0
  /** The feeds of all rows, see feedKey. */
  readonly feeds: string[] = []
  /** The bytes of each row, see STATEMENT. */
  entries = Buffer.alloc(0)
  updatedAt = new Float64Array(0)
  /** The number of each row's feed. */
  #feed = new Uint32Array(0)
  #flags = new Uint8Array(0)
  readonly #feedNumbers = new Map<string, number>()
  readonly #repeated: number[] = []

  feedOf(row: number): string {
    return this.feeds[this.#feed[row] ?? 0] ?? ''
  }

  accountOf = (row: number): string => this.feedOf(row).slice(0, 12)

  sightingIdOf(row: number): string {
    return this.#hex(row, STATEMENT.sightingId)
  }

  findingIdOf(row: number): string {
    return this.#hex(row, STATEMENT.findingId)
  }

  failed(row: number): boolean {
    return this.#has(row, FAILED)
  }

  passed(row: number): boolean {
    return this.#has(row, PASSED)
  }

  /** Whether nothing but what is stored of the outcome itself decides what it changes. */
  plain(row: number): boolean {
    return this.#has(row, PLAIN)
  }

  add(item: IncomingOutcome): void {
    const { outcome, sightingId, findingId, contentHash, again } = item
    const updatedAt = outcome.updatedAt?.getTime() ?? Number.NaN
    const at = this.#begin({ feed: feedKey(outcome), result: outcome.result, updatedAt, again }, isPlain(item))
    this.entries.write(sightingId, at + STATEMENT.sightingId, 'hex')
    this.entries.write(findingId, at + STATEMENT.findingId, 'hex')
    this.entries.writeBigInt64BE(contentHash, at + STATEMENT.contentHash)
  }

  addKnown(known: KnownRecords, position: number, row: Row): void {
    const at = this.#begin(row, !row.again)
    known.copyStatement(position, this.entries, at)
  }

  /** To be called when all are there: which of several records about one thing counts is decided by what they say. */
  close(): void {
    const repeated = new Set(this.#repeated.map(row => this.sightingIdOf(row)))
    if (repeated.size === 0) return
    for (let row = 0; row < this.length; row++)
      if (repeated.has(this.sightingIdOf(row))) this.#flags[row] = (this.#flags[row] ?? 0) & ~PLAIN
  }

  /** Where the bytes of a new row begin. */
  #begin({ feed, result, updatedAt, again }: Row, plain: boolean): number {
    const row = this.length++
    if (row >= this.#flags.length) this.#grow()
    let number = this.#feedNumbers.get(feed)
    if (number === undefined) {
      number = this.feeds.push(feed) - 1
      this.#feedNumbers.set(feed, number)
    }
    this.#feed[row] = number
    this.updatedAt[row] = updatedAt
    this.#flags[row] = (result === 'failed' ? FAILED : 0) | (result === 'passed' ? PASSED : 0) | (plain ? PLAIN : 0)
    if (again) this.#repeated.push(row)
    return row * STATEMENT.size
  }

  #grow(): void {
    const rows = Math.max(FIRST_ROWS, this.#flags.length * 2)
    const entries = Buffer.alloc(rows * STATEMENT.size)
    this.entries.copy(entries)
    this.entries = entries
    this.updatedAt = grown(this.updatedAt, new Float64Array(rows))
    this.#feed = grown(this.#feed, new Uint32Array(rows))
    this.#flags = grown(this.#flags, new Uint8Array(rows))
  }

  #hex(row: number, from: number): string {
    const start = row * STATEMENT.size + from
    return this.entries.toString('hex', start, start + 16)
  }

  #has(row: number, flag: number): boolean {
    return ((this.#flags[row] ?? 0) & flag) !== 0
  }
}

function grown<Column extends Float64Array | Uint32Array | Uint8Array>(from: Column, to: Column): Column {
  to.set(from)
  return to
}

/** Not so where a tool names no check, where reports are complete for a control alone, and where a record speaks of a whole control. */
function isPlain({ outcome, again, clockAhead }: IncomingOutcome): boolean {
  const { result, byRecord, summary } = outcome
  if (again || clockAhead || byRecord || summary || result === 'not_available') return false
  return completenessOf(outcome) !== 'control'
}
