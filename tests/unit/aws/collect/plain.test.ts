import { expect, test } from 'vitest'
import { plainObject } from '../../../../lib/aws/collect/plain'

const textOf = (...bytes: number[]) => plainObject({ SearchString: Uint8Array.from(bytes) }).SearchString

test('bytes are text where they are UTF-8, and base64 where they are not or where no text could hold them', () => {
  expect(textOf(0x61, 0xe3, 0x81, 0x82)).toBe('aあ')
  expect(textOf(0xff, 0xfe)).toBe('base64://4=')
  expect(textOf(0x61, 0x00)).toBe('base64:YQA=')
  // The mark of the byte order is looked for as well.
  expect(textOf(0xef, 0xbb, 0xbf, 0x61)).toBe('\ufeffa')
})
