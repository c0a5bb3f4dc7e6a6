import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Outcome } from '../../../lib/domain/imports/outcome'
import { type Reject, RejectedRecord } from '../../../lib/domain/imports/reject'
import { type RawRecord, type Recognise, RejectedDocument, readDocument } from '../../../lib/sources/reader/document'
import type { RecordStamp } from '../../../lib/sources/reader/moving-times'
import { outcomesOf } from '../../../lib/sources/registry'

export const now = new Date('2026-01-01T00:00:00Z')

export function fixture(name: string): Buffer {
  return readFileSync(join(__dirname, '../../fixtures', name))
}

/** A fixture as an object, for tests that change one field of it. */
export function example(name: string): Record<string, unknown> {
  const value: unknown = JSON.parse(fixture(name).toString('utf8'))
  const [first] = Array.isArray(value) ? value : [value]
  return first
}

async function* cut(bytes: Uint8Array, sizes: number[]): AsyncGenerator<Uint8Array> {
  let from = 0
  for (let i = 0; from < bytes.length; i++) {
    const size = Math.max(1, sizes[i % sizes.length] ?? 65_536)
    yield bytes.subarray(from, from + size)
    from += size
  }
}

export interface Read {
  records: RawRecord<RecordStamp>[]
  /** Values of the readable records. */
  values: unknown[]
  /** Codes of the refused records, in order. */
  codes: string[]
  failure: { code: string; params: Reject['params']; recordsBefore: number } | null
}

/** Reads a whole document given as text or bytes, cut into chunks of these sizes in turn. */
export async function read(
  document: string | Uint8Array,
  sizes: number[] = [],
  recognise?: Recognise<RecordStamp>,
): Promise<Read> {
  const records: RawRecord<RecordStamp>[] = []
  let failure: Read['failure'] = null
  try {
    for await (const batch of readDocument(
      cut(typeof document === 'string' ? Buffer.from(document) : document, sizes),
      recognise ? { recognise } : {},
    )) {
      records.push(...batch)
    }
  } catch (error) {
    if (!(error instanceof RejectedDocument)) throw error
    failure = { code: error.code, params: error.params, recordsBefore: error.recordsBefore }
  }
  const values = records.flatMap(record => ('value' in record ? [record.value] : []))
  const codes = records.flatMap(record => ('reject' in record ? [record.reject.code] : []))
  return { records, values, codes, failure }
}

/** The only outcome of a record; fails where there are more. */
export function outcomeOf(raw: unknown): Outcome {
  const [outcome, ...more] = outcomesOf(raw, { now })
  if (!outcome || more.length > 0) throw new Error(`expected one outcome, got ${more.length + (outcome ? 1 : 0)}`)
  return outcome
}

/** Why a record is refused; fails where it is not. */
export function rejectOf(raw: unknown): { code: string; params: Reject['params']; accountId: string | null } {
  try {
    outcomesOf(raw, { now })
  } catch (error) {
    if (error instanceof RejectedRecord) return { code: error.code, params: error.params, accountId: error.accountId }
    throw error
  }
  throw new Error('expected a RejectedRecord')
}
