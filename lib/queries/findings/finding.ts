import 'server-only'
import { type Access, holds } from '../../access/proof'
import { categoryOf } from '../../domain/controls/category-of'
import { requirementsOf } from '../../domain/controls/requirements'
import { type ControlSeverities, canonicalRank } from '../../domain/controls/severities'
import type { AbsentReason } from '../../domain/feeds/closing'
import type { DueBy, TeamBy } from '../../domain/findings/event'
import type { Facts } from '../../domain/findings/facts'
import { type FindingId, splitFindingId, toFindingId } from '../../domain/findings/filter'
import type { ResolvedReason } from '../../domain/findings/lifecycle'
import { toSeverity } from '../../domain/findings/severity'
import { isUnsolved, type Status } from '../../domain/findings/status'
import type { ResourceRef, Result, SourceId, Suppression } from '../../domain/imports/outcome'
import type { TeamId } from '../../domain/people/team'
import { clockStart } from '../../domain/policies/clock'
import type { DuePolicy } from '../../domain/policies/due-policy'
import type { ExceptionRow } from '../../domain/policies/views'
import type { FindingDetail, MergeView, SightingView } from '../../domain/views'
import { withUse } from '../../domain/vulnerabilities/image-use'
import { NotFoundError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { confirmedAt, confirmingFeeds } from '../../sql/findings/last-report'
import { inScope } from '../../sql/findings/where'

import { read } from '../../sql/read'
import { attachmentsOfFinding } from '../attachments/attachments'
import { exceptionsOf } from '../exceptions/exceptions'
import { getControlSeverities } from '../policies/control-severity'
import { getDuePolicy } from '../policies/due-policy'
import { historyOf } from './history'
import { namedRowColumns, rowJoins, type StoredRow, toFindingRow } from './rows'
import { contextOf } from './source-facts'

const { sql } = Prisma

interface StoredDetail extends StoredRow {
  opened_at: Date
  began_at: Date | null
  resolved_at: Date | null
  resolved_reason: ResolvedReason | null
  team_by: TeamBy
  due_by: DueBy
  first_import_id: number
}

interface StoredSighting {
  id: string
  source: SourceId
  product: string
  native_id: string
  result: Result
  present: boolean
  severity: number
  title: string
  description: string
  remediation_text: string
  remediation_url: string
  other_resources: ResourceRef[] | null
  first_observed_at: Date | null
  record_updated_at: Date | null
  observed_at: Date
  confirmed_at: Date
  import_id: number
  control: string
  region: string | null
  resource_id: string | null
  package_name: string | null
  facts: Facts | null
  suppression: Suppression | null
  local_time: Date | null
  absent_since: Date | null
  absent_import_id: number | null
  absent_reason: AbsentReason | null
  absent_sender: string | null
  unproven: boolean
}

/**
 * The details of one finding, with the text of its primary sighting. The id of a merged finding returns the one that it became part of.
 * Throws NotFoundError.
 */
export async function getFinding(access: Access<'findings:read'>, id: FindingId): Promise<FindingDetail> {
  const { accountId, uuid: requested } = splitFindingId(id)
  const [row] = await read<StoredDetail & { uuid: string }>(sql`
    SELECT ${namedRowColumns}, f.opened_at, f.began_at, f.resolved_at, f.resolved_reason, f.team_by, f.due_by, f.first_import_id, f.id::text AS uuid
    FROM finding f ${rowJoins} WHERE f.account_id = ${accountId} AND f.id = ${currentId(accountId, requested)} AND ${inScope(access)}`)
  if (!row) throw new NotFoundError()
  const { uuid } = row
  const [sightings, events, exceptions, merges, { severities }, attachments, { policy }] = await Promise.all([
    // The first of these is the primary one: failing and present, of a sender who may close, with a text, the worst, by source and id.
    read<StoredSighting>(sql`
      SELECT s.id, s.source, s.product, s.native_id, s.result, s.present, s.severity, s.title, s.description, s.remediation_text,
        s.remediation_url, s.other_resources, s.first_observed_at, s.record_updated_at, s.observed_at, s.import_id, coalesce(s.own_control, s.control) AS control, nullif(s.region, f.region) AS region, s.resource_id, s.package_name, s.facts, s.suppression,
        s.local_time, s.absent_since, s.absent_import_id, s.absent_reason, a.actor_name AS absent_sender, s.unproven,
        ${confirmedAt} AS confirmed_at
      FROM sighting s JOIN finding f ON f.account_id = s.account_id AND f.id = s.finding_id ${confirmingFeeds}
        LEFT JOIN import a ON a.id = s.absent_import_id
      WHERE s.account_id = ${accountId} AND s.finding_id = ${uuid}::uuid
      ORDER BY (s.present AND s.result = 'failed') DESC, s.unproven, (s.description <> '') DESC, s.severity DESC, s.source COLLATE "C", s.id LIMIT 200`),
    historyOf(access, { accountId, uuid, importId: row.first_import_id, firstSeenAt: row.first_seen_at }),
    exceptionsOf(access, toFindingId(accountId, uuid)),
    read<MergeView>(sql`
      SELECT id::text, names, at, coalesce(finding -> 'sources', '[]') AS sources FROM finding_merge
      WHERE account_id = ${accountId} AND into_id = ${uuid}::uuid AND undone_at IS NULL ORDER BY at, id LIMIT 100`),
    getControlSeverities(access),
    attachmentsOfFinding(access, toFindingId(accountId, uuid)),
    getDuePolicy(access),
  ])
  const primary = sightings[0]
  const facts = factsOf(sightings)
  const context = await contextOf(access, { ...row, accountId, uuid }, facts)
  return {
    ...toFindingRow(row),
    description: primary?.description ?? '',
    remediationText: primary?.remediation_text ?? '',
    remediationUrl: primary?.remediation_url ?? '',
    facts,
    ...context,
    otherResources: otherResources(sightings, row.resource_id),
    openedAt: row.opened_at,
    lastObservedAt: lastObserved(sightings),
    resolvedAt: row.resolved_at,
    resolvedReason: row.resolved_reason,
    teamBy: row.team_by,
    dueBy: row.due_by,
    countedFrom: row.due_by === 'policy' && row.due_at !== null ? countedFrom(row, policy) : null,
    category: categoryOf(row),
    severityBy: severityBy(severities, row),
    requirements: row.class === 'posture' ? requirementsOf(row.control) : [],
    sightings: sightings.map(toSightingView),
    disagreeing: disagreeing(sightings),
    merges,
    events,
    exceptions,
    attachments,
    may: { triage: mayTriage(access, row.team), except: mayRequestException(access, row.status, exceptions) },
  }
}

/** When a report last contained the problem; null if no source reports it now. */
function lastObserved(sightings: readonly StoredSighting[]): Date | null {
  const reporting = sightings.filter(each => each.present && (each.result === 'failed' || each.result === 'suppressed'))
  const last = Math.max(...reporting.map(each => each.confirmed_at.getTime()))
  return Number.isFinite(last) ? new Date(last) : null
}

/** When the days of a due date by policy started. */
function countedFrom({ class: kind, opened_at: openedAt, began_at: beganAt }: StoredDetail, { clock }: DuePolicy) {
  const at = clockStart({ class: kind, openedAt, beganAt }, clock)
  return { at, by: at < openedAt ? ('source' as const) : ('import' as const) }
}

/** What decides the severity of a finding. */
function severityBy(own: ControlSeverities, { class: kind, control }: StoredDetail): FindingDetail['severityBy'] {
  if (canonicalRank(own, kind, control) === null) return 'report'
  return Object.hasOwn(own, control) ? 'organization' : 'control'
}

/** Other resources that sources name, each once; only those of present sightings, where there are any. */
function otherResources(sightings: readonly StoredSighting[], own: string): ResourceRef[] {
  const present = sightings.filter(sighting => sighting.present)
  const named = (present.length > 0 ? present : sightings).flatMap(sighting => sighting.other_resources ?? [])
  return [...new Map(named.filter(({ id }) => id !== own).map(resource => [resource.id, resource])).values()]
}

function toSightingView(row: StoredSighting): SightingView {
  return {
    id: row.id,
    source: row.source,
    product: row.product,
    nativeId: row.native_id,
    result: row.result,
    present: row.present,
    severity: toSeverity(row.severity),
    title: row.title,
    firstObservedAt: row.first_observed_at,
    recordUpdatedAt: row.record_updated_at ?? row.local_time,
    observedAt: row.observed_at,
    confirmedAt: row.confirmed_at,
    importId: row.import_id,
    control: row.control,
    ownRegion: row.region,
    ownResourceId: row.resource_id,
    ownPackage: row.package_name || null,
    suppression: row.suppression && {
      ...row.suppression,
      means: row.suppression.means ?? null,
      at: row.suppression.at ? new Date(row.suppression.at) : null,
    },
    absent: absentOf(row),
  }
}

/** Why the last complete report did not close a sighting that it lacked; null where it contained the sighting. */
function absentOf({
  absent_reason: reason,
  absent_import_id: importId,
  absent_since: since,
  absent_sender,
}: StoredSighting) {
  if (reason === null || importId === null || since === null) return null
  return { reason, importId, since, sender: absent_sender ?? '' }
}

/** The facts of the newest sighting that has some; present ones and those of senders who may close findings come first. */
function factsOf(sightings: readonly StoredSighting[]): Facts | null {
  const rated = sightings.filter(each => each.facts !== null)
  const proven = rated.filter(each => !each.unproven)
  const telling = proven.length > 0 ? proven : rated
  const holding = telling.filter(each => each.present)
  const time = (each: StoredSighting) => (each.record_updated_at ?? each.observed_at).getTime()
  const newest = (holding.length > 0 ? holding : telling).toSorted((a, b) => time(b) - time(a))
  return withUse(newest.flatMap(({ facts }) => facts ?? []))
}

/** The id of the finding that an id refers to now: itself, or the one that it was merged into, over any number of merges. */
function currentId(accountId: string, id: string): Prisma.Sql {
  return sql`(
    WITH RECURSIVE merged(id, depth) AS (
      SELECT ${id}::uuid, 0
      UNION ALL
      SELECT m.into_id, s.depth + 1 FROM merged s JOIN finding_merge m ON m.account_id = ${accountId} AND m.id = s.id
      WHERE m.undone_at IS NULL AND s.depth < 10 AND NOT EXISTS (SELECT 1 FROM finding f WHERE f.account_id = ${accountId} AND f.id = s.id)
    ) SELECT id FROM merged ORDER BY depth DESC LIMIT 1)`
}

function disagreeing(sightings: readonly StoredSighting[]): SourceId[] {
  const sourcesWith = (result: Result) =>
    new Set(sightings.filter(each => each.present && each.result === result).map(each => each.source))
  const failing = sourcesWith('failed')
  return failing.size === 0 ? [] : [...sourcesWith('passed')].filter(source => !failing.has(source)).sort()
}

/** Whether the reader may request an exception: for an open finding without a requested or approved one. */
function mayRequestException(access: Access, status: Status, exceptions: readonly ExceptionRow[]): boolean {
  const live = exceptions.some(({ finding, state }) => finding && (state === 'requested' || state === 'approved'))
  return holds(access, 'exceptions:request') && isUnsolved(status) && !live
}

/**
 * The rule that the store enforces: findings of the reader's teams, or any with findings:triage-any. A token has its owner's teams at
 * most.
 */
function mayTriage(access: Access, team: TeamId): boolean {
  if (!holds(access, 'findings:triage')) return false
  const own = access.actor.kind === 'job' ? undefined : access.actor.teams
  return !own || holds(access, 'findings:triage-any') || own.includes(team)
}
