import type { Reject } from '../../domain/imports/reject'
import { newCompanions } from '../registry'
import type { Companions, Joined, WrappedText } from '../source'
import { isRecord } from '../values/text'
import { accountNamedIn, MAX_ELEMENT_BYTES, readElement, readScalar } from './element'
import { elementSpans } from './element-spans'
import type { JsonScanner } from './json-scanner'
import { wrapperIn } from './wrapping/wrapper'

/**
 * One record of a document, in the order of the document. `offset` and `length` are its bytes in the decompressed
 * stream; a record from a text inside a string (`body`) has those of its wrapper.
 */
export type RawRecord<Stamp = never> = { index: number; offset: number; length: number } & Found<Stamp>
type Found<Stamp> =
  | { value: unknown; stamp?: Stamp | null; eventTime?: Date | null }
  | { known: number; stamp: Stamp }
  | { reject: Reject; accountId: string | null }

/**
 * Called before a record of the stream is parsed: the stamp of its bytes and, if the caller knows the record, its
 * number, so that it need not be parsed. Null if the bytes have no stamp. Not called for records in events.
 */
export type Recognise<Stamp> = (bytes: Buffer) => Recognised<Stamp> | null
interface Recognised<Stamp> {
  stamp: Stamp
  known: number | null
}

/** Reads the records of a wrapper's bytes; null at the deepest allowed level. */
export type Unwrap = ((bytes: Buffer) => { records: RawRecord[]; failure: Reject | null }) | null

/** After this many broken pieces without a readable value, a document does not count as JSON. */
const MAX_BROKEN_START = 100

/** Collects the records of one document, refused ones included, and numbers them. */
export class RecordSink<Stamp = never> {
  /** Bytes of the records that `take` has not yet handed out. */
  waitingBytes = 0
  /** Records and refused records so far. */
  count = 0
  /** Set once a document has only broken pieces at its start. */
  failure: Reject | null = null
  /** When the event of the records was sent. */
  eventTime: Date | null = null
  private records: RawRecord<Stamp>[] = []
  /** The position and result of the last question. */
  private asked: { from: number; to: number; answer: Recognised<Stamp> | null } = { from: -1, to: -1, answer: null }
  private readonly companions = newCompanions()
  /** Broken pieces at the start, held until a readable value shows that this is JSON. */
  private broken: { reject: Reject; from: number; to: number; accountId: string | null }[] | null = []

  constructor(
    private readonly unwrap: Unwrap,
    private readonly recognise: Recognise<Stamp> | null = null,
  ) {}

  get waiting(): number {
    return this.records.length
  }

  /** All records found since the last call. */
  take(): RawRecord<Stamp>[] {
    const taken = this.records
    this.records = []
    this.waitingBytes = 0
    return taken
  }

  /** A readable value was found: the broken pieces before it are records of a JSON document. */
  release(): void {
    const broken = this.broken
    if (broken === null) return
    this.broken = null
    for (const { reject, from, to, accountId } of broken) this.add(from, to, { reject, accountId })
  }

  /** The end of the document: fails if it had no readable value. */
  close(): void {
    const first = this.broken?.[0]
    if (first) this.failure = first.reject
  }

  refuse(from: number, to: number, reject: Reject, accountId: string | null = null): void {
    if (this.broken === null) this.add(from, to, { reject, accountId })
    else if (reject.code !== 'not_json') {
      this.release()
      this.add(from, to, { reject, accountId })
    } else if (this.broken.push({ reject, from, to, accountId }) > MAX_BROKEN_START) this.close()
  }

  /** Whether the caller knows a record of these bytes; if so, it is added without parsing. */
  recall(from: number, to: number, bytes: Buffer): boolean {
    if (this.asked.from !== from || this.asked.to !== to) {
      const answer = this.eventTime === null ? (this.recognise?.(bytes) ?? null) : null
      this.asked = { from, to, answer }
    }
    const { answer } = this.asked
    if (answer === null || answer.known === null) return false
    this.release()
    this.add(from, to, { known: answer.known, stamp: answer.stamp })
    return true
  }

