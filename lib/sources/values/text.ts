export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const UNSTORABLE = /[\0\ud800-\udfff]/

/** Text that PostgreSQL can store, at most `limit` UTF-16 units: NUL and lone surrogates become U+FFFD. */
export function clean(text: string, limit: number): string {
  let kept = text
  if (kept.length > limit) {
    const last = kept.charCodeAt(limit - 1)
    kept = kept.slice(0, last >= 0xd800 && last <= 0xdbff ? limit - 1 : limit)
  }
  return UNSTORABLE.test(kept) ? kept.replace(/\0|\p{Surrogate}/gu, '\ufffd') : kept
}

/** The longest prefix of a text with at most this many bytes in UTF-8. */
export function cut(text: string, maxBytes: number): string {
  if (text.length * 3 <= maxBytes || Buffer.byteLength(text) <= maxBytes) return text
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(maxBytes))
  return text.slice(0, read)
}

/** A short, safe form of a value, for the sentence that explains a refusal. */
export function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
  // Control and format characters could reverse or hide the sentence around them.
  return clean(text.slice(0, 200).replace(/[\p{Cc}\p{Cf}]/gu, '\ufffd'), 60)
}

/** The address if it is http or https, otherwise empty: a report must not add links of other schemes to a page. */
export function httpUrl(value: unknown): string {
  if (typeof value !== 'string' || value.length > 2048 || !/^https?:\/\/[^\s]/i.test(value)) return ''
  return URL.canParse(value) ? clean(value, 2048) : ''
}

/** The first value that is text and not blank. */
export function firstText(...values: unknown[]): string {
  for (const value of values) if (typeof value === 'string' && value.trim() !== '') return value
  return ''
}
