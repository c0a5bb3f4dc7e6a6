import { describe, expect, test } from 'vitest'
import { networkOf } from '../../lib/access/network/peer'
import { safePath } from '../../lib/access/paths'
import { can, permissionsOf } from '../../lib/access/permissions'
import { prove } from '../../lib/access/proof'
import { type Permission, permissions, roles, tokenPermissions } from '../../lib/domain/people/role'
import { ForbiddenError } from '../../lib/errors'
import { negotiateLocale } from '../../lib/locale'

// The role table once more, by hand: a change of lib/access/permissions.ts has to be made here as well.
const MAY: Record<Permission, string> = {
  'findings:read': 'viewer auditor member lead admin',
  'findings:triage': 'member lead admin',
  'findings:triage-any': 'lead admin',
  'exceptions:request': 'member lead admin',
  'exceptions:approve': 'lead admin',
  'imports:close': 'lead admin',
  'imports:confirm': 'lead admin',
  'imports:read': 'viewer auditor member lead admin',
  'imports:write': 'member lead admin',
  'accounts:manage': 'lead admin',
  'audit:read': 'auditor lead admin',
  'export:read': 'auditor lead admin',
  'members:manage': 'admin',
  'tokens:manage': 'admin',
  'connections:manage': 'admin',
}
const matrix = roles.flatMap(role =>
  permissions.map(permission => ({ role, permission, allowed: MAY[permission].split(' ').includes(role) })),
)

describe('the role table', () => {
  test.each(matrix)('$role, $permission: $allowed', ({ role, permission, allowed }) => {
    expect(can(role, permission)).toBe(allowed)
    const actor = { kind: 'job', id: 'test', name: 'test' } as const
    const grant = { actor, accounts: 'all', ip: null, granted: new Set(permissionsOf(role)) } as const
    if (allowed) expect(prove(grant, [permission]).actor).toBe(actor)
    else expect(() => prove(grant, [permission])).toThrow(ForbiddenError)
  })

  test('a token can never manage members or tokens', () => {
    expect(tokenPermissions).not.toContain('members:manage')
    expect(tokenPermissions).not.toContain('tokens:manage')
  })
})

describe('the path after sign-in', () => {
  test.each([
    ['/findings?owner=me&x=1', '/findings?owner=me&x=1'],
    ['/accounts/123456789012', '/accounts/123456789012'],
    ['https://evil.example/', '/'],
    ['//evil.example/', '/'],
    ['/\\evil.example', '/'],
    ['/\t/evil.example', '/'],
    ['\\/evil.example', '/'],
    ['javascript:alert(1)', '/'],
    ['/sign-in?callbackUrl=/sign-in', '/'],
    ['/api/auth/signout', '/'],
    ['/.//evil.example', '/'],
    ['', '/'],
    [null, '/'],
  ])('%j becomes %j', (wanted, path) => {
    expect(safePath(wanted)).toBe(path)
  })
})

test.each([
  ['203.0.113.9', '203.0.113.9'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:0DB8:0001::', '2001:db8:1:0::/64'],
  ['::1', '0:0:0:0::/64'],
])('%s counts as the source %s', (ip, network) => {
  expect(networkOf(ip)).toBe(network)
})

test.each([
  ['ja,en;q=0.8', 'ja'],
  ['ja-JP', 'ja'],
  ['fr,en-GB;q=0.5,ja;q=0.4', 'en'],
  ['en;q=0.1, ja;q=0.9', 'ja'],
  ['ja;q=0', 'en'],
  ['de', 'en'],
  [null, 'en'],
])('Accept-Language %j is answered in %s', (header, locale) => {
  expect(negotiateLocale(header)).toBe(locale)
})
