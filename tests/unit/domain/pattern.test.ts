import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fitsPattern } from '../../../lib/domain/policies/pattern'

test.each([
  ['S3.*', 'S3.14', true],
  ['S3.*', 'xS3.14', false],
  ['S3.1', 'S3x1', false],
  ['*', '', true],
  ['a*a', 'a', false],
  ['a*a', 'aa', true],
  ['*b*', 'abc', true],
  ['a**c', 'abbc', true],
  ['*:::site-*', 'arn:aws:s3:::site-a', true],
  ['*ab*bc*', 'abc', false],
  ['a\n*', 'a\nb', true],
])('%s on %s: %s', (pattern, text, fits) => {
  expect(fitsPattern(pattern, text)).toBe(fits)
})

test('matches texts that are built from the pattern, and agrees with a simple implementation', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 6 })
  const plain = (pattern: string, text: string): boolean => {
    if (pattern === '') return text === ''
    if (pattern[0] !== '*') return text[0] === pattern[0] && text !== '' && plain(pattern.slice(1), text.slice(1))
    return plain(pattern.slice(1), text) || (text !== '' && plain(pattern, text.slice(1)))
  }
  fc.assert(
    fc.property(letters, fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 7 }), (pattern, text) => {
      expect(fitsPattern(pattern, text)).toBe(plain(pattern, text))
    }),
  )
})

test('of a hostile pattern is answered at all', () => {
  expect(fitsPattern(`${'*a'.repeat(50)}*b`, 'a'.repeat(5000))).toBe(false)
})
