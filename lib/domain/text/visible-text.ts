/**
 * Characters that reverse, hide or break the text around them. The joiners U+200C and U+200D stay, which Indic scripts
 * and emoji need, as do tab and line breaks. https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing
 */
const HIDDEN = /(?![\t\n\r\u200C\u200D])(?:[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}\u115F\u1160\u3164\uFFA0]|\u034F)/gu

/**
 * Text of a report for display: each hidden character is shown as its number, such as [U+202E]. Stored, compared and
 * copied text is not changed.
 */
export function visibleText(text: string): string {
  return text.replace(HIDDEN, char => `[U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}]`)
}

/** A link of a report. It has an address only for https, and not if credentials before the host could disguise it. */
export interface ReportLink {
  href: string | null
  /** In ASCII, as a browser would show it: https://url.spec.whatwg.org/#concept-domain-to-ascii */
  host: string
}

/** Null if the text is no link to a host. */
export function toReportLink(text: string): ReportLink | null {
  if (!URL.canParse(text)) return null
  const { protocol, host, username, password, href } = new URL(text)
  if (host === '' || !['https:', 'http:'].includes(protocol)) return null
  return { href: protocol === 'https:' && username === '' && password === '' ? href : null, host }
}
