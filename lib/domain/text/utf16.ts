export type Utf16 = 'utf-16le' | 'utf-16be'

/**
 * UTF-16 by its byte order mark or, without one, by a NUL beside each of the first two characters, which are ASCII in
 * JSON and in CSV. UTF-32 has more NULs and does not match. https://www.unicode.org/faq/utf_bom.html
 */
export function utf16Of(head: Uint8Array): Utf16 | null {
  const [a = 0, b = 0, c = 0, d = 0] = head
  if (a === 0xff && b === 0xfe) return head.length >= 4 && c === 0 && d === 0 ? null : 'utf-16le'
  if (a === 0xfe && b === 0xff) return 'utf-16be'
  if (head.length < 4) return null
  if (isAscii(a) && b === 0 && isAscii(c) && d === 0) return 'utf-16le'
  return a === 0 && isAscii(b) && c === 0 && isAscii(d) ? 'utf-16be' : null
}

function isAscii(byte: number): boolean {
  return (byte >= 0x20 && byte < 0x7f) || byte === 0x09 || byte === 0x0a || byte === 0x0d
}
