import 'server-only'
import { type Access, accountFilter } from '../../access/proof'
import { now } from '../../clock'

import { controlsOf } from '../../domain/controls/requirements'
import { type FindingFilter, NOBODY } from '../../domain/findings/filter'
import { packageOf, type SearchText, searchKey, tagsOf } from '../../domain/findings/search/search-texts'
import { severityRank } from '../../domain/findings/severity'
import { isOpen, openStatuses, type Status, statuses } from '../../domain/findings/status'
import type { FindingClass } from '../../domain/imports/outcome'
import { endOfDay, instantOf } from '../../domain/policies/due'
import { env } from '../../env'
import { Prisma } from '../../generated/prisma/client'
import { latestOfFeedsSql, unprovenFeedSql } from '../feeds/unproven'
import { readPrimary } from '../read'
import { among, storable } from './among'
import { categoryMatches } from './category-matches'
import { controlMatches } from './control-matches'
import { type Alternative, selectsFew } from './few'
import { notObservedAfter, observedSince } from './last-observed'
import { openStatusSql } from './open'
import { textMatches } from './text-matches'

type Sql = Prisma.Sql
const { sql } = Prisma

/** The WHERE of a list of findings over `finding AS f`. A finding meets `conditions` and at least one of `branches`. */
export interface FindingWhere {
  conditions: Sql
  /** One for each index scan: the open statuses, and each closed status; with a search text, one for each way to match it. */
  branches: Branch[]
  /** Whether to read all matching findings and sort them: a walk in order would pass many others before it has a page. */
  few: boolean
}

export interface Branch extends Alternative {
  statuses: readonly Status[]
}

/** Written exactly as in the partial indexes, so that the planner can use them. */
const OPEN = sql`f.status IN (${openStatusSql})`
const CLOSED = sql`f.status IN ('suppressed', 'resolved', 'accepted', 'false_positive')`
/** Severe open findings, and the others. Written as in the indexes of their texts. */
export const SEVERE = { condition: sql`f.severity >= 4 AND ${OPEN}`, others: sql`f.severity < 4` }
/** Written as in the partial index of threats and vulnerabilities. */
const vulnerable = sql`f.class = 'vulnerability' AND f.class <> 'posture'`

/** The findings that `filter` selects among those that `access` may see. */
export async function findingWhere(access: Access, filter: FindingFilter): Promise<FindingWhere> {
  const closed = await closedAccounts(filter)
  const observed = await byLastObservation(filter)
  const all = [
    inScope(access),
    closed.length > 0 && sql`f.account_id <> ALL(${closed}::text[])`,
    filter.account.length > 0 && among(sql`f.account_id`, filter.account),
    filter.environment.length > 0 &&
      sql`f.account_id IN (SELECT id FROM account WHERE environment = ANY(${filter.environment}::text[]))`,
    filter.team.length > 0 && among(sql`f.team`, filter.team),
    filter.severity.length > 0 && among(sql`f.severity`, severityRanks(filter), 'smallint'),
    filter.owner.length > 0 && ownedBy(access, filter),
    filter.class.length > 0 && ofClass(filter.class),
    filter.exploit && sql`(${vulnerable} AND f.exploit)`,
    // As of the list that the due policy was last applied with.
    filter.kev && sql`(${vulnerable} AND f.kev)`,
    filter.epss !== null && sql`(${vulnerable} AND f.epss >= ${filter.epss}::smallint)`,
    filter.fix && sql`(${vulnerable} AND f.fix IN ('yes', 'partial'))`,
    filter.observedFrom !== null && sql`f.first_observed_at >= ${startOfDay(filter.observedFrom)}::timestamptz`,
    filter.observedTo !== null &&
      sql`f.first_observed_at <= ${endOfDay(startOfDay(filter.observedTo), env().HINOMI_TIME_ZONE)}::timestamptz`,
    filter.source.length > 0 && sql`f.sources && ${filter.source}::text[]`,
    filter.control.length > 0 && among(sql`f.control`, filter.control.filter(storable)),
    filter.tag.length > 0 && ofTexts(filter.tag.filter(storable).flatMap(tagsOf)),
    filter.package.length > 0 && sql`(${vulnerable} AND ${ofTexts(filter.package.filter(storable).map(packageOf))})`,
    filter.resource.length > 0 && isResource(filter.resource.filter(storable)),
    filter.resourceType.length > 0 && among(sql`f.resource_type`, filter.resourceType.filter(storable)),
    filter.overdue && sql`f.overdue`,
    filter.unconfirmed && (await isUnconfirmed()),
    ...observed.map(({ condition }) => condition),
    filter.import !== null && byImport(filter.import, filter.change),
    filter.changeset !== null && byChangeSet(filter.changeset, filter.leftBy),
    filter.exception !== null &&
      (filter.exception > 2 ** 31 - 1 ? sql`FALSE` : sql`f.exception_id = ${filter.exception}::int`),
  ].filter(condition => condition !== false)
  const texts = filter.text === '' ? null : await textMatches(filter.text)
  const open = statusesOf(filter).every(isOpen)
  const categories = filter.category.length === 0 ? null : await categoryMatches(filter.category, { open })
  const frameworks = filter.framework.length === 0 ? null : await controlMatches(controlsOf(filter.framework), { open })
  const tagged = filter.tag.length > 0 || filter.package.length > 0
  const branches = [texts, categories, frameworks].reduce(split, branchesOf(filter, tagged))
  return {
    conditions: Prisma.join(all, ' AND '),
    branches,
    few: observed.some(({ few }) => few) || (await selectsFew(filter)),
  }
}

