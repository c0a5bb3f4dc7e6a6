import { expect, test } from 'vitest'
import { AddConnection, UpdateConnection } from '../../../../lib/domain/collection/connection'

const id = '00000000-0000-4000-8000-000000000000'
const seen = { name: 'Before', roleName: 'HinomiReadOnly', paused: false }

test.each([
  ['turned', 'a\u202eb'],
  ['with a bell', 'a\u0007b'],
  ['of two lines', 'a\nb'],
  ['of another line separator', 'a\u2028b'],
  ['of blank Braille', '\u2800'],
  ['of nothing', '  '],
])('a name %s is refused', (_name, name) => {
  expect(AddConnection.safeParse({ name, kind: 'account', accountId: '111111111111' }).success).toBe(false)
  expect(UpdateConnection.safeParse({ id, name, seen }).success).toBe(false)
})

test('a change names what was shown', () => {
  expect(UpdateConnection.safeParse({ id, name: 'After', seen }).success).toBe(true)
  expect(UpdateConnection.safeParse({ id, name: 'After' }).success).toBe(false)
})

test('a name in any language is kept, without the spaces around it', () => {
  expect(UpdateConnection.parse({ id, name: ' 本番 Organisation ', seen })).toEqual({
    id,
    name: '本番 Organisation',
    seen,
  })
})
