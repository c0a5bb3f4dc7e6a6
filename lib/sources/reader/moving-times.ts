import { hash } from 'node:crypto'
import { definitions } from '../definitions'
import { BYTE, isSpace } from './json-scanner'

/** Bytes of a record as they are recognised, whatever the times in it that move with each check. */
export interface RecordStamp {
  /** 64 bits. */
  hash: bigint
  /** When it was updated, in milliseconds since 1970. */
  updatedAt: number
}

const ZERO = 0x30
const NINE = 0x39
const LONGEST = 40
/** ISO 8601 in UTC, the form in which nearly all services write. */
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/
const EPOCH = /^\d{10}(\d{3})?$/

const formats = definitions.flatMap(({ movingTimes }) => {
  if (!movingTimes) return []
  const keys = movingTimes.keys.map(key => Buffer.from(`"${key}"`))
  return [{ mark: Buffer.from(movingTimes.mark), keys }]
})

let scratch = Buffer.alloc(64 * 1024)

/**
 * The stamp of a record's bytes, null where its source has none. `context` names all else that what is read from the bytes depends on.
 * Digits of the moving times count as zeros; a time in an unusual form counts as it stands.
 */
export function stampOf(bytes: Buffer, context: string): RecordStamp | null {
  const format = formats.find(({ mark }) => bytes.includes(mark))
  if (!format) return null
  if (scratch.length < bytes.length + context.length) scratch = Buffer.alloc((bytes.length + context.length) * 2)
  bytes.copy(scratch)
  let updatedAt: number | null = null
  for (const key of format.keys) {
    for (let at = bytes.indexOf(key); at >= 0; at = bytes.indexOf(key, at + key.length)) {
      const value = valueBehind(bytes, at + key.length)
      if (!value) continue
      const time = timeOf(bytes.toString('latin1', value.from, value.to))
      if (time === null) continue
      updatedAt ??= time
      zeroDigits(value.from, value.to)
    }
  }
  if (updatedAt === null) return null
  const end = bytes.length + scratch.write(context, bytes.length, 'latin1')
  return { hash: hash('sha256', scratch.subarray(0, end), 'buffer').readBigInt64LE(0), updatedAt }
}

/** Where the text or number behind a key stands. */
function valueBehind(bytes: Buffer, keyEnd: number): { from: number; to: number } | null {
  let at = keyEnd
  while (isSpace(bytes[at])) at++
  if (bytes[at] !== BYTE.colon) return null
  at++
  while (isSpace(bytes[at])) at++
  if (bytes[at] === BYTE.quote) {
    const from = at + 1
    const to = bytes.indexOf(BYTE.quote, from)
    return to > 0 && to - from <= LONGEST ? { from, to } : null
  }
  const from = at
  while (isDigit(bytes[at])) at++
  return at > from && at - from <= LONGEST ? { from, to: at } : null
}

function timeOf(text: string): number | null {
  if (INSTANT.test(text)) {
    const time = Date.parse(text)
    return Number.isNaN(time) ? null : time
  }
  if (!EPOCH.test(text)) return null
  return text.length === 10 ? Number(text) * 1000 : Number(text)
}

function zeroDigits(from: number, to: number): void {
  for (let at = from; at < to; at++) if (isDigit(scratch[at])) scratch[at] = ZERO
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE
}
