import { promisify } from 'node:util'
import type { ResourceRegions } from '../../domain/feeds/resource-regions'
import type { MachineImages } from '../../domain/identity/fix-target'
import { type FeedScope, feedOf, type RowKey } from '../../domain/identity/keys'
import { type Reject, RejectedRecord } from '../../domain/imports/reject'
import { type RawRecord, type Recognise, RejectedDocument, readDocument } from '../../sources/reader/document'
import { type RecordStamp, stampOf } from '../../sources/reader/moving-times'
import type { ImportTask } from '../../store/imports/runs'
import type { IncomingOutcome } from '../../store/sightings/sightings'
import type { KnownRecordGroup } from '../../store/unchanged-records/known-records'
import { Collected, collectedLine } from '../collected/collected'
import { Places } from '../contents/places'
import { listsResources, ReportContents } from '../contents/report-contents'
import { KnownRecords } from '../unchanged-records/known-records'
import { readingContext, saysAllByItself } from '../unchanged-records/reading'
import { type Beside, namesNoRegion, parseRecord } from './parse-record'
import { BatchBuilder, type ParsedBatch, type UnparsedRecord } from './parsed-batch'

const yieldToEventLoop = promisify(setImmediate)
const SLICE = 16

/** What parsing a report depends on, beside its bytes. */
export interface ParserInput {
  task: ImportTask
  /** See Beside. */
  splits: ReadonlyMap<RowKey<'finding_split'>, string>
  images: MachineImages
}

/** What is known of a document at its end. */
export interface ParsedReport {
  contents: ReportContents
  places: Places
  /** Why reading ended early; null where it did not. */
  error: Reject | null
  bytesRead: number
  /** Accounts of rejected records that may stand for something the report contains. */
  rejectedAccounts: ReadonlySet<string>
  /** Whether such a record names no account. */
  rejectedAnywhere: boolean
}

/** What a parser reads while it works. */
export interface ParserFeed {
  /** The document. */
  bytes: AsyncIterable<Uint8Array>
  /** Stored sightings of feeds, see KnownRecords. */
  known: (feeds: readonly FeedScope[]) => AsyncIterable<KnownRecordGroup>
  /** Regions of an account's resources. */
  regions: (account: string) => Promise<ResourceRegions>
}

/** Yields a report in batches and returns what is known of it as a whole. */
export type ReportParser = (input: ParserInput, feed: ParserFeed) => AsyncGenerator<ParsedBatch, ParsedReport>

/** Parses a report on the thread of the caller. */
export const parseReport: ReportParser = async function* (input, feed) {
  const parsing = new Parsing(input, feed)
  try {
    const options = { batchSize: SLICE, csv: input.task.mapping !== null, recognise: parsing.recognise }
    for await (const records of readDocument(parsing.counted(feed.bytes), options)) {
      await parsing.findRegions(records)
      for (const record of records) parsing.take(record)
      await parsing.learnKnown()
      if (parsing.waiting.full) yield parsing.next()
      // Between slices other work runs, so that the database does not wait for its next statement.
      await yieldToEventLoop()
    }
  } catch (problem) {
    if (!(problem instanceof RejectedDocument)) throw problem
    parsing.report.error = { code: problem.code, params: problem.params }
  }
  if (parsing.waiting.records > 0) yield parsing.next()
  return parsing.report
}

class Parsing {
  readonly report: ParsedReport & { rejectedAccounts: Set<string> }
  waiting: BatchBuilder
  #task: ImportTask
  readonly #beside: Beside
  readonly #known: KnownRecords
  /** Feeds whose known records were loaded. */
  readonly #asked = new Set<RowKey<'feed'>>()
  #context: string
  readonly #feed: ParserFeed

