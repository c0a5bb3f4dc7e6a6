import { expect, test } from 'vitest'
import type { z } from 'zod'
import { AccountRules } from '../../../lib/domain/accounts/rules'
import { AddConnection } from '../../../lib/domain/collection/connection'
import { SavePrice } from '../../../lib/domain/feeds/sources'
import { StandardPage, StandardPolicy } from '../../../lib/domain/standard/settings'

/** PostgreSQL stores neither of these in jsonb. */
const TEXT = 'a\u0000b\ud800c'
const localized = { ja: TEXT, en: TEXT }

const settings: Record<string, readonly [z.ZodType, unknown]> = {
  'a price': [SavePrice, { source: 'guardduty', price: TEXT, seen: '' }],
  'limits of the standard': [
    StandardPolicy,
    {
      limits: { accountTags: [TEXT], contactDomains: [TEXT] },
      off: [{ check: 'root-mfa', environment: null, reason: TEXT }],
    },
  ],
  'the page of the standard': [StandardPage, { title: localized, introduction: localized, published: true }],
  'rules for accounts': [
    AccountRules,
    [{ name: TEXT, unit: TEXT, tag: { key: TEXT, value: TEXT }, environment: 'sandbox' }],
  ],
  'a connection': [AddConnection, { name: TEXT, kind: 'account', accountId: '111111111111' }],
}

test.each(Object.entries(settings))(
  '%s can be stored, whatever characters somebody types',
  (_name, [schema, input]) => {
    const stored = JSON.stringify(schema.parse(input))
    expect(stored).toContain('abc')
    expect(stored).not.toMatch(/\\u0000|\\ud800/)
  },
)

test('a price is one line', () => {
  for (const price of ['USD\n5', 'a\u202eb', 'x'.repeat(61)])
    expect(SavePrice.safeParse({ source: 'guardduty', price, seen: '' }).success).toBe(false)
})
