import type { Reject, RejectCode } from '../../domain/imports/reject'
import { CsvSplitter, csvOf } from './csv-splitter'
import type { RawRecord, Recognise } from './record-sink'
import { DocumentSplitter } from './splitter'
import { unwrapping } from './wrapping/unwrap'

export type { RawRecord, Recognise } from './record-sink'

/** Thrown if a document cannot be read, or not to its end. The records before that point were returned. */
export class RejectedDocument extends Error {
  override readonly name = 'RejectedDocument'
  constructor(
    readonly code: RejectCode,
    readonly params: Reject['params'],
    /** The number of records returned before, including refused ones. */
    readonly recordsBefore: number,
  ) {
    super(code)
  }
}

export interface ReadOptions<Stamp> {
  /** Records per batch, 500 by default. A batch also ends at 4 MiB, which bounds memory for long records. */
  batchSize?: number
  recognise?: Recognise<Stamp>
  /** The document is CSV, whatever its header. */
  csv?: boolean
}

const BATCH_BYTES = 4 * 1024 * 1024
const FIRST_PIECE_BYTES = 2 * 1024
const PIECE_BYTES = 64 * 1024
const WINDOW_BYTES = 1024 * 1024
/** An EventBridge event in an SNS message in an SQS message in a list of messages is the deepest real nesting. */
const MAX_WRAPPING = 4

/**
 * Reads a decompressed report while it arrives and returns its records in order: bare records, lists, NDJSON, pages of
 * findings (`Findings`), EventBridge events (`detail.findings`), any of these as a text in an HTTP, SQS or SNS
 * envelope, and CSV of the known kinds. The records do not depend on the borders of chunks. Memory is bounded by one
 * record (8 MiB) and one batch. Throws RejectedDocument for a document that is not JSON, empty, not UTF-8, or
 * truncated.
 */
export async function* readDocument<Stamp = never>(
  chunks: AsyncIterable<Uint8Array>,
  { batchSize = 500, recognise, csv = false }: ReadOptions<Stamp> = {},
): AsyncGenerator<RawRecord<Stamp>[]> {
  const splitter = new DocumentSplitter<Stamp>(WINDOW_BYTES, unwrapping(MAX_WRAPPING), recognise ?? null)
  let reader: DocumentSplitter<Stamp> | CsvSplitter | null = null
  let head = Buffer.alloc(0)
  // The first records are returned early, so that `recognise` can use what the reader learns from them.
  let size = FIRST_PIECE_BYTES
  for await (const chunk of chunks) {
    let rest: Uint8Array = chunk
    if (!reader) {
      head = Buffer.concat([head, chunk])
      reader = csv ? new CsvSplitter() : readerOf(head, false, splitter)
      if (!reader) continue
      rest = head
    }
    const { sink } = reader
    for (let from = 0; from < rest.length && !reader.failure; ) {
      const piece = rest.subarray(from, from + size)
      reader.push(piece)
      from += piece.length
      const early = size < PIECE_BYTES && sink.waiting > 0
      if (early || sink.waiting >= batchSize || sink.waitingBytes >= BATCH_BYTES) yield* batches(sink.take(), batchSize)
      size = Math.min(size * 2, PIECE_BYTES)
    }
    if (reader.failure) break
  }
  if (!reader) {
    reader = readerOf(head, true, splitter) ?? splitter
    reader.push(head)
  }
  reader.end()
  const { failure, sink } = reader
  yield* batches(sink.take(), batchSize)
  if (failure) throw new RejectedDocument(failure.code, failure.params, sink.count)
}

/** Null while the first bytes are too few to decide. */
function readerOf<Stamp>(
  head: Buffer,
  whole: boolean,
  splitter: DocumentSplitter<Stamp>,
): DocumentSplitter<Stamp> | CsvSplitter | null {
  switch (csvOf(head, whole)) {
    case 'known':
      return new CsvSplitter()
    case 'other':
      throw new RejectedDocument('unknown_csv', {}, 0)
    case 'none':
      return splitter
    case null:
      return null
  }
}

function* batches<Stamp>(records: RawRecord<Stamp>[], size: number): Generator<RawRecord<Stamp>[]> {
  for (let from = 0; from < records.length; from += size) {
    yield records.length <= size ? records : records.slice(from, from + size)
  }
}
