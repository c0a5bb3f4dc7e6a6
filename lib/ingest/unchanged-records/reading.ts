import { answersInRegion, completenessOf } from '../../domain/feeds/report-pairs'
import { env } from '../../env'
import type { RecordStamp } from '../../sources/reader/moving-times'
import type { ImportTask } from '../../store/imports/runs'
import type { IncomingOutcome } from '../../store/sightings/sightings'

/** The version of reading. Raise it with every change that gives a record another outcome. */
export const READING = 4

/** Everything that the outcome of a record depends on, beside its bytes. */
export function readingContext({ source, account, region, mapping }: ImportTask): string {
  return JSON.stringify([READING, env().HINOMI_TIME_ZONE, source, account, region, mapping])
}

/**
 * Whether the outcome depends on the bytes of the record alone, and its update time is known without parsing. Not if the record
 * continues others of its tool, is about a whole control, or names a machine image.
 */
export function saysAllByItself({ outcome, clockAhead }: IncomingOutcome, { updatedAt }: RecordStamp): boolean {
  const { result, byRecord, summary, machineImage, localTime, eventAt, source, resource } = outcome
  if (byRecord || summary || machineImage || localTime || eventAt || clockAhead) return false
  if (result === 'not_available' || completenessOf(outcome) === 'control') return false
  // Its Region may come from other resources of the account.
  if (answersInRegion(source) && !resource.id.startsWith('arn:')) return false
  return outcome.updatedAt?.getTime() === updatedAt
}
