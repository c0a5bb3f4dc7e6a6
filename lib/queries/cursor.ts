import 'server-only'
import { z } from 'zod'
import { AppError } from '../errors'

// A cursor is untrusted text: whatever its shape accepts, the database must be able to read.
const INT = 2 ** 31 - 1

/** PostgreSQL has no year 0: https://www.postgresql.org/docs/current/datatype-datetime.html */
export const PlaceTime = z.iso.datetime().refine(text => !text.startsWith('0000'))
export const PlaceInt = z.int().min(-INT).max(INT)
/** A bigint as text. */
export const PlaceId = z.string().regex(/^\d{1,18}$/)
export const PlaceText = z.string().refine(text => !text.includes('\0'))

/** An opaque position in a list. */
export function encodeCursor(place: unknown): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url')
}

/** The position of a cursor that `encodeCursor` made for the same list. Throws `conflict` for any other text. */
export function decodeCursor<T>(cursor: string, shape: z.ZodType<T>): T {
  try {
    const parsed = shape.safeParse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')))
    if (parsed.success) return parsed.data
  } catch {
    // Falls through: text that is not JSON is as invalid as JSON of another shape.
  }
  throw new AppError('conflict', { reason: 'cursor', field: 'cursor' })
}
