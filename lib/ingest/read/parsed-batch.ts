import { completenessOf } from '../../domain/feeds/report-pairs'
import type { Reject } from '../../domain/imports/reject'
import type { IncomingOutcome } from '../../store/sightings/sightings'
import { feedKey } from '../run/context'

/** A batch ends at so many outcomes and rejects, or at so many records. */
export const BATCH = 4000
const MAX_RECORDS = 5000

/**
 * The outcomes of a batch as columns and without their texts: enough to find those that the database has just so. `feeds` are the feeds
 * of the batch, see feedKey, and `feed` is the number of each outcome's among them.
 */
export interface Statements {
  feeds: string[]
  feed: Uint32Array
  sightingIds: string[]
  findingIds: string[]
  contentHashes: BigInt64Array
  /** Milliseconds since 1970, NaN for none. */
  updatedAt: Float64Array
  failed: Uint8Array
  passed: Uint8Array
  /** 1 where nothing but what is stored of the outcome itself decides what it changes. */
  plain: Uint8Array
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
  /** The outcomes with these numbers, in order. */
  outcomes(numbers: readonly number[]): Promise<IncomingOutcome[]>
  /** Says that no outcome of it will be asked for any more. */
  release(): void
}

/** Collects records until they fill a batch, which depends on the document alone. */
export class BatchBuilder {
  records = 0
  bytesRead = 0
  readonly rejects: ({ index: number } & Reject)[] = []
  readonly #items: IncomingOutcome[] = []

  constructor(public checkpoint: number) {}

  get full(): boolean {
    return this.records >= MAX_RECORDS || this.#items.length + this.rejects.length >= BATCH
  }

  begin(index: number): void {
    this.records++
    this.checkpoint = index + 1
  }

  reject(reject: { index: number } & Reject): void {
    this.rejects.push(reject)
  }

  add(item: IncomingOutcome): void {
    this.#items.push(item)
  }

  build(): ParsedBatch {
    const items = this.#items
    return {
      checkpoint: this.checkpoint,
      bytesRead: this.bytesRead,
      records: this.records,
      rejects: this.rejects,
      statements: toStatements(items),
      outcomes: async numbers => numbers.flatMap(number => items[number] ?? []),
      release: () => undefined,
    }
  }
}

/** The accounts of the outcomes, sorted. */
export function accountsOf({ feeds }: Statements): string[] {
  return [...new Set(feeds.map(feed => feed.slice(0, 12)))].sort()
}

/** The keys of the outcomes' sightings, `account/sighting`. */
export function sightingKeys({ feeds, feed, sightingIds }: Statements): Set<string> {
  return new Set(sightingIds.map((id, n) => `${(feeds[feed[n] ?? 0] ?? '').slice(0, 12)}/${id}`))
}

function toStatements(items: readonly IncomingOutcome[]): Statements {
  const { length } = items
  const feeds = new Map<string, number>()
  const first = new Map<string, number>()
  const columns: Statements = {
    feeds: [],
    feed: new Uint32Array(length),
    sightingIds: items.map(item => item.sightingId),
    findingIds: items.map(item => item.findingId),
    contentHashes: new BigInt64Array(length),
    updatedAt: new Float64Array(length),
    failed: new Uint8Array(length),
    passed: new Uint8Array(length),
    plain: new Uint8Array(length),
  }
  for (const [n, item] of items.entries()) {
    const { outcome, sightingId, contentHash } = item
    const name = feedKey(outcome)
    const feed = feeds.get(name) ?? feeds.size
    if (feed === feeds.size) feeds.set(name, feed)
    columns.feed[n] = feed
    columns.contentHashes[n] = contentHash
    columns.updatedAt[n] = outcome.updatedAt?.getTime() ?? Number.NaN
    columns.failed[n] = Number(outcome.result === 'failed')
    columns.passed[n] = Number(outcome.result === 'passed')
    columns.plain[n] = Number(isPlain(item))
    // Which of several records about one thing counts is decided by what they say.
    const twin = first.get(sightingId)
    if (twin === undefined) first.set(sightingId, n)
    else columns.plain[n] = columns.plain[twin] = 0
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
