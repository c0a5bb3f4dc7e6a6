import 'server-only'
import { z } from 'zod'
import { type Access, accountFilter, holds } from '../../access/proof'
import { now } from '../../clock'
import type { AccountId } from '../../domain/accounts/account-id'
import {
  ANNOUNCED_DAYS,
  type EndReason,
  ExceptionCondition,
  type ExceptionKind,
  type ExceptionList,
  ExceptionMatch,
  type ExceptionState,
  type PreviewRule,
} from '../../domain/exceptions/exception'
import { endsUnreviewed, isReviewShown, REVIEW_SHOWN_DAYS } from '../../domain/exceptions/review'
import { type FindingId, splitFindingId, toFindingId } from '../../domain/findings/filter'
import { toSeverity } from '../../domain/findings/severity'
import type { ExceptionRow, ReviewView, RulePreview } from '../../domain/policies/views'
import { Prisma } from '../../generated/prisma/client'
import { askedBy, coveredInScope, exceptionInScope, ruleCondition, staysInScope } from '../../sql/exceptions/where'
import { unsolvedStatusSql } from '../../sql/findings/open'
import { inScope } from '../../sql/findings/where'
import { read } from '../../sql/read'
import { evidenceOf } from '../attachments/attachments'
import { decodeCursor, encodeCursor, PlaceTime } from '../cursor'

const { sql } = Prisma
const Place = z.object({ id: z.int(), expiresAt: PlaceTime })
const DAY = 86_400_000

interface Stored {
  id: number
  kind: ExceptionKind
  state: ExceptionState
  account_id: AccountId | null
  finding_id: string | null
  match: unknown
  condition: unknown
  reason: string
  expires_at: Date
  own: boolean
  requested_name: string
  requested_email: string | null
  requested_at: Date
  decided_name: string | null
  decided_email: string | null
  decided_at: Date | null
  note: string
  ended_at: Date | null
  ended_reason: EndReason | null
  ended_name: string | null
  end_note: string
  pending: boolean
  controls: string
  ticket: string | null
  review_at: Date | null
  covers_up_to: number | null
  covers: number
  title: string | null
  control: string | null
  severity: number | null
  account_name: string | null
}

/**
 * One page of the exceptions of a list that the reader may see, the soonest to end first; ended ones, the latest first. Throws
 * `invalid` for a cursor of another list.
 */
export async function listExceptions(
  access: Access<'findings:read'>,
  list: ExceptionList,
  { cursor, limit }: { cursor: string | null; limit: number },
): Promise<{ rows: ExceptionRow[]; next: string | null }> {
  const after = cursor === null ? null : decodeCursor(cursor, Place.extend({ list: z.literal(list) }))
  const soon = new Date(now().getTime() + ANNOUNCED_DAYS * DAY)
  const which = {
    waiting: sql`x.state = 'requested'`,
    active: sql`x.state = 'approved'`,
    review: isReviewShownSql(),
    expiring: sql`x.state = 'approved' AND x.expires_at <= ${soon}::timestamptz`,
    over: sql`x.state IN ('rejected', 'withdrawn', 'ended')`,
  }[list]
  const order = list === 'over' ? sql`x.id DESC` : sql`x.expires_at, x.id`
  const afterCursor = !after
    ? sql`TRUE`
    : list === 'over'
      ? sql`x.id < ${after.id}::bigint`
      : sql`(x.expires_at, x.id) > (${after.expiresAt}::timestamptz, ${after.id}::bigint)`
  const found = await exceptions(access, sql`${which} AND ${afterCursor}`, sql`ORDER BY ${order} LIMIT ${limit + 1}`)
  const rows = found.slice(0, limit)
  const last = rows.at(-1)
  return {
    rows: await toRows(access, rows),
    next:
      found.length > limit && last
        ? encodeCursor({ list, id: last.id, expiresAt: last.expires_at.toISOString() })
        : null,
  }
}

/** How many exceptions of each list the reader may see. */
export async function countExceptions(access: Access<'findings:read'>): Promise<Record<ExceptionList, number>> {
  const soon = new Date(now().getTime() + ANNOUNCED_DAYS * DAY)
  const [row] = await read<Record<ExceptionList, number>>(sql`
    SELECT count(*) FILTER (WHERE x.state = 'requested')::int AS waiting, count(*) FILTER (WHERE x.state = 'approved')::int AS active,
      count(*) FILTER (WHERE ${isReviewShownSql()})::int AS review,
      count(*) FILTER (WHERE x.state = 'approved' AND x.expires_at <= ${soon}::timestamptz)::int AS expiring,
      count(*) FILTER (WHERE x.state IN ('rejected', 'withdrawn', 'ended'))::int AS over
    FROM exception x WHERE ${visible(access)}`)
  return row ?? { waiting: 0, active: 0, review: 0, expiring: 0, over: 0 }
}

/** The requested, approved and ended exceptions of one finding, the latest first, and the rule that covers it. */
export async function exceptionsOf(access: Access<'findings:read'>, id: FindingId): Promise<ExceptionRow[]> {
  const { accountId, uuid } = splitFindingId(id)
  const its = sql`(x.account_id = ${accountId} AND x.finding_id = ${uuid}::uuid) OR x.id = (
    SELECT f.exception_id FROM finding f WHERE f.account_id = ${accountId} AND f.id = ${uuid}::uuid AND ${inScope(access)})`
  return toRows(access, await exceptions(access, sql`(${its})`, sql`ORDER BY x.id DESC LIMIT 20`))
}

