import { describe, expect, test } from 'vitest'
import { toReportLink, visibleText } from '../../../lib/domain/text/visible-text'

describe('the text of a report', () => {
  test.each([
    ['right-to-left override', 'invoice\u202Efdp.exe', 'invoice[U+202E]fdp.exe'],
    ['isolates', '\u2066a\u2069', '[U+2066]a[U+2069]'],
    ['right-to-left mark', 'a\u200Fb', 'a[U+200F]b'],
    ['zero width space', 'ad\u200Bmin', 'ad[U+200B]min'],
    ['soft hyphen and byte order mark', 'a\u00ADb\uFEFF', 'a[U+00AD]b[U+FEFF]'],
    ['escape and delete', '\u001B[31m\u007F', '[U+001B][31m[U+007F]'],
    ['C1 control', '\u009B', '[U+009B]'],
    ['line separator', 'a\u2028b', 'a[U+2028]b'],
    ['tag characters', '\u{E0041}', '[U+E0041]'],
    ['letters that show nothing', '\u3164\u115F\u034F', '[U+3164][U+115F][U+034F]'],
    ['half of a pair', 'a\uD800b', 'a[U+D800]b'],
  ])('shows a %s', (_name, text, shown) => {
    expect(visibleText(text)).toBe(shown)
  })

  test.each(['', 'S3 バケットのパブリックアクセス', 'line 1\r\n\tline 2', '👩‍💻', 'नमस्ते क्‍ष', 'שלום', 'é', 'a\u00A0b'])(
    'leaves %j as it is',
    text => {
      expect(visibleText(text)).toBe(text)
    },
  )
})

describe('a link of a report', () => {
  test('opens HTTPS addresses only', () => {
    expect(toReportLink('https://docs.aws.amazon.com/a?b#c')).toEqual({
      href: 'https://docs.aws.amazon.com/a?b#c',
      host: 'docs.aws.amazon.com',
    })
  })

  test.each([
    ['https://docs.aws.amazon.com@evil.example/', 'evil.example'],
    ['https://user:pw@evil.example/', 'evil.example'],
    ['https://:pw@evil.example/', 'evil.example'],
    ['http://docs.aws.amazon.com/', 'docs.aws.amazon.com'],
    ['HTTP://evil.example:8080/', 'evil.example:8080'],
  ])('is not followed: %s', (text, host) => {
    expect(toReportLink(text)).toEqual({ href: null, host })
  })

  test.each([
    '',
    'x',
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'ftp://a.example/',
    '//a.example',
  ])('is none: %j', text => {
    expect(toReportLink(text)).toBeNull()
  })

  test('shows host names of other scripts in ASCII', () => {
    expect(toReportLink('https://аmazon.com/')?.host).toBe('xn--mazon-3ve.com')
    expect(toReportLink('https://evil.example\\@docs.aws.amazon.com/')?.host).toBe('evil.example')
  })
})
