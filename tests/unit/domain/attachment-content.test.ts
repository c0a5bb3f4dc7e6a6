import { describe, expect, test } from 'vitest'
import { downloadDisposition, toFileName, toNamedFile } from '../../../lib/domain/attachments/attachment'
import { ContentCheck } from '../../../lib/domain/attachments/content'
import { AppError } from '../../../lib/errors'
import { PDF, PNG, xlsxOf } from '../../support/files'

/** The reason why contents are refused, in chunks of any size; null if they are accepted. */
function refusal(name: string, bytes: Uint8Array, size: number): string | null {
  const check = new ContentCheck(toNamedFile(name, null).type, name)
  try {
    for (let from = 0; from < bytes.length; from += size) check.push(bytes.subarray(from, from + size))
    check.end()
    return null
  } catch (error) {
    if (error instanceof AppError) return error.reason
    throw error
  }
}

const SJIS = Buffer.from([0x93, 0xfa, 0x96, 0x7b, 0x8c, 0xea, 0x2c, 0x31, 0x0d, 0x0a]) // 日本語,1
const utf16 = (text: string) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')])
const text = (value: string) => Buffer.from(value)

describe('contents have to be of the type that the name states', () => {
  const accepted: [string, Uint8Array][] = [
    ['a.pdf', PDF],
    ['a.PNG', PNG],
    ['a.xlsx', xlsxOf()],
    ['a.csv', text('名前,値\r\n"a",1\r\n')],
    ['a.csv', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), text('名前')])],
    ['a.csv', SJIS],
    ['a.csv', utf16('名前\t値')],
    ['a.txt', Buffer.from(utf16('名前').swap16())],
    ['a.log', text('\u001b[31mred\u001b[0m\tx\n')],
    ['a.json', text('{}')],
    ['a.txt', text('x')],
    ['a.txt', text('<script>alert(1)</script>')],
  ]
  const refused: [string, Uint8Array, string][] = [
    ['a.pdf', PNG, 'attachmentContent'],
    ['a.pdf', Buffer.concat([text(' '), PDF]), 'attachmentContent'],
    ['a.pdf', text('%PDF-1.7 cut off'), 'attachmentContent'],
    ['a.png', PDF, 'attachmentContent'],
    ['a.png', PNG.subarray(0, -1), 'attachmentContent'],
    ['a.png', PNG.subarray(0, 8), 'attachmentContent'],
    ['a.xlsx', text('not a workbook, only its name'), 'attachmentContent'],
    ['a.csv', PDF, 'attachmentContent'],
    ['a.txt', PNG, 'attachmentContent'],
    ['a.txt', xlsxOf(), 'attachmentContent'],
    ['a.txt', text('a\0b'), 'attachmentEncoding'],
    ['a.txt', text('long enough to be read past the head \0'), 'attachmentEncoding'],
    ['a.txt', Buffer.from([0x61, 0xff, 0xff]), 'attachmentEncoding'],
    ['a.txt', Buffer.from([...text('ends within a letter: '), 0xe6]), 'attachmentEncoding'],
    ['a.txt', Buffer.from([0xff, 0xfe, 0x41]), 'attachmentEncoding'],
  ]
  test.each([1, 7, 4096])('in chunks of %i bytes', size => {
    for (const [name, bytes] of accepted) expect([name, refusal(name, bytes, size)]).toEqual([name, null])
    for (const [name, bytes, reason] of refused) expect([name, refusal(name, bytes, size)]).toEqual([name, reason])
  })
})

test.each([
  ['C:\\Users\\x\\evidence.pdf', 'evidence.pdf'],
  ['../../etc/passwd.txt', 'passwd.txt'],
  ['report\u202Efdp.txt', 'report fdp.txt'],
  ['a\r\nSet-Cookie: x.txt', 'a Set-Cookie_ x.txt'],
  ['..hidden.txt. ', 'hidden.txt'],
  ['証跡 (1).xlsx', '証跡 (1).xlsx'],
  ['か\u3099.csv', 'が.csv'],
  [`${'長'.repeat(300)}.xlsx`, `${'長'.repeat(145)}.xlsx`],
])('the file name %j becomes %j', (given, name) => {
  expect(toFileName(given)).toBe(name)
})

test.each([
  'a.exe',
  'a.xlsm',
  'a.html',
  'a.svg',
  'a',
  '.pdf',
  'pdf',
  'report\u202Efdp.exe',
  'a.pdf.exe',
  'a.constructor',
])('the name %j is refused', name => {
  expect(() => toNamedFile(name, null)).toThrow(expect.objectContaining({ reason: 'attachmentType' }))
})

test('a declared media type must agree with the extension', () => {
  for (const declared of [null, '', 'application/octet-stream', 'text/csv; charset=utf-8', 'application/vnd.ms-excel'])
    expect(toNamedFile('a.csv', declared).type).toBe('csv')
  for (const declared of ['application/pdf', 'text/html', 'image/svg+xml'])
    expect(() => toNamedFile('a.csv', declared)).toThrow(expect.objectContaining({ reason: 'attachmentMedia' }))
})

test('a download states its name as RFC 6266 and RFC 8187 write it', () => {
  expect(downloadDisposition('証跡 "1"%.pdf')).toBe(
    `attachment; filename="__ _1__.pdf"; filename*=UTF-8''%E8%A8%BC%E8%B7%A1%20%221%22%25.pdf`,
  )
  expect(downloadDisposition(`it's (1)*.txt`)).toContain(`filename*=UTF-8''it%27s%20%281%29%2A.txt`)
})