/** How many open findings a rule would cover now, by severity, in the accounts that the reader may see. */
export async function previewRule(
  access: Access<'findings:read'>,
  { match, condition }: PreviewRule,
): Promise<RulePreview> {
  const rows = await read<{ severity: number; n: number }>(sql`
    SELECT f.severity, count(*)::int AS n FROM finding f
    WHERE f.status IN (${unsolvedStatusSql}) AND ${inScope(access)} AND ${ruleCondition(match, condition)}
    GROUP BY f.severity ORDER BY f.severity DESC`)
  return {
    covers: rows.reduce((sum, row) => sum + row.n, 0),
    bySeverity: rows.map(row => ({ severity: toSeverity(row.severity), count: row.n })),
  }
}

function exceptions(access: Access, which: Prisma.Sql, tail: Prisma.Sql): Promise<Stored[]> {
  return read<Stored>(sql`
    SELECT x.*, ${askedBy(access)} AS own, f.title, f.control, f.severity, a.name AS account_name,
      (SELECT email FROM member WHERE id::text = x.requested_by) AS requested_email,
      (SELECT email FROM member WHERE id::text = x.decided_by) AS decided_email,
      (SELECT count(*)::int FROM finding c WHERE c.exception_id = x.id AND ${coveredInScope(access)}) AS covers
    FROM exception x
    LEFT JOIN finding f ON f.account_id = x.account_id AND f.id = x.finding_id
    LEFT JOIN account a ON a.id = x.account_id
    WHERE ${which} AND ${visible(access)} ${tail}`)
}

/** Exceptions within the reader's accounts, those that the reader requested, and rules that cover a finding in scope. */
function visible(access: Access): Prisma.Sql {
  if (accountFilter(access) === null) return sql`TRUE`
  return sql`(${exceptionInScope(access)} OR ${askedBy(access)} OR (x.account_id IS NULL AND EXISTS (
    SELECT 1 FROM finding c WHERE c.exception_id = x.id AND ${coveredInScope(access)})))`
}

/** Whether a review of `exception AS x` is due soon or already. */
function isReviewShownSql(): Prisma.Sql {
  const shown = new Date(now().getTime() + REVIEW_SHOWN_DAYS * DAY)
  return sql`x.state = 'approved' AND x.review_at <= ${shown}::timestamptz`
}

interface StoredReview extends ReviewView {
  id: number
}

async function toRows(access: Access<'findings:read'>, rows: readonly Stored[]): Promise<ExceptionRow[]> {
  if (rows.length === 0) return []
  const ids = rows.map(row => row.id)
  const [files, reviews] = await Promise.all([
    evidenceOf(access, ids),
    read<StoredReview>(sql`
      SELECT exception_id AS id, at, due_at AS "dueAt", reviewed_name AS name, note FROM exception_review
      WHERE exception_id = ANY(${ids}::int[]) ORDER BY at`),
  ])
  return rows.map(row =>
    toRow(access, row, {
      evidence: files.get(row.id) ?? [],
      reviews: reviews.filter(({ id }) => id === row.id).map(({ id: _, ...review }) => review),
    }),
  )
}

function toRow(
  access: Access,
  row: Stored,
  { evidence, reviews }: Pick<ExceptionRow, 'evidence' | 'reviews'>,
): ExceptionRow {
  const live = row.state === 'requested' || row.state === 'approved'
  const mine = row.own
  const person = access.actor.kind === 'member'
  const match = row.match === null ? null : ExceptionMatch.parse(row.match)
  const reaches = match === null || staysInScope(access, match)
  // Everyone may read a rule for every account; one that names accounts, only readers who see all of these.
  const hidden = !reaches && !mine && match.accounts.length > 0
  const isReviewDue = row.state === 'approved' && row.review_at !== null && isReviewShown(row.review_at, now())
  const decides = holds(access, 'exceptions:approve') && reaches
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    finding:
      row.account_id && row.finding_id
        ? {
            id: toFindingId(row.account_id, row.finding_id),
            title: row.title ?? '',
            control: row.control ?? '',
            severity: row.severity === null ? null : toSeverity(row.severity),
            accountId: row.account_id,
            accountName: row.account_name ?? '',
          }
        : null,
    match: match && shownMatch(access, match, hidden),
    condition: ExceptionCondition.parse(row.condition),
    hidden,
    reason: hidden ? '' : row.reason,
    expiresAt: row.expires_at,
    requestedName: row.requested_name,
    requestedEmail: row.requested_email,
    requestedAt: row.requested_at,
    decidedName: row.decided_name,
    decidedEmail: row.decided_email,
    decidedAt: row.decided_at,
    note: hidden ? '' : row.note,
    endedAt: row.ended_at,
    endedReason: row.ended_reason,
    endedName: row.ended_name,
    endNote: hidden ? '' : row.end_note,
    pending: row.pending,
    controls: hidden ? '' : row.controls,
    ticket: hidden ? null : row.ticket,
    evidence,
    reviewAt: row.review_at,
    reviewIsOverdue: row.state === 'approved' && row.review_at !== null && row.review_at <= now(),
    endsUnreviewed: row.review_at && endsUnreviewed(row.review_at),
    reviews: hidden ? [] : reviews,
    coversUpTo: row.covers_up_to === null || row.state === 'requested' ? null : toSeverity(row.covers_up_to),
    covers: row.covers,
    may: {
      decide: row.state === 'requested' && person && !mine && decides,
      review: isReviewDue && person && !mine && decides,
      end: live && (decides || (mine && holds(access, 'exceptions:request') && (reaches || row.state === 'requested'))),
    },
  }
}

/** A rule with only the accounts that the reader may see; its resource pattern may name others. */
function shownMatch(access: Access, match: ExceptionMatch, hidden: boolean): ExceptionMatch {
  const own = accountFilter(access)
  if (own === null) return match
  const resource = hidden && match.resource !== null ? '…' : match.resource
  return { ...match, resource, accounts: match.accounts.filter(id => own.includes(id)) }
}
