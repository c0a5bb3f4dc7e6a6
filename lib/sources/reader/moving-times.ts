import { hash } from 'node:crypto'
import { definitions } from '../definitions'
import { instantIn } from '../values/time'
import { BYTE, isSpace } from './json-scanner'

/** Identifies the bytes of a record, except times that change at each check. */
export interface RecordStamp {
  /** 64 bits. */
  hash: bigint
  /** When it was updated, in milliseconds since 1970. */
  updatedAt: number
}

const ZERO = 0x30
const LONGEST = 40
/** Keys are searched by their last bytes, which several of them share. */
const TAIL = 3

const DIGIT = 1
const MARK = 2
/** Bytes of a time. */
const KIND = new Uint8Array(256)
for (const character of '-:.TZ+') KIND[character.charCodeAt(0)] = MARK
for (const character of '0123456789') KIND[character.charCodeAt(0)] = DIGIT

/** A key in quotes. The first key of a format that a record contains is its time of update. */
interface MovingKey {
  bytes: Buffer
  rank: number
}

const formats = definitions.flatMap(({ movingTimes }) => {
  if (!movingTimes) return []
  const keys = movingTimes.keys.map((key, rank): MovingKey => ({ bytes: Buffer.from(`"${key}"`), rank }))
  const tails = new Map<string, MovingKey[]>()
  for (const key of keys) {
    const tail = key.bytes.toString('latin1', key.bytes.length - TAIL)
    tails.set(tail, [...(tails.get(tail) ?? []), key])
  }
  const groups = [...tails].map(([tail, of]) => ({ tail: Buffer.from(tail, 'latin1'), keys: of }))
  return [{ mark: Buffer.from(movingTimes.mark), groups }]
})

let scratch = Buffer.alloc(64 * 1024)

/**
 * The stamp of a record's bytes; null if its source has none, or if a moving time is invalid. `context` stands for
 * everything else that the result of reading depends on. Digits of the moving times count as zeros.
 */
export function stampOf(bytes: Buffer, context: string): RecordStamp | null {
  const format = formats.find(({ mark }) => bytes.includes(mark))
  if (!format) return null
  if (scratch.length < bytes.length + context.length) scratch = Buffer.alloc((bytes.length + context.length) * 2)
  bytes.copy(scratch)
  let best: { rank: number; time: number } | null = null
  for (const { tail, keys } of format.groups) {
    for (let at = bytes.indexOf(tail); at >= 0; at = bytes.indexOf(tail, at + TAIL)) {
      const behind = at + TAIL
      const key = keys.find(each => endsWith(bytes, behind, each.bytes))
      const from = key ? valueBehind(bytes, behind) : -1
      if (!key || from < 0) continue
      const to = timeEnd(bytes, from)
      const time = instantIn(bytes.toString('latin1', from, to))
      if (time === null) return null
      if (!best || key.rank < best.rank) best = { rank: key.rank, time }
      for (let i = from; i < to; i++) if (KIND[bytes[i] ?? 0] === DIGIT) scratch[i] = ZERO
    }
  }
  if (!best) return null
  const end = bytes.length + scratch.write(context, bytes.length, 'latin1')
  return {
    hash: BigInt.asIntN(64, BigInt(`0x${hash('sha256', scratch.subarray(0, end)).slice(0, 16)}`)),
    updatedAt: best.time,
  }
}

function endsWith(bytes: Buffer, end: number, key: Buffer): boolean {
  const start = end - key.length
  if (start < 0 || bytes[start] !== BYTE.quote) return false
  for (let i = 0; i < key.length; i++) if (bytes[start + i] !== key[i]) return false
  return true
}

/** The start of the text or number after a key; -1 for another value, or none. */
function valueBehind(bytes: Buffer, keyEnd: number): number {
  let at = keyEnd
  while (isSpace(bytes[at])) at++
  if (bytes[at] !== BYTE.colon) return -1
  at++
  while (isSpace(bytes[at])) at++
  if (bytes[at] === BYTE.quote) at++
  return KIND[bytes[at] ?? 0] === DIGIT ? at : -1
}

/** The end of a possible time that begins at `from`. */
function timeEnd(bytes: Buffer, from: number): number {
  let at = from
  while (at - from < LONGEST && KIND[bytes[at] ?? 0] !== 0) at++
  return at
}
