import type { Reject } from '../../domain/imports/reject'
import { ArrayReader } from './array-reader'
import { ByteWindow } from './byte-window'
import { MAX_ELEMENT_BYTES, readScalar } from './element'
import { BYTE, isSpace, JsonScanner } from './json-scanner'
import { notJson, type Recognise, RecordSink, type Unwrap } from './record-sink'
import { eventTimeIn, type WrapperKey, wrapperKey, wrapperKeyLengths } from './wrapping/wrapper'

type State = 'head' | 'between' | 'object' | 'key' | 'array' | 'line' | 'second-line' | 'lost'

/** A line that is not JSON is examined up to this length. */
const MAX_LINE_KEPT = 4096
const EMPTY = Buffer.alloc(0)

/**
 * Cuts a stream of JSON into its records while it arrives: a list, a wrapper with a list, one record, or any sequence
 * of these (NDJSON). Holds one record at a time. A state machine without recursion over the input.
 */
export class DocumentSplitter<Stamp = never> {
  /** Why reading ended early; nothing is read after it. */
  failure: Reject | null = null
  readonly sink: RecordSink<Stamp>
  private readonly window: ByteWindow
  private readonly array: ArrayReader
  private readonly scanner = new JsonScanner()
  private state: State = 'head'
  private position = 0
  private ended = false
  /** Number of top-level values so far, and the start of the last one. */
  private values = 0
  private valueStart = 0
  /** The value contains a list that was read while it arrived; otherwise the value is kept whole. */
  private streamed = false
  private wrapped = false
  private wrongFindings = false
  private key: WrapperKey = 'findings'
  /** The key is in the `detail` of an event. */
  private inDetail = false
  private firstLine: { to: number; reject: Reject } = { to: 0, reject: notJson(0) }
  private firstNewline = -1
  private newlineBefore = false
  /** The document has one value a line: a line that begins with a brace is a new value, whatever is still open. */
  private lines = false

  constructor(capacity: number, unwrap: Unwrap, recognise: Recognise<Stamp> | null = null) {
    this.window = new ByteWindow(capacity)
    this.sink = new RecordSink(unwrap, recognise)
    this.array = new ArrayReader(this.window, this.sink)
  }

  push(piece: Uint8Array): void {
    if (this.failure) return
    this.window.append(piece, this.keepFrom())
    if (this.values === 1 && this.firstNewline < 0) {
      this.firstNewline = this.window.indexOf(BYTE.newline, this.window.end - piece.length)
    }
    this.run()
  }

  end(): void {
    this.ended = true
    this.run()
    if (this.failure) return
    const { end } = this.window
    if (this.state === 'line') this.finishLine(end)
    else if (this.state === 'second-line') this.readSecondLine()
    else if (this.state === 'lost') this.sink.refuse(this.valueStart, end, notJson(this.valueStart))
    else if (this.state !== 'between') {
      this.sink.release()
      this.failure = { code: 'truncated', params: { position: end } }
      return
    } else if (this.values === 0) this.failure = { code: 'empty', params: {} }
    this.sink.close()
    this.failure ??= this.sink.failure
  }

  private run(): void {
    if (this.state === 'head') this.readHead()
    while (!this.failure && this.position < this.window.end && this.state !== 'head') {
      switch (this.state) {
        case 'array':
          this.readArray()
          break
        case 'object':
          this.readObject()
          break
        case 'between':
          this.readBetween()
          break
        case 'key':
          this.readKey()
          break
        case 'line':
          this.readLine()
          break
        case 'second-line':
          this.readSecondLine()
          break
        case 'lost':
          this.readLost()
      }
      this.failure ??= this.sink.failure
    }
  }

  /** The first stream position whose byte may be needed again. */
  private keepFrom(): number {
    if (this.state === 'array') return this.array.keepFrom(this.position)
    const length = this.position - this.valueStart
    const keptWhole =
      this.state === 'line'
        ? length <= MAX_LINE_KEPT
        : (this.state === 'object' || this.state === 'key') && !this.streamed && length <= MAX_ELEMENT_BYTES
    // A key is looked up after its colon, and a line break is judged by the bytes before it.
    return keptWhole ? this.valueStart : this.position - 64
  }

