import 'server-only'
import type { JobAccess } from '../../access/proof'
import { storedBytes } from '../../sql/imports/stored-bytes'
import type { RecordPlace } from './records'

/** Larger than any finding may be: https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub_limits.html */
const MOST_BYTES = 1024 * 1024

/** A record as its source sent it; null where its payload is no longer stored, and for one that is too large. */
export async function storedRecord(
  _job: JobAccess,
  { importId, rawOffset, rawLength }: RecordPlace,
): Promise<string | null> {
  if (rawLength > MOST_BYTES) return null
  const bytes = await storedBytes(importId, Number(rawOffset), rawLength)
  return bytes?.toString('utf8') ?? null
}
