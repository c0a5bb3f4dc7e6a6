import type { Reject } from '../../domain/imports/reject'
import type { RawRecord } from '../../sources/reader/document'
import type { RecordStamp } from '../../sources/reader/moving-times'
import type { IncomingOutcome } from '../../store/sightings/sightings'
import type { Fact } from '../contents/fact'
import type { KnownRecords } from '../unchanged-records/known-records'
import { Statements } from './statements'

/** A batch ends at so many outcomes and rejects, or at so many records. */
export const BATCH = 4000
const MAX_RECORDS = 5000
/** Numbers that name an unparsed record. */
const FIELDS = 5

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
  /** The outcomes of these rows of the statements, which ascend. Known records are parsed for it. */
  outcomes(rows: Iterable<number>, bytesAt: BytesAt): Promise<IncomingOutcome[]>
  /** Says that no outcome of it will be asked for any more, so that its memory is free. */
  release(): void
}

/** Gets bytes of the document once more. It is asked in the order of the document. */
export type BytesAt = (offset: number, length: number) => Promise<Buffer>

/** A record that was not parsed: where its bytes are, and what parsing it would have found of the document before it. */
export interface UnparsedRecord {
  index: number
  offset: number
  length: number
  findingReported: boolean
  again: boolean
}

/** Collects records until they fill a batch, which depends on the document alone. */
export class BatchBuilder {
  records = 0
  bytesRead = 0
  readonly rejects: ({ index: number } & Reject)[] = []
  readonly #statements = new Statements()
  /** By row. Numbers are positions in `#unparsed`. */
  readonly #outcomes: (IncomingOutcome | number)[] = []
  readonly #unparsed: number[] = []

  constructor(
    public checkpoint: number,
    private readonly parse: (bytes: Buffer, record: UnparsedRecord) => IncomingOutcome,
  ) {}

  get full(): boolean {
    return this.records >= MAX_RECORDS || this.#outcomes.length + this.rejects.length >= BATCH
  }

  begin(index: number): void {
    this.records++
    this.checkpoint = index + 1
  }

  reject(reject: { index: number } & Reject): void {
    this.rejects.push(reject)
  }

  add(item: IncomingOutcome): void {
    this.#outcomes.push(item)
    this.#statements.add(item)
  }

  addKnown(
    records: KnownRecords,
    { feed, result }: Fact,
    { index, offset, length, known, stamp }: Extract<RawRecord<RecordStamp>, { known: number }>,
    { findingReported, again }: Pick<UnparsedRecord, 'findingReported' | 'again'>,
  ): void {
    // Numbers, not objects: thousands of them wait for the database while the next batch is read.
    this.#outcomes.push(this.#unparsed.push(index, offset, length, Number(findingReported), Number(again)) - FIELDS)
    this.#statements.addKnown(records, known, { feed, result, updatedAt: stamp.updatedAt, again })
  }

  build(): ParsedBatch {
    let outcomes = this.#outcomes
    this.#statements.close()
    return {
      checkpoint: this.checkpoint,
      bytesRead: this.bytesRead,
      records: this.records,
      rejects: this.rejects,
      statements: this.#statements,
      parsed: () => outcomes.filter(each => typeof each === 'object'),
      outcomes: async (rows, bytesAt) => {
        const asked: IncomingOutcome[] = []
        for (const row of rows) {
          const outcome = outcomes[row]
          if (outcome === undefined) throw new RangeError(`no outcome ${row} in this batch`)
          asked.push(typeof outcome === 'object' ? outcome : await this.#parse(outcome, bytesAt))
        }
        return asked
      },
      release: () => {
        outcomes = []
      },
    }
  }

  async #parse(at: number, bytesAt: BytesAt): Promise<IncomingOutcome> {
    const [index = 0, offset = 0, length = 0, findingReported, again] = this.#unparsed.slice(at, at + FIELDS)
    const record = { index, offset, length, findingReported: findingReported === 1, again: again === 1 }
    return this.parse(await bytesAt(offset, length), record)
  }
}

/** The accounts of the outcomes, sorted. */
export function accountsOf({ feeds }: Statements): string[] {
  return [...new Set(feeds.map(feed => feed.slice(0, 12)))].sort()
}

/** The keys of the outcomes' sightings, `account/sighting`. */
export function sightingKeys(statements: Statements): Set<string> {
  const keys = new Set<string>()
  for (let row = 0; row < statements.length; row++)
    keys.add(`${statements.accountOf(row)}/${statements.sightingIdOf(row)}`)
  return keys
}
