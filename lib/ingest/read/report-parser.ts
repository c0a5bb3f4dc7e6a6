import { promisify } from 'node:util'
import { type Reject, RejectedRecord } from '../../domain/imports/reject'
import { type RawRecord, RejectedDocument, readDocument } from '../../sources/reader/document'
import type { ResourceRegions } from '../../store/feeds/resource-regions'
import type { ImportTask } from '../../store/imports/runs'
import { Places } from '../contents/places'
import { listsResources, ReportContents } from '../contents/report-contents'
import { type Beside, namesNoRegion, parseRecord } from './parse-record'
import { BatchBuilder, type ParsedBatch } from './parsed-batch'

const yieldToEventLoop = promisify(setImmediate)
const SLICE = 16

/** What parsing a report depends on beside its bytes. */
export interface ParserInput {
  task: ImportTask
  /** See Beside. */
  splits: ReadonlyMap<string, string>
  images: ReadonlyMap<string, string>
}

/** What is known of a document at its end. */
export interface ParsedReport {
  contents: ReportContents
  places: Places
  /** Why reading ended early; null where it did not. */
  error: Reject | null
  bytesRead: number
  /** Accounts of which a record was refused that may hide what a complete report contains. */
  rejectedAccounts: ReadonlySet<string>
  /** Whether such a record named no account. */
  rejectedAnywhere: boolean
}

/** Where a parser gets what it does not have: the document's bytes, and where resources of an account are. */
export interface ParserFeed {
  bytes: AsyncIterable<Uint8Array>
  regions: (account: string) => Promise<Pick<ResourceRegions, 'get'>>
}

/** Gives out a report in batches and then what is known of it as a whole. */
export type ReportParser = (input: ParserInput, feed: ParserFeed) => AsyncGenerator<ParsedBatch, ParsedReport>

/** Parses a report in the thread of the caller. */
export const parseReport: ReportParser = async function* (input, feed) {
  const parsing = new Parsing(input)
  try {
    const options = { batchSize: SLICE, csv: input.task.mapping !== null }
    for await (const records of readDocument(parsing.counted(feed.bytes), options)) {
      await parsing.findRegions(records, feed)
      for (const record of records) parsing.take(record)
      if (parsing.waiting.full) yield parsing.next()
      // Parsing goes in slices, so that the database never waits for its next statement.
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
  readonly #task: ImportTask
  readonly #beside: Beside

  constructor({ task, splits, images }: ParserInput) {
    this.#task = task
    this.waiting = new BatchBuilder(task.checkpoint)
    this.report = {
      contents: new ReportContents(),
      places: new Places(),
      error: null,
      bytesRead: 0,
      rejectedAccounts: new Set(),
      rejectedAnywhere: false,
    }
    this.#beside = { splits, images: new Map(images), places: this.report.places, regions: null }
  }

  async *counted(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const piece of bytes) {
      this.report.bytesRead += piece.length
      yield piece
    }
  }

  async findRegions(records: readonly RawRecord[], feed: ParserFeed): Promise<void> {
    const { account, region } = this.#task
    if (account && !region && !this.#beside.regions && records.some(namesNoRegion))
      this.#beside.regions = await feed.regions(account)
  }

  next(): ParsedBatch {
    const batch = this.waiting
    this.waiting = new BatchBuilder(batch.checkpoint)
    batch.bytesRead = this.report.bytesRead
    return batch.build()
  }

  take(record: RawRecord): void {
    const { contents } = this.report
    // What an earlier run committed is read again only for what the document contains.
    const replay = record.index < this.#task.checkpoint
    if (!replay) this.waiting.begin(record.index)
    try {
      if ('reject' in record) throw new RejectedRecord(record.reject.code, record.reject.params, record.accountId)
      for (const { item, fact } of parseRecord(record, this.#task, this.#beside)) {
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

  /**
   * What was refused may hide what a complete report contains; what is of no AWS account, of another source, or said elsewhere, leaves
   * nothing unknown.
   */
  #noteReject({ code, accountId }: RejectedRecord): void {
    if (code === 'echo' || code === 'check_list' || code === 'other_cloud' || code === 'source_not_allowed') return
    if (accountId) this.report.rejectedAccounts.add(accountId)
    else this.report.rejectedAnywhere = true
  }
}
