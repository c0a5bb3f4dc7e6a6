import type { ByteWindow } from './byte-window'
import { MAX_ELEMENT_BYTES } from './element'
import { BYTE, isSpace, JsonScanner } from './json-scanner'
import { notJson, type RecordSink } from './record-sink'

/**
 * more: the bytes ended first; closed: after the list; lost: its brackets do not match; broken: a new line starts a
 * record.
 */
export type ArrayStop = 'more' | 'closed' | 'lost' | 'broken'

const EMPTY = Buffer.alloc(0)

/** Reads the elements of one list from a window into the sink. Holds one element at a time. */
export class ArrayReader {
  /** Stream position of the element being read, and of the place where the list was lost. */
  itemStart = 0
  private readonly scanner = new JsonScanner()
  private inside: 'list' | 'element' | 'scalar' = 'list'
  private expects: 'first' | 'value' | 'comma' = 'first'
  private quoted = false
  private escaped = false
  private damaged = false
  private lines = false

  constructor(
    private readonly window: ByteWindow,
    private readonly sink: Pick<RecordSink, 'refuse' | 'release' | 'value' | 'scalar'>,
  ) {}

  /** Starts after an opening bracket. With `lines`, a new line that begins with a brace is a new document. */
  begin(lines: boolean): void {
    this.inside = 'list'
    this.expects = 'first'
    this.lines = lines
  }

  /** The first stream position still needed, given how far has been read. */
  keepFrom(position: number): number {
    return this.inside === 'list' || position - this.itemStart > MAX_ELEMENT_BYTES ? position - 64 : this.itemStart
  }

  /** Reads on from a stream position; returns the position reached. */
  read(from: number): { position: number; stop: ArrayStop } {
    let position = from
    while (position < this.window.end) {
      if (this.inside === 'element') {
        position = this.scanner.scan(this.window.bytes, this.window.base, position, this.window.end)
        const { stop } = this.scanner
        if (stop === 'mismatch') return { position, stop: 'lost' }
        if (stop === 'broken') {
          this.sink.refuse(this.itemStart, position, notJson(this.itemStart))
          return { position, stop: 'broken' }
        }
        if (stop === 'end') this.finishElement(position)
        continue
      }
      if (this.inside === 'scalar') {
        position = this.readScalar(position)
        continue
      }
      const byte = this.window.at(position)
      if (byte === BYTE.closeBracket) {
        if (this.expects === 'value') this.sink.refuse(position, position + 1, notJson(position))
        if (this.expects === 'first') this.sink.release()
        return { position: position + 1, stop: 'closed' }
      }
      if (byte === BYTE.closeBrace) {
        this.itemStart = position
        return { position, stop: 'lost' }
      }
      if (byte === BYTE.comma) {
        if (this.expects !== 'comma') this.sink.refuse(position, position + 1, notJson(position))
        this.expects = 'value'
        position++
      } else if (isSpace(byte)) position++
      else this.beginItem(position, byte)
    }
    return { position, stop: 'more' }
  }

  private beginItem(position: number, byte: number | undefined): void {
    this.itemStart = position
    // No comma before it: two values run together, and the second cannot be trusted.
    this.damaged = this.expects === 'comma'
    this.expects = 'comma'
    if (byte === BYTE.openBrace || byte === BYTE.openBracket) {
      this.scanner.reset(0, this.lines ? 'always' : 'none')
      this.inside = 'element'
    } else {
      this.quoted = false
      this.escaped = false
      this.inside = 'scalar'
    }
  }

  private finishElement(end: number): void {
    this.inside = 'list'
    if (this.damaged) this.sink.refuse(this.itemStart, end, notJson(this.itemStart))
    else this.sink.value(this.itemStart, end, this.bytesUpTo(end), this.scanner)
  }

  /** Everything up to the next comma or bracket outside a string. */
  private readScalar(from: number): number {
    const { bytes, base, end } = this.window
    let position = from
    while (position < end) {
      const byte = bytes[position - base]
      if (this.escaped) this.escaped = false
      else if (this.quoted) {
        if (byte === BYTE.backslash) this.escaped = true
        else if (byte === BYTE.quote) this.quoted = false
      } else if (byte === BYTE.quote) this.quoted = true
      else if (byte !== undefined && ENDS_SCALAR.has(byte)) {
        this.inside = 'list'
        this.sink.scalar(this.itemStart, position, this.bytesUpTo(position))
        return position
      }
      position++
    }
    return position
  }

  private bytesUpTo(end: number): Buffer {
    return end - this.itemStart > MAX_ELEMENT_BYTES ? EMPTY : this.window.slice(this.itemStart, end)
  }
}

const ENDS_SCALAR = new Set<number>([BYTE.comma, BYTE.closeBracket, BYTE.closeBrace, BYTE.openBrace, BYTE.openBracket])
