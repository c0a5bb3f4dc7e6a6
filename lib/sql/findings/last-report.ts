import 'server-only'
import { Prisma } from '../../generated/prisma/client'
import { partSql } from '../feeds/part'

const { raw, sql } = Prisma

/** The feeds of `sighting AS s` of `finding AS f`, which know the complete reports that confirmed it without writing it. */
export const confirmingFeeds = sql`LEFT JOIN feed d ON d.account_id = s.account_id AND d.source = s.source AND d.product = s.product
  LEFT JOIN feed_control c ON c.account_id = s.account_id AND c.source = s.source AND c.product = s.product AND c.control = ${raw(partSql('s', 'f'))}`

/** The time of the last report that contained the sighting. */
export const confirmedAt = sql`CASE WHEN s.present AND s.absent_since IS NULL
  THEN greatest(s.observed_at, d.last_complete_at, c.complete_at[cardinality(c.complete_at)]) ELSE s.observed_at END`
