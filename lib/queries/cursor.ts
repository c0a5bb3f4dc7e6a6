import 'server-only'
import type { z } from 'zod'
import { AppError } from '../errors'

/** An opaque place in a list. */
export function encodeCursor(place: unknown): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url')
}

/** The place of a cursor that `encodeCursor` made for the same list. Throws `invalid` for any other text. */
export function decodeCursor<T>(cursor: string, shape: z.ZodType<T>): T {
  try {
    const parsed = shape.safeParse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')))
    if (parsed.success) return parsed.data
  } catch {
    // Falls through: text that is no JSON is as wrong as JSON of another shape.
  }
  throw new AppError('invalid', { reason: 'cursor', field: 'cursor' })
}
