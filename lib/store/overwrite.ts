import 'server-only'
import { AppError } from '../errors'

type Value = string | number | boolean | null
type Values<F extends string> = Readonly<Record<F, Value>>

/**
 * Throws `conflict` where somebody else has given a value that is to be saved, other than the wanted one, since the form
 * showed it.
 */
export function refuseOverwrite<F extends string>(
  present: Values<F>,
  seen: Values<F>,
  next: Readonly<Partial<Record<F, Value | undefined>>>,
): void {
  for (const field in next) {
    if (next[field] === undefined || present[field] === next[field] || present[field] === seen[field]) continue
    throw new AppError('conflict', { reason: 'policyChanged' })
  }
}