  /** A complete object or array of the stream. `bytes` is empty if it was too long to keep. */
  value(from: number, to: number, bytes: Buffer, scanner: JsonScanner): void {
    if (to - from > MAX_ELEMENT_BYTES) {
      this.refuse(from, to, { code: 'too_large', params: { megabytes: MAX_ELEMENT_BYTES / 1024 / 1024 } })
      return
    }
    if (this.recall(from, to, bytes)) return
    const element = readElement(bytes, scanner.deepest, scanner.colons, from)
    if ('reject' in element) {
      this.refuse(from, to, element.reject, accountNamedIn(bytes))
      return
    }
    this.release()
    const { value } = element
    if (Array.isArray(value)) {
      this.refuse(from, to, { code: 'not_an_object', params: { type: 'array' } })
      return
    }
    for (const companions of this.companions) {
      const joined = companions.join(value)
      if (joined) {
        this.addJoined(from, to, bytes, joined, companions.lists)
        return
      }
    }
    const wrapper = this.unwrap ? wrapperIn(value) : ({ kind: 'none' } as const)
    if (wrapper.kind === 'none')
      this.add(from, to, { value, stamp: this.asked.answer?.stamp ?? null, eventTime: this.eventTime })
    else if (wrapper.kind === 'wrong') this.refuse(from, to, { code: 'bad_field', params: { field: 'Findings' } })
    else if (wrapper.kind === 'list') this.addWrapped(from, to, bytes, { inStream: true })
    else for (const text of wrapper.texts) this.addText(from, to, text)
  }

  /** An object that was not written as JSON. */
  object(from: number, to: number, value: Record<string, unknown>): void {
    this.add(from, to, { value })
  }

  /** A complete element that is neither object nor array, or text that is not JSON. */
  scalar(from: number, to: number, bytes: Buffer): void {
    if (to - from > MAX_ELEMENT_BYTES) {
      this.refuse(from, to, { code: 'too_large', params: { megabytes: MAX_ELEMENT_BYTES / 1024 / 1024 } })
    } else this.refuse(from, to, readScalar(bytes, from))
  }

  /** Each with its own bytes, since neighbors may be of an account that the reader may not see. */
  private addJoined(
    from: number,
    to: number,
    bytes: Buffer,
    joined: readonly Joined[],
    lists: Companions['lists'],
  ): void {
    const spans = joined.some(({ place }) => place) ? elementSpans(bytes, lists) : null
    for (const { value, place } of joined) {
      const span = place && spans?.get(place.list)?.[place.at]
      this.add(from + (span?.from ?? 0), span ? from + span.to : to, { value })
    }
  }

  private addText(from: number, to: number, wrapped: WrappedText | null): void {
    if (wrapped) this.addWrapped(from, to, Buffer.from(wrapped.text), { beside: wrapped.beside })
    else this.refuse(from, to, { code: 'not_a_finding', params: { what: 'message' } })
  }

  private addWrapped(
    from: number,
    to: number,
    bytes: Buffer,
    { inStream = false, beside }: { inStream?: boolean; beside?: WrappedText['beside'] | undefined },
  ): void {
    const inner = this.unwrap?.(bytes)
    if (!inner) return
    for (const record of inner.records) {
      const start = inStream ? from + record.offset : from
      const end = inStream ? start + record.length : to
      if (!('value' in record)) this.add(start, end, record)
      else
        this.add(start, end, {
          value: beside ? withBeside(record.value, beside) : record.value,
          eventTime: record.eventTime ?? null,
        })
    }
    if (inner.failure) this.refuse(from, to, inner.failure, accountNamedIn(bytes))
  }

  private add(from: number, to: number, found: Found<Stamp>): void {
    // Written out for each kind: this runs for every record, and spreading an object of many kinds is slow.
    const index = this.count++
    const length = to - from
    if ('value' in found) {
      const { value, stamp = null, eventTime = null } = found
      this.records.push({ index, offset: from, length, value, stamp, eventTime })
    } else if ('known' in found) {
      const { known, stamp } = found
      this.records.push({ index, offset: from, length, known, stamp })
    } else this.records.push({ index, offset: from, length, reject: found.reject, accountId: found.accountId })
    this.waitingBytes += length
  }
}

export function notJson(position: number): Reject {
  return { code: 'not_json', params: { position } }
}

function withBeside(value: unknown, beside: Record<string, unknown>): unknown {
  return isRecord(value) ? { ...value, ...beside } : value
}
