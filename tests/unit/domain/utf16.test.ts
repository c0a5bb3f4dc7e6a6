import { expect, test } from 'vitest'
import { utf16Of } from '../../../lib/domain/text/utf16'

const swapped = (text: string) => Buffer.from(text, 'utf16le').swap16()

test.each([
  ['{"a":1}', Buffer.from('{"a":1}', 'utf16le'), 'utf-16le'],
  ['a CSV header', Buffer.from('user,arn', 'utf16le'), 'utf-16le'],
  ['a mark alone', Buffer.from([0xff, 0xfe]), 'utf-16le'],
  ['a mark before Japanese', Buffer.from('\ufeff火の見', 'utf16le'), 'utf-16le'],
  ['big-endian', swapped('[\r\n{}]'), 'utf-16be'],
  ['big-endian with a mark', swapped('\ufeff火'), 'utf-16be'],
  ['UTF-8', Buffer.from('{"a":1}'), null],
  ['UTF-8 with a mark', Buffer.from('\ufeff{}'), null],
  ['UTF-32', Buffer.from([0x7b, 0, 0, 0, 0x7d, 0, 0, 0]), null],
  ['UTF-32 with a mark', Buffer.from([0xff, 0xfe, 0, 0, 0x7b, 0, 0, 0]), null],
  ['Japanese without a mark, which could be anything', Buffer.from('火の見', 'utf16le'), null],
  ['nothing', Buffer.alloc(0), null],
  ['one byte', Buffer.from('{'), null],
])('%s', (_what, bytes, encoding) => {
  expect(utf16Of(bytes)).toBe(encoding)
})
