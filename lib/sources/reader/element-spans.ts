import { BYTE, isSpace, JsonScanner } from './json-scanner'

/** The position of a value: its first byte, and the byte after its last. */
export interface Span {
  from: number
  to: number
}

/**
 * The positions of the elements of these lists in an object's JSON, by the list's key. The bytes must be valid JSON.
 */
export function elementSpans(bytes: Buffer, keys: readonly string[]): Map<string, Span[]> {
  const spans = new Map<string, Span[]>()
  const scanner = new JsonScanner()
  scanner.reset(1, 'none')
  let position = scanner.scan(bytes, 0, 0, bytes.length)
  while (scanner.stop === 'key') {
    const key = bytes.toString('utf8', scanner.stringStart, scanner.stringEnd)
    const value = behindSpace(bytes, position)
    if (keys.includes(key) && bytes[value] === BYTE.openBracket) {
      const list = spansOfList(bytes, value + 1)
      spans.set(key, list.spans)
      position = list.end
    }
    position = scanner.scan(bytes, 0, position, bytes.length)
  }
  return spans
}

/** From after the opening bracket of a list to after its closing one. */
function spansOfList(bytes: Buffer, start: number): { spans: Span[]; end: number } {
  const spans: Span[] = []
  const scanner = new JsonScanner()
  let at = behindSpace(bytes, start)
  while (at < bytes.length && bytes[at] !== BYTE.closeBracket) {
    const to = endOfValue(bytes, at, scanner)
    spans.push({ from: at, to })
    at = behindSpace(bytes, to)
    if (bytes[at] === BYTE.comma) at = behindSpace(bytes, at + 1)
  }
  return { spans, end: at + 1 }
}

function endOfValue(bytes: Buffer, from: number, scanner: JsonScanner): number {
  if (bytes[from] === BYTE.openBrace || bytes[from] === BYTE.openBracket) {
    scanner.reset(0, 'none')
    return scanner.scan(bytes, 0, from, bytes.length)
  }
  let at = from + 1
  if (bytes[from] === BYTE.quote) {
    while (at < bytes.length && bytes[at] !== BYTE.quote) at += bytes[at] === BYTE.backslash ? 2 : 1
    return at + 1
  }
  while (at < bytes.length && bytes[at] !== BYTE.comma && bytes[at] !== BYTE.closeBracket && !isSpace(bytes[at])) at++
  return at
}

function behindSpace(bytes: Buffer, from: number): number {
  let at = from
  while (isSpace(bytes[at])) at++
  return at
}
