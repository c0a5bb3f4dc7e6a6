import 'server-only'
import type { JobAccess } from '../../access/proof'
import { pool } from '../../db'
import { pairHash } from '../../domain/feeds/report-pairs'
import { Prisma } from '../../generated/prisma/client'
import { runIn } from '../../sql/transaction'
import type { FeedKey } from '../feeds/feeds'

const { sql } = Prisma

/**
 * Stored sightings of one feed, result, check and Region, each as 48 bytes: record hash, sighting id, finding id,
 * content hash.
 */
export interface KnownRecordGroup extends FeedKey {
  result: string
  /** The check as its source names it, the Region of the finding, and the Region that the record names. */
  control: string
  region: string
  ownRegion: string
  entries: Buffer
}

/** The present sightings of feeds that were read from a record whose stamp is stored, see RecordStamp. */
export async function* knownRecords(_job: JobAccess, feeds: readonly FeedKey[]): AsyncGenerator<KnownRecordGroup> {
  for (const feed of feeds) {
    const { accountId, source, product } = feed
    const rows = await runIn<{
      result: string
      control: string
      ownRegion: string
      pair: number
      entries: Buffer
    }>(
      pool(),
      sql`SELECT result, coalesce(own_control, control) AS control, region AS "ownRegion", pair,
          string_agg(int8send(record_hash) || uuid_send(id) || uuid_send(finding_id) || int8send(content_hash), '') AS entries
        FROM sighting
        WHERE account_id = ${accountId} AND source = ${source} AND product = ${product} AND present AND NOT unproven AND NOT by_record
          AND record_hash IS NOT NULL AND region IS NOT NULL AND pair IS NOT NULL
        GROUP BY 1, 2, 3, 4`,
      'known-records',
    )
    for (const { result, control, ownRegion, pair, entries } of rows) {
      // The pair was hashed with the finding's Region, which is the record's own or `global`.
      const region = [ownRegion, 'global'].find(each => pairHash(control, each) === pair)
      if (region !== undefined) yield { accountId, source, product, result, control, region, ownRegion, entries }
    }
  }
}
