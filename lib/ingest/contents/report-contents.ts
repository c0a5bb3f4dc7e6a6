import { completenessKey, completenessOf } from '../../domain/feeds/report-pairs'
import { startsAs } from '../../domain/findings/lifecycle'
import { type FeedScope, feedOf, type RowKey } from '../../domain/identity/keys'
import type { Outcome, Result } from '../../domain/imports/outcome'
import type { Collected } from '../collected/collected'
import type { Fact } from './fact'
import { IdSet } from './id-set'
import { Bits, type Place, type Places } from './places'

/**
 * Whether a record lists resources of its control. A summary that fails or has no result lists none, which does not mean that the known
 * ones are gone.
 */
export function listsResources({ result, summary }: Outcome): boolean {
  return summary !== 'stated' || (result !== 'failed' && result !== 'not_available')
}

/** The contents of a document for one feed. */
export class FeedContents implements FeedScope {
  readonly accountId: FeedScope['accountId']
  readonly source: FeedScope['source']
  readonly product: FeedScope['product']
  /** Whether a check passed. */
  passed = false
  /** Whether the document contains a record of it. */
  records = false
  readonly #places = new Bits()
  readonly #judged = new Bits()
  readonly #failed = new Bits()

  constructor(feed: RowKey<'feed'>) {
    const { accountId, source, product } = feedOf(feed)
    this.accountId = accountId
    this.source = source
    this.product = product
  }

  note(place: Place, result: Result): void {
    this.#places.add(place.number)
    if (result !== 'not_available') this.#judged.add(place.number)
    if (result === 'failed') this.#failed.add(place.number)
    if (result === 'passed') this.passed = true
  }

  /** The places of all its records, of those whose check had a result, or of those that failed. */
  places(places: Places, records: 'all' | 'judged' | 'failed' = 'all'): Place[] {
    const bits = { all: this.#places, judged: this.#judged, failed: this.#failed }[records]
    return places.all.filter(place => bits.has(place.number))
  }

  /** The parts of the feed that a complete report is complete for, see completenessKey; null for the whole feed. */
  parts(places: Places): Set<string> | null {
    const completeness = completenessOf(this)
    if (completeness === 'whole' || completeness === 'pairs') return null
    return new Set(this.places(places).map(place => completenessKey(this, place) ?? ''))
  }
}

/** The sightings, findings and feeds of a document. */
export class ReportContents {
  readonly sightings = new IdSet()
  readonly findings = new IdSet()
  /** Findings whose check had no result. */
  readonly unclear = new IdSet()
  readonly scopes = new Map<RowKey<'feed'>, FeedContents>()
  /** Whether the document contains any record. */
  records = false
  /** What it says as a report that a collector wrote; null for any other report. */
  collected: Collected | null = null

  /** False where an earlier record of the document is of the same sighting. `lists`: see listsResources. */
  note({ feed, result, sighting, finding, place }: Fact, lists = true): boolean {
    this.records = true
    if (startsAs(result)) this.findings.add(...finding)
    if (result === 'not_available') this.unclear.add(...finding)
    const contents = this.#scope(feed)
    contents.records = true
    if (lists) contents.note(place, result)
    return this.sightings.add(...sighting)
  }

  /** Adds a feed without records. Has no effect for one whose reports are complete for single controls. */
  expect(feed: RowKey<'feed'>): void {
    if (completenessOf(feedOf(feed)) !== 'control') this.#scope(feed)
  }

  #scope(feed: RowKey<'feed'>): FeedContents {
    const known = this.scopes.get(feed)
    if (known) return known
    const contents = new FeedContents(feed)
    this.scopes.set(feed, contents)
    return contents
  }
}
