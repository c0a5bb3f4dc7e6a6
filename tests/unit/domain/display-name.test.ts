import { expect, test } from 'vitest'
import { MemberName } from '../../../lib/access/member-input'
import { nameKey } from '../../../lib/domain/people/display-name'
import { oneLine } from '../../../lib/domain/text/plain-text'

test.each([
  ['ann', 'ANN'],
  ['Ann Lee', 'ann  lee'],
  ['Ann Lee', 'Ann\u00A0Lee'],
  ['Ann Lee', 'Ann\u3000Lee'],
  ['ann', 'ａｎｎ'],
  ['ﾀﾅｶ', 'タナカ'],
  ['が', 'か\u3099'],
  ['straße', 'STRASSE'],
  ['葛', '葛\u{E0100}'],
  ['ann', 'an\u3164n'],
])('%s and %s are the same name', (one, other) => {
  expect(nameKey(one)).toBe(nameKey(other))
})

test.each([
  ['ann', 'anne'],
  ['田中 太郎', '田中 次郎'],
])('%s and %s are different names', (one, other) => {
  expect(nameKey(one)).not.toBe(nameKey(other))
})

test.each([
  'lead\u202Enimda',
  'lead\u2066x\u2069',
  'lead\u200B',
  'lead\u00AD',
  'a\nb',
  'a\u2028b',
  'a\u0007b',
  'a\u0085b',
  '\u3164',
  'x\u{E0041}',
])('%j is refused as a name, and cleaned if nobody can correct it', name => {
  const result = MemberName.safeParse(name)
  expect(result.error?.issues.map(issue => issue.message)).toContain('hiddenCharacters')
  expect(MemberName.safeParse(oneLine(name) || 'x').success).toBe(true)
})

test.each(['Hanako', '田中 花子', '葛\u{E0100}飾', "O'Brien", 'Zoë', 'محمد'])('%s is accepted as a name', name => {
  expect(MemberName.parse(` ${name} `)).toBe(name)
})
