import { expect, test, vi } from 'vitest'
import { newContentKey, openContentKey, openPiece, sealPiece } from '../../lib/access/seal/seal-pieces'
import { setSecrets } from '../support/secrets'

vi.stubEnv('DATABASE_URL', 'postgresql://localhost/x')
vi.stubEnv('HINOMI_SECRET', 'the first secret, which a test knows')

const bytes = Buffer.from('evidence')
const ID = '11111111-1111-4111-8111-111111111111'

test('a piece opens only at its place, whole, and under the key of its attachment', () => {
  const { content, sealed } = newContentKey(ID)
  const piece = sealPiece(content, 3, false, bytes)
  expect(piece.includes(bytes)).toBe(false)
  const opened = openContentKey(ID, sealed)
  if (!opened) throw new Error('the key does not open')
  expect(openPiece(opened, 3, false, piece)).toEqual(bytes)
  expect(openPiece(opened, 2, false, piece)).toBeNull()
  // A file that is cut off ends with a piece that is not the last one.
  expect(openPiece(opened, 3, true, piece)).toBeNull()
  expect(openPiece({ ...opened, id: ID.replaceAll('1', '2') }, 3, false, piece)).toBeNull()
  expect(openPiece(newContentKey(ID).content, 3, false, piece)).toBeNull()
  for (const at of [0, 12, piece.length - 1]) {
    const changed = Buffer.from(piece)
    changed[at] = (changed[at] ?? 0) ^ 1
    expect(openPiece(opened, 3, false, changed)).toBeNull()
  }
  expect(openPiece(opened, 3, false, piece.subarray(0, 10))).toBeNull()
})

test('the key of an attachment is not valid for another one', () => {
  const { sealed } = newContentKey(ID)
  expect(openContentKey(ID.replaceAll('1', '2'), sealed)).toBeNull()
  setSecrets('another secret, which never sealed it')
  expect(openContentKey(ID, sealed)).toBeNull()
})
