import { accountOf, type RowKey, sightingKey } from '../../domain/identity/keys'
import type { Reject } from '../../domain/imports/reject'
import type { RawRecord } from '../../sources/reader/document'
import type { RecordStamp } from '../../sources/reader/moving-times'
import type { IncomingOutcome } from '../../store/sightings/sightings'
import type { Collected, CollectedAsset } from '../collected/collected'
import type { Fact } from '../contents/fact'
import type { KnownRecords } from '../unchanged-records/known-records'
import { Statements } from './statements'

/** A batch ends at this number of outcomes and rejects, or at MAX_RECORDS. */
export const BATCH = 4000
const MAX_RECORDS = 5000
/** The number of fields of an unparsed record. */
const FIELDS = 5

/** The records that one transaction writes, in the order of the document, without those that are committed already. */
export interface ParsedBatch {
  /** The number of the record after the last one. */
  checkpoint: number
  /** Bytes of the document that had been read when the batch ended. */
  bytesRead: number
  records: number
  rejects: readonly ({ index: number } & Reject)[]
  statements: Statements
  /** What the document says as a collected report; null for another one. */
  collected: Collected | null
  /** The resources of a collected report. */
  assets: readonly CollectedAsset[]
  /** The outcomes that were parsed: all that are not known from an earlier report. */
  parsed(): readonly IncomingOutcome[]
  /** The outcomes of these rows, given in ascending order. Parses known records. */
  outcomes(rows: Iterable<number>, bytesAt: BytesAt): Promise<IncomingOutcome[]>
  /** Frees the memory of the outcomes. None may be asked for afterwards. */
  release(): void
}

/** Reads bytes of the document again. Called in the order of the document. */
export type BytesAt = (offset: number, length: number) => Promise<Buffer>

/** A record that was not parsed: its place, and whether earlier records are of the same finding or sighting. */
export interface UnparsedRecord {
  index: number
  offset: number
  length: number
  findingReported: boolean
  again: boolean
}

/** Collects records until a batch is full. The borders of batches depend on the document alone. */
export class BatchBuilder {
  records = 0
  bytesRead = 0
  readonly rejects: ({ index: number } & Reject)[] = []
  readonly #statements = new Statements()
  readonly #assets: CollectedAsset[] = []
  /** The outcome of each row, or the position of its record in `#unparsed`. */
  readonly #outcomes: (IncomingOutcome | number)[] = []
  readonly #unparsed: number[] = []

  constructor(
    public checkpoint: number,
    private readonly parse: (bytes: Buffer, record: UnparsedRecord) => IncomingOutcome,
    public collected: Collected | null = null,
  ) {}

  get full(): boolean {
    return this.records >= MAX_RECORDS || this.#outcomes.length + this.rejects.length + this.#assets.length >= BATCH
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

  addAsset(asset: CollectedAsset): void {
    this.#assets.push(asset)
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
      collected: this.collected,
      assets: this.#assets,
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

/** The accounts of the outcomes and resources, sorted. */
export function accountsOf({ statements, assets }: Pick<ParsedBatch, 'statements' | 'assets'>): string[] {
  return [...new Set([...statements.feeds.map(accountOf), ...assets.map(({ account }) => account)])].sort()
}

/** The keys of the outcomes' sightings. */
export function sightingKeys(statements: Statements): Set<RowKey<'sighting'>> {
  const keys = new Set<RowKey<'sighting'>>()
  for (let row = 0; row < statements.length; row++)
    keys.add(sightingKey(statements.accountAt(row), statements.sightingIdOf(row)))
  return keys
}
