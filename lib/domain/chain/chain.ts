import { createHash, hash as hashOnce } from 'node:crypto'
import { type ChainedKind, chainedRows } from './rows'

/** The previous hash of the first link. */
export const NO_LINK = Buffer.alloc(32)

/** The covered columns of one row as text, in the order of chainedRows; null if the column is null. */
export type RowFields = readonly (string | null)[]

/** A row as a link covers it. Times are text in the form of chainedRows. */
export interface Seal {
  kind: ChainedKind
  accountId: string
  findingId: string
  rowId: string
  entered: string | null
  /** Null if the row was gone before it could be sealed. */
  hash: Buffer | null
}

export interface Link {
  seq: number
  at: string
  kind: 'decisions' | 'run'
  /** The id of a run's import, else empty. */
  subject: string
  /** Seals of decisions, or events of a run. */
  rows: number
  until: string | null
  digest: Buffer
  previous: Buffer
}

/** Unambiguous bytes of texts: each follows its length in bytes, and null is an empty length. */
export function encode(texts: readonly (string | null)[]): Buffer {
  return Buffer.from(texts.map(text => (text === null ? ':' : `${Buffer.byteLength(text)}:${text}`)).join(''), 'utf8')
}

/** The hash of a row: of its table and of every column that is not null, by name. */
export function rowHash(kind: ChainedKind, fields: RowFields): Buffer {
  const { table, columns } = chainedRows[kind]
  const named = Object.keys(columns).flatMap((name, place) => {
    const value = fields[place] ?? null
    return value === null ? [] : [name, value]
  })
  return sha256(encode([table, ...named]))
}

export function linkHash(link: Link): Buffer {
  const { seq, at, kind, subject, rows, until, digest, previous } = link
  const fields = ['hinomi chain 1', String(seq), at, kind, subject, String(rows), until, digest.toString('hex')]
  return sha256(Buffer.concat([previous, encode(fields)]))
}

/** The digest of the rows of a link, fed in its order: seals, and after the seal of a run the hashes of its events. */
export class LinkDigest {
  readonly #hash = createHash('sha256')

  seal({ kind, accountId, findingId, rowId, entered, hash }: Seal): void {
    this.#hash.update(encode([kind, accountId, findingId, rowId, entered, hash?.toString('hex') ?? null]))
  }

  event(hash: Buffer): void {
    this.#hash.update(hash)
  }

  end(): Buffer {
    return this.#hash.digest()
  }
}

function sha256(bytes: Buffer): Buffer {
  return hashOnce('sha256', bytes, 'buffer')
}
