import 'server-only'

const HEADER = 20
/** Object ids of the types in pg_type, which never change, and their sizes. */
const TYPES = {
  account: { oid: 25, size: 12 },
  uuid: { oid: 2950, size: 16 },
  bigint: { oid: 20, size: 8 },
  double: { oid: 701, size: 8 },
} as const

/**
 * A parameter for an array of `length` values, which `put` writes at a position. In PostgreSQL's binary format (array_recv in
 * src/backend/utils/adt/arrayfuncs.c) thousands of values cost neither side a conversion from and to text. An `account` is a text of
 * twelve digits.
 */
export function binaryArray(
  type: keyof typeof TYPES,
  length: number,
  put: (target: Buffer, at: number, position: number) => void,
): Buffer {
  const { oid, size } = TYPES[type]
  if (length === 0) return emptyArray(oid)
  const bytes = Buffer.allocUnsafe(HEADER + length * (4 + size))
  // One dimension, no nulls, the type, and how many from 1.
  for (const [word, value] of [1, 0, oid, length, 1].entries()) bytes.writeInt32BE(value, word * 4)
  for (let position = 0, at = HEADER; position < length; position++, at += 4 + size) {
    bytes.writeInt32BE(size, at)
    put(bytes, at + 4, position)
  }
  return bytes
}

function emptyArray(oid: number): Buffer {
  const bytes = Buffer.alloc(12)
  bytes.writeInt32BE(oid, 8)
  return bytes
}
