import { isUtf8 } from 'node:buffer'
import type { Reject } from '../../domain/imports/reject'
import { definitions } from '../definitions'
import { MAX_ELEMENT_BYTES } from './element'
import { BYTE } from './json-scanner'
import { RecordSink } from './record-sink'

const CARRIAGE_RETURN = 0x0d
const SEMICOLON = 0x3b
const TAB = 0x09
/** A file with a known header and other rows would only fill the list of rejects. */
const MAX_COLUMNS = 500

/** The columns that identify reports in CSV. */
const KNOWN: readonly (readonly string[])[] = definitions.flatMap(({ csvHeaders = [] }) => csvHeaders)

/** The longest name of each known header. It is rare in rows, so that most rows are not split twice. */
const MARKS = KNOWN.map(columns =>
  columns.reduce((longest, name) => (name.length > longest.length ? name : longest), ''),
)

/** A longer header is unknown. */
const HEADER_BYTES = 16 * 1024

/**
 * The kind of CSV by its header: a known one, another one, or no CSV. Null while `head` is too short to decide; `whole`
 * means that nothing follows.
 */
export function csvOf(head: Buffer, whole: boolean): 'known' | 'other' | 'none' | null {
  const text = head.toString('latin1', 0, HEADER_BYTES).replace(/^\xef\xbb\xbf/, '')
  if (/^\s*[[{<]/.test(text)) return 'none'
  const end = text.indexOf('\n')
  if (end < 0 && !whole && head.length < HEADER_BYTES) return null
  const line = end < 0 ? text : text.slice(0, end).replace(/\r$/, '')
  const delimiter = delimiterOf(line)
  const cells = line.split(delimiter).map(unquoted)
  if (isKnownHeader(cells)) return 'known'
  // Bytes below a space are not text.
  const printable = [...line].every(character => character >= ' ' || character === '\t')
  const names = new Set(cells)
  // A sentence has a comma too, but a space after it, and often no second line.
  const twoColumns =
    names.size === 2 && (delimiter !== ',' || (end >= 0 && cells.every(cell => /^\S(.*\S)?$/.test(cell))))
  return printable && (names.size > 2 || twoColumns) ? 'other' : 'none'
}

function isKnownHeader(cells: readonly string[]): boolean {
  const names = new Set(cells)
  return KNOWN.some(columns => columns.every(column => names.has(column)))
}

function unquoted(cell: string): string {
  return cell.replace(/^"|"$/g, '')
}

/** Spreadsheets separate cells by a comma, a semicolon or a tab, depending on the country. */
function delimiterOf(header: string): string {
  const count = (character: string) => header.split(character).length
  return [';', '\t'].reduce((most, each) => (count(each) > count(most) ? each : most), ',')
}

/**
 * Cuts CSV (RFC 4180) into its rows while it arrives; each becomes an object by the names of the header. Cells are
 * text, whatever they look like. A row with more or fewer cells than the header is refused, since its columns are not
 * known; empty cells at the end are only trailing delimiters. A header further down, as in joined files, applies to the
 * rows after it.
 */
export class CsvSplitter {
  failure: Reject | null = null
  readonly sink = new RecordSink(null)
  private pending: Buffer = Buffer.alloc(0)
  /** Stream position of `pending[0]`, and the number of its bytes already scanned. */
  private base = 0
  private looked = 0
  private state: 'start' | 'plain' | 'quoted' | 'closing' = 'start'
  private header: string[] | null = null
  private headerText = ''
  /** Empty cells at the end of the header. */
  private nameless = 0
  private delimiter = ','

  push(piece: Uint8Array): void {
    if (this.failure) return
    this.pending = this.pending.length === 0 ? Buffer.from(piece) : Buffer.concat([this.pending, piece])
    let start = 0
    for (let i = this.looked; i < this.pending.length; i++) {
      const byte = this.pending[i] ?? 0
      if (this.state === 'quoted') {
        if (byte === BYTE.quote) this.state = 'closing'
      } else if (byte === BYTE.newline) {
        this.row(start, i)
        if (this.failure) return
        start = i + 1
        this.state = 'start'
      } else if (byte === BYTE.quote && this.state !== 'plain') {
        // At the start of a cell, or as the second of two in a quoted cell. Elsewhere it is an ordinary character.
        this.state = 'quoted'
      } else {
        this.state = this.separates(byte) ? 'start' : 'plain'
      }
    }
    this.base += start
    this.pending = this.pending.subarray(start)
    this.looked = this.pending.length
    if (this.pending.length > MAX_ELEMENT_BYTES) {
      this.failure = { code: 'too_large', params: { megabytes: MAX_ELEMENT_BYTES / 1024 / 1024 } }
    }
  }

  /** All possible delimiters, until the header decides. */
  private separates(byte: number): boolean {
    if (this.header) return byte === this.delimiter.charCodeAt(0)
    return byte === BYTE.comma || byte === SEMICOLON || byte === TAB
  }

  end(): void {
    if (this.failure) return
    if (this.state === 'quoted')
      this.failure = { code: 'truncated', params: { position: this.base + this.pending.length } }
    else if (this.pending.length > 0) this.row(0, this.pending.length)
    this.sink.release()
  }

  private row(from: number, to: number): void {
    let end = to
    if (end > from && this.pending[end - 1] === CARRIAGE_RETURN) end--
    const bytes = this.pending.subarray(from, end)
    if (bytes.length === 0) return
    const [start, stop] = [this.base + from, this.base + end]
    if (!isUtf8(bytes)) {
      if (this.header) this.sink.refuse(start, stop, { code: 'wrong_encoding', params: { position: start } })
      else this.failure = { code: 'wrong_encoding', params: { position: start } }
      return
    }
    const text = bytes.toString('utf8')
    if (!this.header) this.readHeader(text.replace(/^\ufeff/, ''))
    else if (this.repeatsHeader(text)) this.readHeader(text.replace(/^\ufeff/, ''))
    else this.readRow(text, this.header, start, stop)
  }

  /**
   * Whether the row is the header of another file that was joined to the first: the same one again, or one of a known
   * kind.
   */
  private repeatsHeader(text: string): boolean {
    const line = text.replace(/^\ufeff/, '')
    if (line === this.headerText) return true
    return (
      line.length <= HEADER_BYTES &&
      MARKS.some(mark => line.includes(mark)) &&
      isKnownHeader(line.split(delimiterOf(line)).map(unquoted))
    )
  }

  private readHeader(text: string): void {
    this.delimiter = delimiterOf(text)
    const cells = this.cells(text)
    const last = cells.findLastIndex(cell => cell.trim() !== '')
    const names = cells.slice(0, last + 1)
    const twice = names.find((name, at) => names.indexOf(name) !== at)
    if (cells.length > MAX_COLUMNS) this.failure = { code: 'bad_field', params: { field: 'header' } }
    else if (twice !== undefined) this.failure = { code: 'duplicate_key', params: { key: twice.slice(0, 60) } }
    this.header = names
    this.headerText = text
    this.nameless = cells.length - names.length
    this.sink.release()
  }

  private readRow(text: string, header: readonly string[], from: number, to: number): void {
    const cells = this.cells(text)
    // Cells of columns without a name are not read.
    const surplus = cells.slice(header.length + this.nameless)
    const tooMany = cells.length > MAX_COLUMNS || surplus.some(cell => cell.trim() !== '')
    if (cells.length < header.length || tooMany) {
      this.sink.refuse(from, to, { code: 'uneven_row', params: { found: cells.length, expected: header.length } })
      return
    }
    this.sink.object(from, to, Object.fromEntries(header.map((name, at) => [name, cells[at]])))
  }

  /** A cell is quoted if it begins with a quote; two quotes in it mean one. Other quotes are ordinary characters. */
  private cells(text: string): string[] {
    const { delimiter } = this
    const cells: string[] = []
    let at = 0
    // One more than allowed shows that there are too many.
    while (at <= text.length && cells.length <= MAX_COLUMNS) {
      if (text[at] === '"') {
        let cell = ''
        let from = at + 1
        for (;;) {
          const close = text.indexOf('"', from)
          const until = close < 0 ? text.length : close
          cell += text.slice(from, until)
          at = until + 1
          if (text[at] !== '"') break
          cell += '"'
          from = at + 1
        }
        const next = text.indexOf(delimiter, at)
        cells.push(cell + text.slice(at, next < 0 ? text.length : next))
        if (next < 0) break
        at = next + 1
      } else {
        const next = text.indexOf(delimiter, at)
        cells.push(text.slice(at, next < 0 ? text.length : next))
        if (next < 0) break
        at = next + 1
      }
    }
    return cells
  }
}
