import { expect, test } from 'vitest'
import { languageOf } from '../../../lib/domain/text/language'

test.each([
  ['S3 general purpose buckets should block public read access', 'en'],
  ['IAM users’ access keys should be rotated', 'en'],
  ['本番 payroll', 'ja'],
  ['ルートユーザー', 'ja'],
  ['S3.2', null],
  ['arn:aws:s3:::payroll-2026', null],
  ['123456789012', null],
  ['member-prod', null],
  ['', null],
])('the language of “%s” is %s', (text, language) => {
  expect(languageOf(text)).toBe(language)
})
