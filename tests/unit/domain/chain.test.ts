import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encode, type Link, LinkDigest, linkHash, NO_LINK, rowHash, type Seal } from '@/lib/domain/chain/chain'
import { chainedRows } from '@/lib/domain/chain/rows'

const texts = fc.array(fc.option(fc.oneof(fc.string(), fc.constantFrom('', ':', '1:', '0:', '1:a', '火'))))

describe('texts as bytes', () => {
  test('of two different lists are never the same', () => {
    fc.assert(
      fc.property(texts, texts, (a, b) => {
        expect(encode(a).equals(encode(b))).toBe(JSON.stringify(a) === JSON.stringify(b))
      }),
      { numRuns: 2000 },
    )
  })

  test('distinguish null from empty, and where one ends', () => {
    expect(encode(['火', null, '']).toString()).toBe('3:火:0:')
    expect(encode(['a', 'b'])).not.toEqual(encode(['a1:b']))
  })
})

describe('the hash of a row', () => {
  const first = Object.keys(chainedRows.audit.columns).slice(0, 10)
  const fields = first.map(name => (name === 'ip' ? null : name))

  test('depends on its table and its columns by name', () => {
    // Written once and never changed: a hash that comes out otherwise breaks every chain there is.
    expect(rowHash('audit', fields).toString('hex')).toBe(
      'eea371fa18bbf7ed71d6bf139fb591b5f993b54254f71dacb9fd41b2c5fca5cf',
    )
    expect(rowHash('event', fields)).not.toEqual(rowHash('audit', fields))
  })

  test('does not change if a column without a value is added', () => {
    expect(rowHash('audit', [...fields, null])).toEqual(rowHash('audit', fields))
  })

  test('distinguishes the columns of a text', () => {
    const [at] = fields.map((_, place) => place).filter(place => fields[place] === null)
    const moved = fields.with(at ?? 0, fields[(at ?? 0) + 1] ?? null).with((at ?? 0) + 1, null)
    expect(rowHash('audit', moved)).not.toEqual(rowHash('audit', fields))
  })
})

const link: Link = {
  seq: 1,
  at: '2026-01-01T00:00:00.000Z',
  kind: 'decisions',
  subject: '',
  rows: 1,
  until: null,
  digest: Buffer.alloc(32, 1),
  previous: NO_LINK,
}

test('the hash of a link depends on all its fields and on the previous link', () => {
  const others: Link[] = [
    { ...link, seq: 2 },
    { ...link, at: '2026-01-01T00:00:00.001Z' },
    { ...link, kind: 'run' },
    { ...link, subject: '1' },
    { ...link, rows: 2 },
    { ...link, until: link.at },
    { ...link, digest: Buffer.alloc(32, 2) },
    { ...link, previous: Buffer.alloc(32, 1) },
  ]
  expect(new Set([link, ...others].map(one => linkHash(one).toString('hex'))).size).toBe(9)
  expect(linkHash(link).toString('hex')).toBe('c7e71f29b0be4aff53e4419d5347f8d3f106ce359f6e1c210c1c7cb36a29cb6d')
})

test('the digest of a link follows from its seals and their order', () => {
  const seal: Seal = { kind: 'event', accountId: '1', findingId: 'f', rowId: '2', entered: null, hash: NO_LINK }
  const digestOf = (...seals: Seal[]) => {
    const digest = new LinkDigest()
    for (const one of seals) digest.seal(one)
    return digest.end().toString('hex')
  }
  const gone = { ...seal, hash: null }
  const late = { ...seal, entered: link.at }
  const all = [digestOf(), digestOf(seal), digestOf(gone), digestOf(late), digestOf(seal, gone), digestOf(gone, seal)]
  expect(new Set(all).size).toBe(6)
})