  private readHead(): void {
    if (this.window.end < 4 && !this.ended) return
    const head = this.window.slice(0, Math.min(4, this.window.end))
    const [a, b, c] = head
    // UTF-16 and UTF-32 show themselves by a byte order mark or by NUL beside an ASCII character.
    if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff) || a === 0 || b === 0) {
      this.failure = { code: 'wrong_encoding', params: { position: 0 } }
      return
    }
    this.state = 'between'
    if (a === 0xef && b === 0xbb && c === 0xbf) this.position = 3
  }

  private readBetween(): void {
    const { bytes, base, end } = this.window
    while (this.position < end) {
      const byte = bytes[this.position - base]
      if (!isSpace(byte)) {
        this.begin(byte)
        return
      }
      if (this.values === 1 && this.firstNewline === this.position) this.lines = true
      this.position++
    }
  }

  private begin(byte: number | undefined): void {
    this.valueStart = this.position
    this.streamed = false
    this.wrongFindings = false
    if (++this.values === 1) this.firstNewline = this.window.indexOf(BYTE.newline, this.position)
    if (byte === BYTE.openBrace) {
      if (this.lines && this.recallLine()) return
      this.scanner.reset(1, this.lines ? 'always' : 'careful')
      this.state = 'object'
    } else if (byte === BYTE.openBracket) this.beginArray(false)
    else this.state = 'line'
  }

  /** A line whose stamp is known is one value, and need not be scanned. */
  private recallLine(): boolean {
    const end = this.window.lineEnd(this.valueStart)
    if (end <= 0 || !this.sink.recall(this.valueStart, end, this.window.slice(this.valueStart, end))) return false
    this.position = end
    return true
  }

  private beginArray(wrapped: boolean): void {
    this.wrapped = wrapped
    this.streamed = true
    this.array.begin(this.lines)
    this.state = 'array'
    this.position++
  }

  private readArray(): void {
    const { position, stop } = this.array.read(this.position)
    this.position = position
    if (stop === 'closed') this.state = this.wrapped ? 'object' : 'between'
    else if (stop === 'broken') this.state = 'between'
    else if (stop === 'lost') {
      this.valueStart = this.array.itemStart
      this.state = 'lost'
    }
  }

  private readObject(): void {
    const { bytes, base, end } = this.window
    this.position = this.scanner.scan(bytes, base, this.position, end)
    const { stop } = this.scanner
    if (stop === 'end') this.finishObject()
    else if (stop === 'key') this.lookAtKey()
    else if (stop === 'mismatch') this.state = 'lost'
    else if (stop === 'broken') {
      this.sink.refuse(this.valueStart, this.position, notJson(this.valueStart))
      this.lines = true
      this.state = 'between'
    }
  }

  private lookAtKey(): void {
    const { stringStart, stringEnd, watchDepth } = this.scanner
    const length = stringEnd - stringStart
    if (!wrapperKeyLengths.has(length) || stringStart < this.window.base) return
    const key = wrapperKey(this.window.slice(stringStart, stringEnd).toString('latin1'), watchDepth === 1)
    if (key === null) return
    this.key = key
    this.inDetail = watchDepth === 2
    this.state = 'key'
  }

  private readKey(): void {
    while (isSpace(this.window.at(this.position))) this.position++
    const byte = this.window.at(this.position)
    if (byte === undefined) return
    this.state = 'object'
    if (this.key === 'detail') {
      if (byte === BYTE.openBrace) this.scanner.watchDepth = 2
    } else if (byte === BYTE.openBracket) {
      // Two lists in one wrapper: both are read, and the document is reported as ambiguous.
      if (this.streamed) {
        this.sink.refuse(this.position, this.position + 1, { code: 'duplicate_key', params: { key: 'Findings' } })
      }
      // EventBridge writes the time before the detail: the head of the event is still in the window.
      if (this.inDetail) this.sink.eventTime = eventTimeIn(this.window.slice(this.valueStart, this.position))
      this.beginArray(true)
    } else if (this.key === 'findings') this.wrongFindings = true
  }

  private finishObject(): void {
    this.state = 'between'
    this.sink.eventTime = null
    if (this.wrongFindings) {
      const reject: Reject = { code: 'bad_field', params: { field: 'Findings' } }
      if (this.values === 1) this.failure = reject
      else this.sink.refuse(this.valueStart, this.position, reject)
    } else if (!this.streamed) {
      const tooLong = this.position - this.valueStart > MAX_ELEMENT_BYTES
      const bytes = tooLong ? EMPTY : this.window.slice(this.valueStart, this.position)
      this.sink.value(this.valueStart, this.position, bytes, this.scanner)
    }
  }

  /** Text outside values, up to the end of its line. */
  private readLine(): void {
    const newline = this.window.indexOf(BYTE.newline, this.position)
    this.position = newline < 0 ? this.window.end : newline + 1
    if (newline < 0) return
    if (this.values === 1) {
      this.firstLine = { to: newline, reject: this.lineReject(newline) }
      this.state = 'second-line'
    } else this.finishLine(newline)
  }

  private finishLine(end: number): void {
    this.state = 'between'
    const reject = this.lineReject(end)
    if (this.values === 1 && reject.code !== 'not_an_object') this.failure = notJson(this.valueStart)
    else this.sink.refuse(this.valueStart, end, reject)
  }

  /** A document that begins with text is JSON only if a record follows on the next line. */
  private readSecondLine(): void {
    const { to, reject } = this.firstLine
    this.state = 'between'
    this.lines = true
    const follows = this.window.at(this.position) === BYTE.openBrace
    if (!follows && reject.code !== 'not_an_object') this.failure = notJson(this.valueStart)
    else this.sink.refuse(this.valueStart, to, reject)
  }

  private lineReject(end: number): Reject {
    const tooLong = end - this.valueStart > MAX_LINE_KEPT
    return tooLong ? notJson(this.valueStart) : readScalar(this.window.slice(this.valueStart, end), this.valueStart)
  }

  /** The brackets do not match: everything up to a line that begins a record, or to the end, is one reject. */
  private readLost(): void {
    const { bytes, base, end } = this.window
    const resumes = this.lines || !this.streamed
    while (resumes && this.position < end) {
      if (bytes[this.position - base] === BYTE.openBrace && this.newlineBefore) {
        this.newlineBefore = false
        this.lines = true
        this.state = 'between'
        this.sink.refuse(this.valueStart, this.position, notJson(this.valueStart))
        return
      }
      this.newlineBefore = bytes[this.position - base] === BYTE.newline
      this.position++
    }
    this.position = end
  }
}
