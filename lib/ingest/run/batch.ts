import { completenessOf } from '../../domain/feeds/report-pairs'
import type { Reject } from '../../domain/imports/reject'
import type { IncomingOutcome } from '../../store/sightings/sightings'
import { type Fact, KnownWriter } from '../unchanged-records/known-records'

/** A batch ends at so many outcomes and rejects, or at so many records. */
export const BATCH = 4000
const MAX_RECORDS = 5000

/** Records on their way into one transaction. */
export class Batch {
  records = 0
  bytesRead = 0
  readonly items: IncomingOutcome[] = []
  readonly rejects: ({ index: number } & Reject)[] = []
  /** What records that need not be parsed again say. */
  readonly recalled: Fact[] = []
  readonly #parsed: { digest: string; told: readonly { item: IncomingOutcome; fact: Fact }[] }[] = []
  readonly #known = new KnownWriter()
  readonly #recalledFeeds = new Set<string>()
  readonly #feeds = new Set<string>()

  constructor(public checkpoint: number) {}

  /**
   * Depends on the document alone, not on which of its records are recalled: a resumed run recalls fewer, and a finding of two records
   * has one history line or two, depending on whether one batch holds both.
   */
  get full(): boolean {
    const outcomes = this.items.length + this.recalled.length
    return this.records >= MAX_RECORDS || outcomes + this.rejects.length >= BATCH
  }

  begin(index: number): void {
    this.records++
    this.checkpoint = index + 1
  }

  reject(reject: { index: number } & Reject): void {
    this.rejects.push(reject)
  }

  /** Without a digest a record has no bytes of its own. */
  add(digest: string | null, told: readonly { item: IncomingOutcome; fact: Fact }[]): void {
    for (const { item, fact } of told) {
      this.items.push(item)
      this.#feeds.add(fact.feed)
      if (item.again) this.#known.addTwin(fact.sighting)
    }
    // Such a record may find another place each time: one of a tool that names no check, or one without a Region.
    const readAgain = told.some(({ item: { outcome } }) => outcome.byRecord || completenessOf(outcome) === 'control')
    if (digest !== null && !readAgain) this.#parsed.push({ digest, told })
  }

  recall(digest: string, facts: readonly Fact[]): void {
    for (const fact of facts) {
      this.#feeds.add(fact.feed)
      this.#recalledFeeds.add(fact.feed)
      this.recalled.push(fact)
    }
    this.#known.add(digest, facts)
  }

  feeds(): string[] {
    return [...this.#feeds]
  }

  recalledFeeds(): ReadonlySet<string> {
    return this.#recalledFeeds
  }

  /** The accounts that it speaks of, sorted. */
  accounts(): string[] {
    return [...new Set([...this.#feeds].map(feed => feed.slice(0, 12)))].sort()
  }

  /** What the next run may take as read: records with which the database agrees, given the outcomes that it agrees with. */
  remember(agreed: ReadonlySet<IncomingOutcome>): KnownWriter {
    for (const { digest, told } of this.#parsed) {
      if (told.every(({ item }) => agreed.has(item))) {
        this.#known.add(
          digest,
          told.map(({ fact }) => fact),
        )
      }
    }
    return this.#known
  }
}
