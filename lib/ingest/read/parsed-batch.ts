import { completenessOf } from '../../domain/feeds/report-pairs'
import { accountOf, feedKey, type RowKey, sightingKey } from '../../domain/identity/keys'
import type { Result } from '../../domain/imports/outcome'
import type { Reject } from '../../domain/imports/reject'
import type { IncomingOutcome } from '../../store/sightings/sightings'
import type { KnownRecord } from '../unchanged-records/known-records'

/** A batch ends at so many outcomes and rejects, or at so many records. */
export const BATCH = 4000
const MAX_RECORDS = 5000

/**
 * The outcomes of a batch as columns and without their texts: enough to find those that the database has just so. `feeds` are the feeds
 * of the batch, and `feed` is the number of each outcome's among them.
 */
export interface Statements {
  feeds: RowKey<'feed'>[]
  feed: Uint32Array
  sightingIds: string[]
  findingIds: string[]
  contentHashes: bigint[]
  /** Milliseconds since 1970, NaN for none. */
  updatedAt: number[]
  failed: boolean[]
  passed: boolean[]
  /** Whether nothing but what is stored of the outcome itself decides what it changes. */
  plain: boolean[]
}

/** What one transaction writes of a document: records in order, as far as they are not committed already. */
export interface ParsedBatch {
  /** The number of the record behind the last one. */
  checkpoint: number
  /** Bytes of the document that were read by then. */
  bytesRead: number
  records: number
  rejects: readonly ({ index: number } & Reject)[]
  statements: Statements
  /** Those outcomes that were parsed: all that are not known from an earlier report. */
  parsed(): readonly IncomingOutcome[]
  /** The outcomes with these numbers, in order. */
  outcomes(numbers: readonly number[]): IncomingOutcome[]
  /** Says that no outcome of it will be asked for any more, so that its memory is free. */
  release(): void
}

/** What a statement is by its columns, and how to get the outcome. */
interface Entry {
  feed: RowKey<'feed'>
  sightingId: string
  findingId: string
  contentHash: bigint
  updatedAt: number
  result: Result
  plain: boolean
  outcome: () => IncomingOutcome
}

/** Collects records until they fill a batch, which depends on the document alone. */
export class BatchBuilder {
  records = 0
  bytesRead = 0
  readonly rejects: ({ index: number } & Reject)[] = []
  readonly #entries: Entry[] = []
  readonly #parsed: IncomingOutcome[] = []

  constructor(public checkpoint: number) {}

  get full(): boolean {
    return this.records >= MAX_RECORDS || this.#entries.length + this.rejects.length >= BATCH
  }

  begin(index: number): void {
    this.records++
    this.checkpoint = index + 1
  }

  reject(reject: { index: number } & Reject): void {
    this.rejects.push(reject)
  }

  add(item: IncomingOutcome): void {
    const { outcome, sightingId, findingId, contentHash } = item
    this.#parsed.push(item)
    this.#entries.push({
      feed: feedKey(outcome),
      sightingId,
      findingId,
      contentHash,
      updatedAt: outcome.updatedAt?.getTime() ?? Number.NaN,
      result: outcome.result,
      plain: isPlain(item),
      outcome: () => item,
    })
  }

  /** Adds a record that was not parsed; `parse` does so where more has to be known of it. */
  addKnown(known: KnownRecord, updatedAt: number, parse: () => IncomingOutcome): void {
    const { feed, sightingId, findingId, contentHash, result } = known
    let parsed: IncomingOutcome | null = null
    const outcome = () => {
      parsed ??= parse()
      return parsed
    }
    this.#entries.push({ feed, sightingId, findingId, contentHash, updatedAt, result, plain: true, outcome })
  }

  build(): ParsedBatch {
    let [entries, parsed] = [this.#entries, this.#parsed]
    return {
      checkpoint: this.checkpoint,
      bytesRead: this.bytesRead,
      records: this.records,
      rejects: this.rejects,
      statements: toStatements(entries),
      parsed: () => parsed,
      outcomes: numbers => numbers.flatMap(number => entries[number]?.outcome() ?? []),
      release: () => {
        entries = []
        parsed = []
      },
    }
  }
}

/** The accounts of the outcomes, sorted. */
export function accountsOf({ feeds }: Statements): string[] {
  return [...new Set(feeds.map(accountOf))].sort()
}

/** The keys of the outcomes' sightings. */
export function sightingKeys({ feeds, feed, sightingIds }: Statements): Set<RowKey<'sighting'>> {
  const accounts = feeds.map(accountOf)
  return new Set(sightingIds.map((id, n) => sightingKey(accounts[feed[n] ?? 0] ?? '', id)))
}

function toStatements(entries: readonly Entry[]): Statements {
  const { length } = entries
  const feeds = new Map<RowKey<'feed'>, number>()
  const first = new Map<string, number>()
  const columns: Statements = {
    feeds: [],
    feed: new Uint32Array(length),
    sightingIds: entries.map(entry => entry.sightingId),
    findingIds: entries.map(entry => entry.findingId),
    contentHashes: entries.map(entry => entry.contentHash),
    updatedAt: entries.map(entry => entry.updatedAt),
    failed: entries.map(entry => entry.result === 'failed'),
    passed: entries.map(entry => entry.result === 'passed'),
    plain: entries.map(entry => entry.plain),
  }
  for (const [n, { feed: name, sightingId }] of entries.entries()) {
    const feed = feeds.get(name) ?? feeds.size
    if (feed === feeds.size) feeds.set(name, feed)
    columns.feed[n] = feed
    // Which of several records about one thing counts is decided by what they say.
    const twin = first.get(sightingId)
    if (twin === undefined) first.set(sightingId, n)
    else columns.plain[n] = columns.plain[twin] = false
  }
  columns.feeds = [...feeds.keys()]
  return columns
}

/** Not so where a tool names no check, where reports are complete for a control alone, and where a record speaks of a whole control. */
function isPlain({ outcome, again, clockAhead }: IncomingOutcome): boolean {
  const { result, byRecord, summary } = outcome
  if (again || clockAhead || byRecord || summary || result === 'not_available') return false
  return completenessOf(outcome) !== 'control'
}
