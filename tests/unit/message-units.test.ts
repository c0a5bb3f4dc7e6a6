import { expect, test } from 'vitest'
import en from '@/messages/en.json'
import ja from '@/messages/ja.json'

/** The units of size in every sentence, by its whole key. */
function unitsIn(messages: object, prefix = ''): [string, string[]][] {
  return Object.entries(messages).flatMap(([key, value]): [string, string[]][] =>
    typeof value === 'string'
      ? [[`${prefix}${key}`, value.match(/\b[KMG]i?B\b/gi) ?? []]]
      : unitsIn(value, `${prefix}${key}.`),
  )
}

test('both languages use the same units of size', () => {
  expect(Object.fromEntries(unitsIn(ja))).toEqual(Object.fromEntries(unitsIn(en)))
})
