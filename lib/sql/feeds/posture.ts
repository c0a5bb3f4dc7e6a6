import 'server-only'
import { Prisma } from '../../generated/prisma/client'
import { openStatusSql } from '../findings/open'
import { anyAlive, isProven, latestOfFeedsSql } from './unproven'

const { sql } = Prisma

// Accounts are looked up by an array: joined with a list of them, PostgreSQL reads the rows of all accounts to find a
// few.

/**
 * Open findings of the accounts in `wanted (id)`, by severity, with the overdue and unowned ones. No row for an account
 * without any.
 */
export const openCounts = sql`
  SELECT c.account_id, sum(n) FILTER (WHERE severity = 5) AS critical, sum(n) FILTER (WHERE severity = 4) AS high,
    sum(n) FILTER (WHERE severity = 3) AS medium, sum(n) FILTER (WHERE severity = 2) AS low,
    sum(n) FILTER (WHERE severity = 1) AS informational, sum(n) AS open_total, sum(n) FILTER (WHERE c.overdue) AS overdue,
    sum(n) FILTER (WHERE owner_key = '00000000-0000-0000-0000-000000000000') AS unowned
  FROM finding_count c WHERE c.account_id = ANY(ARRAY(SELECT id FROM wanted)) AND status IN (${openStatusSql})
  GROUP BY 1`

/**
 * The sources of the accounts in `wanted (id)`: whether each is not silent at an instant, when it last reported, and
 * whether a sender with `imports:close` sent that report.
 */
export function reportingSources(at: Date): Prisma.Sql {
  return sql`
    SELECT account_id, source, ${Prisma.raw(latestOfFeedsSql('d', 'last_at'))} AS last_at,
      ${Prisma.raw(latestOfFeedsSql('d', 'silent_after'))} > ${at}::timestamptz AS alive, bool_or(${isProven}) AS proven
    FROM feed d WHERE account_id = ANY(ARRAY(SELECT id FROM wanted)) GROUP BY 1, 2`
}

/** The accounts of `speaking`: when a source last reported, and whether all sources are silent. */
export const reportingAccounts = sql`
  SELECT account_id, coalesce(max(last_at) FILTER (WHERE proven), max(last_at)) AS last_heard_at, NOT ${anyAlive} AS silent
  FROM speaking GROUP BY 1`
