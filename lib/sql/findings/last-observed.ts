import 'server-only'
import { Prisma } from '../../generated/prisma/client'
import { readPrimary } from '../read'
import { among } from './among'
import { haveFewOf } from './few'
import { confirmedAt, confirmingFeeds } from './last-report'

const { sql } = Prisma

/** When a report last contained `finding AS f`; null if no source reports it now. */
export const lastObserved = sql`(SELECT max(${confirmedAt}) FROM sighting s ${confirmingFeeds}
  WHERE s.account_id = f.account_id AND s.finding_id = f.id AND s.present AND s.result IN ('failed', 'suppressed'))`

interface Observed {
  condition: Prisma.Sql
  /** Whether to read all that meet it and sort them. */
  few: boolean
}

/** No stored value changes when a report confirms a finding. So the feeds are read first: they rule out most accounts and sources. */
interface Candidate {
  account: string
  source: string
}

/** Findings that a report contained at an instant or later. */
export async function observedSince(from: Date): Promise<Observed> {
  const reporting = await readPrimary<Candidate>(sql`
    SELECT DISTINCT account_id AS account, source FROM feed WHERE last_at >= ${from}::timestamptz`)
  return ofCandidates(reporting, sql`${lastObserved} >= ${from}::timestamptz`)
}

/** Findings that sources report now, but that no report contained after an instant. */
export async function notObservedAfter(to: Date): Promise<Observed> {
  const late = await readPrimary<Candidate>(sql`
    SELECT account_id AS account, source FROM feed WHERE last_complete_at IS NULL OR last_complete_at <= ${to}::timestamptz
    UNION SELECT account_id, source FROM sighting WHERE absent_reason IS NOT NULL`)
  return ofCandidates(late, sql`${lastObserved} <= ${to}::timestamptz`)
}

async function ofCandidates(candidates: readonly Candidate[], exact: Prisma.Sql): Promise<Observed> {
  if (candidates.length === 0) return { condition: sql`FALSE`, few: false }
  const accounts = [...new Set(candidates.map(each => each.account))]
  const sources = [...new Set(candidates.map(each => each.source))]
  const condition = sql`(${among(sql`f.account_id`, accounts)} AND f.sources && ${sources}::text[] AND ${exact})`
  return { condition, few: await haveFewOf(sources) }
}
