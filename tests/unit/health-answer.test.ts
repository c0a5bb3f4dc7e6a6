import { expect, test } from 'vitest'
import { toHealthAnswer } from '@/lib/domain/health/answer'
import { outagePage } from '@/lib/health/outage-page'

test('unknown values of an answer are ignored', () => {
  const since = '2026-11-26T01:02:03.000Z'
  const reasons = [{ code: 'disk_low', text: 'words', since }, { code: 'of a newer version' }, 'nothing', null]
  expect(toHealthAnswer({ status: 'degraded', reasons })).toEqual({
    status: 'degraded',
    reasons: [{ code: 'disk_low', since: new Date(since) }],
  })
  expect(toHealthAnswer({ status: 'down', reasons: [{ code: 'database_away', since: 'never' }] })).toEqual({
    status: 'down',
    reasons: [{ code: 'database_away', since: null }],
  })
})

test.each([
  null,
  'ok',
  42,
  {},
  { status: 'ok' },
  { status: 'unavailable', reasons: [] },
  { status: 'ok', reasons: {} },
])('an answer of a proxy is not an answer of Hinomi: %j', body => {
  expect(toHealthAnswer(body)).toBeNull()
})

test('the outage page escapes its texts', () => {
  const texts = { title: 'a < b & "c"', text: '<script>alert(1)</script>', product: 'Hinomi' }
  const page = outagePage({ locale: 'ja', theme: 'dark', nonce: 'abc', texts })
  expect(page).toContain('<html lang="ja" data-theme="dark">')
  expect(page).toContain('<title>a &#60; b &#38; &#34;c&#34; — Hinomi</title>')
  expect(page).not.toContain('<script>alert')
  expect(page.match(/<script/g)).toHaveLength(1)
  expect(page).toContain('<script nonce="abc">')
})