  constructor({ task, splits, images }: ParserInput, feed: ParserFeed) {
    this.#task = task
    this.#feed = feed
    this.waiting = new BatchBuilder(task.checkpoint, this.#parseKnown)
    this.report = {
      contents: new ReportContents(),
      places: new Places(),
      error: null,
      bytesRead: 0,
      rejectedAccounts: new Set(),
      rejectedAnywhere: false,
    }
    this.#beside = { splits, images: new Map(images), places: this.report.places, regions: null }
    this.#known = new KnownRecords(this.report.places)
    this.#context = readingContext(task)
  }

  /** See Recognise. A record of a sighting that the document already contains is parsed, since the two may differ. */
  readonly recognise = (bytes: Buffer): ReturnType<Recognise<RecordStamp>> => {
    const stamp = stampOf(bytes, this.#context)
    if (!stamp) return null
    // A time after the arrival counts as the arrival, which only parsing does.
    const position = stamp.updatedAt > this.#task.arrivedAt.getTime() ? -1 : this.#known.find(stamp.hash)
    if (position < 0) return { stamp, known: null }
    const { sighting } = this.#known.factAt(position)
    return { stamp, known: this.report.contents.sightings.has(...sighting) ? null : position }
  }

  /** Loads the known records of feeds that the document began with this slice. Partial reports confirm each record, so they need none. */
  async learnKnown(): Promise<void> {
    const { scopes } = this.report.contents
    const { coverage, mayClose } = this.#task
    if (coverage !== 'complete' || !mayClose || scopes.size === this.#asked.size) return
    const fresh = [...scopes.keys()].filter(key => !this.#asked.has(key))
    for (const key of fresh) this.#asked.add(key)
    for await (const group of this.#feed.known(fresh.map(feedOf))) this.#known.add(group)
  }

  async *counted(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const piece of bytes) {
      this.report.bytesRead += piece.length
      yield piece
    }
  }

  async findRegions(records: readonly RawRecord<RecordStamp>[]): Promise<void> {
    const { account, region } = this.#task
    if (account && !region && !this.#beside.regions && records.some(namesNoRegion))
      this.#beside.regions = await this.#feed.regions(account)
  }

  next(): ParsedBatch {
    const batch = this.waiting
    this.waiting = new BatchBuilder(batch.checkpoint, this.#parseKnown, batch.collected)
    batch.bytesRead = this.report.bytesRead
    return batch.build()
  }

  take(record: RawRecord<RecordStamp>): void {
    const { contents } = this.report
    // Records that an earlier run committed count only as contents of the document.
    const replay = record.index < this.#task.checkpoint
    if (!replay) this.waiting.begin(record.index)
    if ('known' in record) {
      this.#takeKnown(record, replay)
      return
    }
    try {
      if ('reject' in record) throw new RejectedRecord(record.reject.code, record.reject.params, record.accountId)
      if (this.#takeCollected(record.value, replay)) return
      const parsed = parseRecord(record, this.#task, this.#beside)
      const [only] = parsed
      if (only && parsed.length === 1 && record.stamp && saysAllByItself(only.item, record.stamp))
        only.item.recordHash = record.stamp.hash
      for (const { item, fact } of parsed) {
        item.findingReported = contents.findings.has(...fact.finding)
        item.again = !contents.note(fact, listsResources(item.outcome))
        if (!replay) this.waiting.add(item)
      }
    } catch (problem) {
      if (!(problem instanceof RejectedRecord)) throw problem
      this.#noteReject(problem)
      if (!replay) this.waiting.reject({ index: record.index, code: problem.code, params: problem.params })
    }
  }

  /** Takes a line that only collected reports have. False for any other record. */
  #takeCollected(value: unknown, replay: boolean): boolean {
    const line = collectedLine(value, this.#task)
    if (line === null) return false
    const { contents } = this.report
    if (line.kind === 'collection') {
      contents.collected = this.waiting.collected = Collected.of(line)
      const { source, account } = this.#task
      // Records of some services name no account: they are of the one that was read.
      this.#task = {
        ...this.#task,
        source: contents.collected.definition.feed ?? source,
        account: account ?? line.account,
      }
      this.#context = readingContext(this.#task)
      return true
    }
    const { collected } = contents
    if (!collected) throw new RejectedRecord('missing_field', { field: 'collection' }, line.account)
    if (line.kind === 'coverage') collected.addCell(line)
    else if (line.kind === 'examined') collected.addExamined(line)
    else {
      const asset = collected.addAsset(line)
      if (asset && !replay) this.waiting.addAsset(asset)
    }
    return true
  }

  #takeKnown(record: Extract<RawRecord<RecordStamp>, { known: number }>, replay: boolean): void {
    const { contents } = this.report
    const fact = this.#known.factAt(record.known)
    const findingReported = contents.findings.has(...fact.finding)
    // Two records of one slice: the first was not yet noted when the second was recognised.
    const again = !contents.note(fact)
    if (replay) return
    this.waiting.addKnown(this.#known, fact, record, { findingReported, again })
  }

  /** Parses a known record after all: its sighting has changed since the known records were loaded. */
  readonly #parseKnown = (bytes: Buffer, record: UnparsedRecord): IncomingOutcome => {
    const { findingReported, again } = record
    const stamp = stampOf(bytes, this.#context)
    const value: unknown = JSON.parse(bytes.toString('utf8'))
    const [only] = parseRecord({ ...record, value }, this.#task, this.#beside)
    if (!only || !stamp) throw new Error('a record that was read before says nothing')
    return { ...only.item, recordHash: stamp.hash, findingReported, again }
  }

  /**
   * A rejected record may stand for something that the report contains, unless it is of no AWS account, of another source, or
   * reported elsewhere.
   */
  #noteReject({ code, accountId }: RejectedRecord): void {
    if (code === 'echo' || code === 'check_list' || code === 'other_cloud' || code === 'source_not_allowed') return
    if (accountId) this.report.rejectedAccounts.add(accountId)
    else this.report.rejectedAnywhere = true
  }
}
