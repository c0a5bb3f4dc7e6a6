import { answersInRegion, completenessOf } from '../../domain/feeds/report-pairs'
import { env } from '../../env'
import type { RecordStamp } from '../../sources/reader/moving-times'
import type { ImportTask } from '../../store/imports/runs'
import type { IncomingOutcome } from '../../store/sightings/sightings'

/** Names how records are read. To be raised with every change after which a record says something else than before. */
export const READING = 1

/** Names all that the outcome of a record depends on beside its bytes. */
export function readingContext({ source, account, region, mapping }: ImportTask): string {
  return JSON.stringify([READING, env().HINOMI_TIME_ZONE, source, account, region, mapping])
}

/**
 * Whether the same bytes say the same whenever and beside whatever they are read, and when they were updated is known without parsing
 * them. Not so where the record follows others of its tool, speaks of a whole control, or tells of machine images.
 */
export function saysAllByItself({ outcome, clockAhead }: IncomingOutcome, { updatedAt }: RecordStamp): boolean {
  const { result, byRecord, summary, machineImage, localTime, eventAt, source, resource } = outcome
  if (byRecord || summary || machineImage || localTime || eventAt || clockAhead) return false
  if (result === 'not_available' || completenessOf(outcome) === 'control') return false
  // Its Region may come from what is known of the account.
  if (answersInRegion(source) && !resource.id.startsWith('arn:')) return false
  return outcome.updatedAt?.getTime() === updatedAt
}
