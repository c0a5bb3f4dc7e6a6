import 'server-only'
import type { JobAccess } from '../../access/proof'
import { StoredPayloads } from '../../sql/imports/stored-payloads'
import type { RecordPlace } from './records'

/** Larger than any finding may be: https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub_limits.html */
const MOST_BYTES = 1024 * 1024

/** Reads records as their sources sent them, best in the order of their payloads. */
export class StoredRecords {
  readonly #payloads = new StoredPayloads()

  /** Null where the payload is no longer stored, and for a record that is too large. */
  async text(_job: JobAccess, { importId, rawOffset, rawLength }: RecordPlace): Promise<string | null> {
    if (rawLength > MOST_BYTES) return null
    const bytes = await this.#payloads.bytes(importId, Number(rawOffset), rawLength)
    return bytes?.toString('utf8') ?? null
  }
}
