import { completenessOf } from '../../domain/feeds/report-pairs'
import { accountOf, feedKey, type RowKey } from '../../domain/identity/keys'
import type { Result } from '../../domain/imports/outcome'
import type { IncomingOutcome } from '../../store/sightings/sightings'
import { STATEMENT } from '../../store/unchanged-records/unchanged-statements'
import type { KnownRecords } from '../unchanged-records/known-records'

const FIRST_ROWS = 512
/** Reports a problem as of now. */
const FAILED = 1
const PASSED = 2
const PLAIN = 4

/** The columns of a row that are not in its bytes. */
interface Row {
  feed: RowKey<'feed'>
  result: Result
  /** Milliseconds since 1970, NaN for none. */
  updatedAt: number
  /** Whether an earlier record of the document is of the same sighting. */
  again: boolean
  /** See Outcome. */
  echo?: boolean
}

/** Outcomes as columns without their texts: enough to find those that are stored unchanged. Rows are numbers and bytes, not objects. */
export class Statements {
  length = 0
  /** The feeds of all rows. */
  readonly feeds: RowKey<'feed'>[] = []
  /** The bytes of each row, see STATEMENT. */
  entries = Buffer.alloc(0)
  updatedAt = new Float64Array(0)
  /** The number of each row's feed. */
  #feed = new Uint32Array(0)
  #flags = new Uint8Array(0)
  readonly #feedNumbers = new Map<RowKey<'feed'>, number>()
  readonly #repeated: number[] = []

  feedAt(row: number): RowKey<'feed'> {
    const feed = this.feeds[this.#feed[row] ?? 0]
    if (feed === undefined) throw new RangeError(`no statement ${row}`)
    return feed
  }

  accountAt = (row: number): string => accountOf(this.feedAt(row))

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

  /** Whether only the stored sighting of the outcome decides what it changes. */
  plain(row: number): boolean {
    return this.#has(row, PLAIN)
  }

  add(item: IncomingOutcome): void {
    const { outcome, sightingId, findingId, contentHash, again } = item
    const updatedAt = outcome.updatedAt?.getTime() ?? Number.NaN
    const { result, echo = false } = outcome
    const at = this.#begin({ feed: feedKey(outcome), result, updatedAt, again, echo }, isPlain(item))
    this.entries.write(sightingId, at + STATEMENT.sightingId, 'hex')
    this.entries.write(findingId, at + STATEMENT.findingId, 'hex')
    this.entries.writeBigInt64BE(contentHash, at + STATEMENT.contentHash)
  }

  addKnown(known: KnownRecords, position: number, row: Row): void {
    const at = this.#begin(row, !row.again)
    known.copyStatement(position, this.entries, at)
  }

  /** To be called after the last row. Several records of one sighting are not plain: their contents decide which one counts. */
  close(): void {
    const repeated = new Set(this.#repeated.map(row => this.sightingIdOf(row)))
    if (repeated.size === 0) return
    for (let row = 0; row < this.length; row++)
      if (repeated.has(this.sightingIdOf(row))) this.#flags[row] = (this.#flags[row] ?? 0) & ~PLAIN
  }

  /** The offset of the bytes of a new row. */
  #begin({ feed, result, updatedAt, again, echo }: Row, plain: boolean): number {
    const row = this.length++
    if (row >= this.#flags.length) this.#grow()
    let number = this.#feedNumbers.get(feed)
    if (number === undefined) {
      number = this.feeds.push(feed) - 1
      this.#feedNumbers.set(feed, number)
    }
    this.#feed[row] = number
    this.updatedAt[row] = updatedAt
    this.#flags[row] =
      (result === 'failed' && !echo ? FAILED : 0) | (result === 'passed' ? PASSED : 0) | (plain ? PLAIN : 0)
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

/** Not if the tool names no check, if reports are complete for single controls, or if the record is about a whole control. */
function isPlain({ outcome, again, clockAhead }: IncomingOutcome): boolean {
  const { result, byRecord, summary } = outcome
  if (again || clockAhead || byRecord || summary || result === 'not_available') return false
  return completenessOf(outcome) !== 'control'
}