/** Findings by the last report that contained them. */
function byLastObservation({ lastObservedFrom: from, lastObservedTo: to }: FindingFilter): Promise<Alternative[]> {
  return Promise.all([
    ...(from === null ? [] : [observedSince(startOfDay(from))]),
    ...(to === null ? [] : [notObservedAfter(endOfDay(startOfDay(to), env().HINOMI_TIME_ZONE))]),
  ])
}

/** A branch for each alternative; null where there are none to choose from. */
function split(branches: readonly Branch[], alternatives: readonly Alternative[] | null): Branch[] {
  if (alternatives === null) return [...branches]
  return branches.flatMap(branch =>
    alternatives.map(({ condition, few, severe }) => ({
      statuses: branch.statuses,
      condition: sql`${branch.condition} AND ${condition}`,
      few: few || branch.few,
      ...((severe || branch.severe) && branch.statuses.every(isOpen) && { severe: true as const }),
    })),
  )
}

/** More are one parameter: a statement has at most 65,535 in all its branches, https://www.postgresql.org/docs/current/limits.html */
const MAX_LISTED_RESOURCES = 10

/** Findings of resources, written as in the index of their hashes. */
export function isResource(ids: readonly string[]): Sql {
  if (ids.length === 0) return sql`FALSE`
  if (ids.length > MAX_LISTED_RESOURCES)
    return sql`(hashtextextended(f.resource_id, 0) = ANY(ARRAY(SELECT hashtextextended(r.id, 0) FROM unnest(${[...ids]}::text[]) AS r(id))) AND f.resource_id = ANY(${[...ids]}::text[]))`
  const hashes = ids.map(id => sql`hashtextextended(${id}, 0)`)
  return sql`(hashtextextended(f.resource_id, 0) = ANY(ARRAY[${Prisma.join(hashes)}]) AND f.resource_id = ANY(${[...ids]}::text[]))`
}

/** Findings with one of these texts. */
function ofTexts(texts: readonly SearchText[]): Sql {
  return sql`f.search_keys && ${texts.map(searchKey)}::bigint[]`
}

/** The same as one condition. */
export async function findingCondition(access: Access, filter: FindingFilter): Promise<Sql> {
  const { conditions, branches } = await findingWhere(access, filter)
  if (branches.length === 0) return sql`FALSE`
  const either = branches.map(branch => branch.condition)
  return sql`${conditions} AND (${Prisma.join(either, ' OR ')})`
}

/** Findings of classes. Written as in the partial index of the two that are few. */
function ofClass(classes: readonly FindingClass[]): Sql {
  const few = classes.includes('posture') ? sql`TRUE` : sql`f.class <> 'posture'`
  return sql`(${among(sql`f.class`, classes)} AND ${few})`
}

/** The first instant of a day in the organization's zone. */
function startOfDay(day: string): Date {
  return instantOf(`${day}T00:00`, env().HINOMI_TIME_ZONE) ?? new Date(`${day}T00:00:00Z`)
}

/** Account scope over `finding AS f`. */
export function inScope(access: Access): Sql {
  const accounts = accountFilter(access)
  return accounts === null ? sql`TRUE` : among(sql`f.account_id`, accounts)
}

/** The statuses that a filter selects: by default the open ones, or all of them where it is about an import, a change or an exception. */
export function statusesOf(filter: FindingFilter): readonly Status[] {
  const defaults: readonly Status[] = isAboutRecord(filter) ? statuses : openStatuses
  const selected = filter.status.length > 0 ? filter.status : defaults
  return statuses.filter(
    status => selected.includes(status) && (!(filter.overdue || filter.unconfirmed) || isOpen(status)),
  )
}

/** Whether a filter is about an import, a change or an exception, whatever the status of its findings since. */
function isAboutRecord(filter: FindingFilter): boolean {
  return filter.import !== null || filter.exception !== null || filter.changeset !== null
}

