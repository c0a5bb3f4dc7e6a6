import { expect, test } from 'vitest'
import { SetStatus } from '../../../lib/domain/findings/change'
import { filledText } from '../../../lib/domain/text/plain-text'
import { Verdict } from '../../../lib/domain/threats/verdict'

const invisible = [
  '',
  ' \n',
  '\u200b',
  '\u2060\u200d',
  '\u3164',
  '\u2800',
  '\u202e',
  '\u00ad',
  '\u0007',
  '\u{e0041}\u{e007f}',
  '\0',
  '\u034f',
]

test.each(invisible)('%j is no reason', reason => {
  expect(filledText(10).safeParse(reason).error?.issues).toMatchObject([{ code: 'too_small' }])
  const ids = [`111111111111-${'0'.repeat(32)}`]
  expect(SetStatus.safeParse({ selection: { ids }, status: 'resolved', reason }).success).toBe(false)
  expect(Verdict.safeParse({ kind: 'benign', text: reason }).success).toBe(false)
})

test.each(['x', '済', 'が\u200b', '👨\u200d👩', '\u{20BB7}', '.'])('%j is one', reason => {
  expect(filledText(10).parse(reason)).toBe(reason)
})
