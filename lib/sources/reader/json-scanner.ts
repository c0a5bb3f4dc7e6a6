/** Bytes with a meaning in JSON: RFC 8259, section 2. */
export const BYTE = {
  newline: 0x0a,
  quote: 0x22,
  comma: 0x2c,
  colon: 0x3a,
  backslash: 0x5c,
  openBracket: 0x5b,
  closeBracket: 0x5d,
  openBrace: 0x7b,
  closeBrace: 0x7d,
} as const

/** A more deeply nested object is refused; no finding format needs this depth. */
export const MAX_DEPTH = 100

const PLAIN = 0
const QUOTE = 1
const OPEN = 2
const CLOSE = 3
const COLON = 4

const KIND = new Uint8Array(256)
KIND[BYTE.quote] = QUOTE
KIND[BYTE.openBrace] = OPEN
KIND[BYTE.openBracket] = OPEN
KIND[BYTE.closeBrace] = CLOSE
KIND[BYTE.closeBracket] = CLOSE
KIND[BYTE.colon] = COLON

const STOPS_STRING = new Uint8Array(256)
STOPS_STRING[BYTE.quote] = 1
STOPS_STRING[BYTE.backslash] = 1
STOPS_STRING[BYTE.newline] = 1

/** When a line that begins a value may cut off the current one: never, if the syntax is broken there, or always. */
export type LineBreaks = 'none' | 'careful' | 'always'

/**
 * more: the bytes ended first; end: the value is complete; mismatch: a bracket closes another kind; key: the colon
 * after a key of a watched object was passed; broken: a new line begins another value.
 */
export type Stop = 'more' | 'end' | 'mismatch' | 'key' | 'broken'

/**
 * Finds the end of one JSON object or array, byte by byte, over several chunks. It checks only strings and kinds of
 * brackets; JSON.parse checks the rest. It never recurses and allocates nothing.
 */
export class JsonScanner {
  depth = 0
  /** The deepest nesting so far. */
  deepest = 0
  /** Colons outside strings: the number of keys, repeated ones included. */
  colons = 0
  stop: Stop = 'more'
  /** Stream positions of the last string, without its quotes. */
  stringStart = 0
  stringEnd = 0
  /** Whether to stop at the keys of the outermost object, or of the object `detail` in it. */
  watchDepth: 0 | 1 | 2 = 0
  inString = false
  private skip = false
  private afterNewline = false
  private breaks: LineBreaks = 'none'
  private readonly kinds = new Uint8Array(MAX_DEPTH + 2)

  reset(watchDepth: 0 | 1, breaks: LineBreaks): void {
    this.depth = 0
    this.deepest = 0
    this.colons = 0
    this.watchDepth = watchDepth
    this.inString = false
    this.skip = false
    this.afterNewline = false
    this.breaks = breaks
  }

  /** Reads from stream position `from` to at most `to` and returns where it stopped; `stop` is the reason. */
  scan(bytes: Uint8Array, base: number, from: number, to: number): number {
    const end = to - base
    let i = from - base
    let { depth, deepest, colons, inString } = this
    let stop: Stop = 'more'
    if (this.skip && i < end) {
      this.skip = false
      i++
    }
    if (this.afterNewline && i < end) {
      this.afterNewline = false
      if (inString && bytes[i] === BYTE.openBrace) stop = 'broken'
    }
    while (i < end && stop === 'more') {
      if (inString) {
        // All index reads below are within [0, end), so none is undefined.
        while (i < end && STOPS_STRING[bytes[i] as number] === 0) i++
        if (i >= end) break
        const byte = bytes[i++]
        if (byte === BYTE.quote) {
          inString = false
          this.stringEnd = base + i - 1
        } else if (byte === BYTE.backslash) {
          if (i < end) i++
          else this.skip = true
        } else if (this.breaks !== 'none') {
          if (i >= end) this.afterNewline = true
          else if (bytes[i] === BYTE.openBrace) stop = 'broken'
        }
        continue
      }
      while (i < end && KIND[bytes[i] as number] === PLAIN) i++
      if (i >= end) break
      const byte = bytes[i] as number
      const kind = KIND[byte]
      if (kind === QUOTE) {
        inString = true
        this.stringStart = base + i + 1
      } else if (kind === COLON) {
        colons++
        if (depth === this.watchDepth) stop = 'key'
      } else if (kind === OPEN) {
        if (byte === BYTE.openBrace && depth > 0 && this.breaks !== 'none' && this.breaksAt(bytes, i)) {
          stop = 'broken'
          break
        }
        if (depth <= MAX_DEPTH) this.kinds[depth] = byte
        depth++
        if (depth > deepest) deepest = depth
      } else {
        depth--
        // '[' and ']' differ by two, and so do '{' and '}'.
        if (depth <= MAX_DEPTH && this.kinds[depth] !== byte - 2) {
          stop = 'mismatch'
          break
        }
        if (depth === 0) stop = 'end'
        else if (depth < this.watchDepth) this.watchDepth = 1
      }
      i++
    }
    this.stop = stop
    this.depth = depth
    this.deepest = deepest
    this.colons = colons
    this.inString = inString
    return base + i
  }

  /** Whether the brace at `at` begins a line where the grammar allows no value. */
  private breaksAt(bytes: Uint8Array, at: number): boolean {
    if (bytes[at - 1] !== BYTE.newline) return false
    if (this.breaks === 'always') return true
    let i = at - 1
    while (i > 0 && isSpace(bytes[i])) i--
    const before = bytes[i]
    return before !== BYTE.comma && before !== BYTE.openBracket && before !== BYTE.colon
  }
}

/** JSON's four kinds of white space. */
export function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}
