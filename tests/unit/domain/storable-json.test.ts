import { expect, test } from 'vitest'
import { storableJson, storableText } from '../../../lib/domain/text/storable-json'

test('texts lose only what PostgreSQL refuses', () => {
  expect(storableText('a\u0000b\ud800c\udc00😀\n')).toBe('a\ufffdb\ufffdc\ufffd😀\n')
})

test('of JSON all texts do, keys included', () => {
  const value = { 'k\u0000': ['\ud800', 1, null, true], nested: { __proto__x: 'a' } }
  expect(storableJson(value)).toEqual({ 'k\ufffd': ['\ufffd', 1, null, true], nested: { __proto__x: 'a' } })
  const odd = JSON.parse('{"__proto__": "a\\u0000"}')
  expect(Object.entries(storableJson(odd) as object)).toEqual([['__proto__', 'a\ufffd']])
})
