import 'server-only'
import { now } from '../../clock'
import type { AccountId } from '../../domain/accounts/account-id'
import { toFindingId } from '../../domain/findings/filter'
import { toSeverity } from '../../domain/findings/severity'
import { isOpen, type Status } from '../../domain/findings/status'
import type { FindingClass, SourceId } from '../../domain/imports/outcome'
import type { Environment, TeamId } from '../../domain/people/team'
import type { CountsBy } from '../../domain/policies/exploited'
import { StoredVerdict } from '../../domain/threats/verdict'
import type { FindingRow, Person } from '../../domain/views'
import { Prisma } from '../../generated/prisma/client'
import { latestOfFeedsSql } from '../../sql/feeds/unproven'

/** The columns of `finding AS f` that a row of a list needs. */
export const rowColumns = Prisma.sql`f.account_id, f.id, f.class, f.control, f.title, f.severity, f.counts_as, f.counts_by, f.status, f.region,
  f.resource_id, f.resource_type, f.package_name, f.team, f.owner_id, f.due_at, f.respond_by, f.responded_at, f.verdict, f.overdue, f.sources, f.first_seen_at, f.first_observed_at, f.reopened_count, f.sequence`

/** The same with names from other tables; needs `rowJoins`. */
export const namedRowColumns = Prisma.sql`${rowColumns}, a.name AS account_name, a.environment,
  m.name AS owner_name, m.email::text AS owner_email, reports.last_at AS heard_at, reports.silent_after`
export const rowJoins = Prisma.sql`LEFT JOIN account a ON a.id = f.account_id LEFT JOIN member m ON m.id = f.owner_id
  LEFT JOIN LATERAL (SELECT ${Prisma.raw(latestOfFeedsSql('d', 'last_at'))} AS last_at,
      ${Prisma.raw(latestOfFeedsSql('d', 'silent_after'))} AS silent_after FROM feed d
    WHERE d.account_id = f.account_id AND d.source = ANY(f.sources)) AS reports ON TRUE`

export interface StoredRow {
  account_id: AccountId
  id: string
  class: FindingClass
  control: string
  title: string
  severity: number
  counts_as: number | null
  counts_by: CountsBy | null
  status: Status
  region: string
  resource_id: string
  resource_type: string
  package_name: string
  team: TeamId
  owner_id: string | null
  owner_name: string | null
  owner_email: string | null
  due_at: Date | null
  respond_by: Date | null
  responded_at: Date | null
  verdict: unknown
  overdue: boolean
  sources: SourceId[]
  first_seen_at: Date
  first_observed_at: Date
  reopened_count: number
  /** A bigint. */
  sequence: string
  account_name: string | null
  environment: Environment | null
  heard_at: Date | null
  silent_after: Date | null
}

export function toFindingRow(row: StoredRow): FindingRow {
  return {
    id: toFindingId(row.account_id, row.id),
    accountId: row.account_id,
    accountName: row.account_name ?? '',
    environment: row.environment,
    class: row.class,
    control: row.control,
    title: row.title,
    sourceTitle: row.title,
    severity: toSeverity(row.severity),
    countsAs: row.counts_as === null ? null : toSeverity(row.counts_as),
    countsBy: row.counts_by,
    status: row.status,
    region: row.region,
    resourceId: row.resource_id,
    resourceType: row.resource_type,
    packageName: row.package_name,
    team: row.team,
    owner: toPerson(row.owner_id, row.owner_name, row.owner_email),
    dueAt: row.due_at,
    respondBy: row.respond_by,
    respondedAt: row.responded_at,
    verdict: toVerdict(row.verdict),
    overdue: row.overdue,
    sources: row.sources,
    firstSeenAt: row.first_seen_at,
    firstObservedAt: row.first_observed_at,
    reopenedCount: row.reopened_count,
    unconfirmedSince:
      isOpen(row.status) && row.silent_after !== null && row.silent_after <= now() ? row.heard_at : null,
  }
}

function toVerdict(stored: unknown): FindingRow['verdict'] {
  if (stored === null) return null
  const { kind, text, by, at } = StoredVerdict.parse(stored)
  return { kind, text, by: by.name, at }
}

function toPerson(id: string | null, name: string | null, email: string | null): Person | null {
  return id === null ? null : { id, name: name ?? '', email: email ?? '' }
}
