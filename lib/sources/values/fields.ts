import { createHash } from 'node:crypto'
import type { z } from 'zod'
import { RejectedRecord } from '../../domain/imports/reject'
import { definitions } from '../definitions'
import { clean, cut, shown } from './text'

/** Longest accepted id in bytes of UTF-8; it is part of keys, so that it cannot be cut. */
export const MAX_ID_BYTES = 2048

const LIMITS = { title: 1000, text: 10_000, name: 200 } as const
/** Titles are in an index together with their control, see limits.ts. */
const MAX_TITLE_BYTES = 2000

/** Descriptive text of a report: storable, and cut to the length that pages need. */
export function prose(text: string | null | undefined, limit: keyof typeof LIMITS): string {
  if (!text) return ''
  const cleaned = clean(text, LIMITS[limit])
  return limit === 'title' ? cut(cleaned, MAX_TITLE_BYTES) : cleaned
}

/** Identifying text. Throws bad_field if it is too long for a key. */
export function identify(text: string, field: string, accountId: string | null): string {
  const cleaned = text.length > MAX_ID_BYTES ? null : clean(text, MAX_ID_BYTES)
  if (cleaned === null || cut(cleaned, MAX_ID_BYTES) !== cleaned)
    throw new RejectedRecord('bad_field', { field }, accountId)
  return cleaned
}

/** An id for a record without one, from fields that do not change between reports. */
export function derivedId(...stable: string[]): string {
  return `derived:${createHash('sha256').update(stable.join('\0')).digest('hex').slice(0, 32)}`
}

const ACCOUNT = /^\d{12}$/

/** Throws bad_account for anything but 12 digits, such as an unfilled placeholder. */
export function requireAccount(value: unknown): string {
  // A number of 12 digits has lost no leading zero.
  const text = typeof value === 'number' ? String(value) : value
  if (typeof text === 'string' && ACCOUNT.test(text)) return text
  throw new RejectedRecord('bad_account', { value: shown(value) })
}

interface ArnParts {
  region: string
  account: string | null
}

/**
 * Region and account of an ARN, null for other text:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
 */
export function arnParts(text: string): ArnParts | null {
  if (!text.startsWith('arn:')) return null
  const [, , , region = '', account = ''] = text.split(':', 6)
  return { region: REGION.test(region) ? region : '', account: ACCOUNT.test(account) ? account : null }
}

const REGION = /^[a-z]{2,4}(-[a-z0-9]+)+$/

/** The first value that is a Region's name or "global"; null if none is. */
export function knownRegion(...values: (string | null | undefined)[]): string | null {
  for (const value of values) if (value && (REGION.test(value) || value === 'global')) return value
  return null
}

/** The same, but "global" if none is. */
export function firstRegion(...values: (string | null | undefined)[]): string {
  return knownRegion(...values) ?? 'global'
}

/** Keys whose text names the account of a record, in any format. */
export const accountKeys: readonly string[] = definitions.flatMap(({ accountKeys: own = [] }) => own)

/** Checks a record against its schema and gives the first problem as a RejectedRecord. */
export function parseWith<S extends z.ZodType>(schema: S, record: Record<string, unknown>): z.infer<S> {
  const parsed = schema.safeParse(record)
  if (parsed.success) return parsed.data
  const path = parsed.error.issues[0]?.path ?? []
  let value: unknown = record
  for (const key of path) value = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
  const field = shown(path.join('.'))
  const account = accountKeys.map(key => record[key]).find(text => typeof text === 'string' && ACCOUNT.test(text))
  const accountId = typeof account === 'string' ? account : null
  throw new RejectedRecord(value === undefined || value === null ? 'missing_field' : 'bad_field', { field }, accountId)
}