/** Stored form of the severities of a filter. */
export function severityRanks(filter: FindingFilter): number[] {
  return filter.severity.map(severityRank)
}

/** Owner ids of a filter, with "me" as the member who reads, or who owns the token that does. */
export function ownersOf(access: Access, filter: FindingFilter): { ids: string[]; nobody: boolean } {
  const ids = filter.owner.filter(owner => owner !== 'none')
  return { ids: ids.map(owner => (owner === 'me' ? selfOf(access) : owner)), nobody: filter.owner.includes('none') }
}

/** The id of the member whom an actor acts for. */
function selfOf({ actor }: Access): string {
  if (actor.kind === 'member') return actor.id
  return (actor.kind === 'token' ? actor.owner : null) ?? NOBODY
}

function ownedBy(access: Access, filter: FindingFilter): Sql {
  const { ids, nobody } = ownersOf(access, filter)
  if (!nobody) return among(sql`f.owner_id`, ids, 'uuid')
  return ids.length === 0 ? sql`f.owner_id IS NULL` : sql`(f.owner_id IS NULL OR f.owner_id = ANY(${ids}::uuid[]))`
}

/**
 * The accounts that a list omits because they have left the organisation: none where the filter names accounts or is about an import, a
 * change or an exception. They are few, and read first: where there are none, the planner sees no condition at all.
 */
export async function closedAccounts(filter: FindingFilter): Promise<string[]> {
  if (filter.account.length > 0 || isAboutRecord(filter)) return []
  const rows = await readPrimary<{ id: string }>(sql`SELECT id FROM account WHERE closed_at IS NOT NULL`)
  return rows.map(row => row.id)
}

/**
 * Findings whose sources are all silent; sources of senders without `imports:close` count only where there are no others. The accounts
 * with a silent source are read first: where they are few, only their findings are read; where they are many, a page fills quickly.
 */
async function isUnconfirmed(): Promise<Sql> {
  const at = now()
  const rows = await readPrimary<{ id: string }>(sql`
    SELECT DISTINCT account_id AS id FROM (
      SELECT account_id FROM feed d GROUP BY account_id, source
      HAVING ${Prisma.raw(latestOfFeedsSql('d', 'silent_after'))} <= ${at}::timestamptz) AS quiet`)
  if (rows.length === 0) return sql`FALSE`
  const feeds = sql`SELECT 1 FROM feed d WHERE d.account_id = f.account_id AND d.source = ANY(f.sources)`
  const proven = sql`NOT ${Prisma.raw(unprovenFeedSql('d'))}`
  return sql`${among(
    sql`f.account_id`,
    rows.map(row => row.id),
  )} AND NOT EXISTS (${feeds} AND d.silent_after > ${at}::timestamptz AND ${proven})
    AND (EXISTS (${feeds} AND ${proven}) OR (EXISTS (${feeds}) AND NOT EXISTS (${feeds} AND d.silent_after > ${at}::timestamptz)))`
}

const CHANGE_KINDS = {
  updated: ['severity', 'title', 'resource'],
  reopened: ['reopened'],
  resolved: ['resolved'],
} as const

function byImport(id: number, change: FindingFilter['change']): Sql {
  if (id > 2 ** 31 - 1) return sql`FALSE`
  if (change === null || change === 'created') return sql`f.first_import_id = ${id}::int`
  return sql`(f.account_id, f.id) IN (SELECT e.account_id, e.finding_id FROM finding_event e
    WHERE e.actor_kind = 'import' AND e.actor_id = ${String(id)} AND e.kind = ANY(${[...CHANGE_KINDS[change]]}::text[]))`
}

function byChangeSet(id: string, undo: string | null): Sql {
  const touched = (change: string) =>
    sql`(SELECT e.account_id, e.finding_id FROM finding_event e WHERE e.change_id = ${change}::uuid)`
  const all = sql`(f.account_id, f.id) IN ${touched(id)}`
  return undo === null ? all : sql`${all} AND (f.account_id, f.id) NOT IN ${touched(undo)}`
}

/** `tagged`: whether the filter is about texts that severe findings have an index of. */
function branchesOf(filter: FindingFilter, tagged: boolean): Branch[] {
  const selected = statusesOf(filter)
  const open = selected.filter(isOpen)
  const closed = selected
    .filter(status => !isOpen(status))
    .map(status => ({ statuses: [status], condition: sql`${CLOSED} AND f.status = ${status}`, few: false }))
  if (open.length === 0) return closed
  const condition = open.length === openStatuses.length ? OPEN : sql`${OPEN} AND f.status = ANY(${open}::text[])`
  return [{ statuses: open, condition, few: false, ...(tagged && { severe: true }) }, ...closed]
}
