import 'server-only'
import type { Access } from '../../../access/proof'
import type { AttachmentOwner } from '../../../domain/attachments/attachment'
import { type FindingFilter, splitFindingId } from '../../../domain/findings/filter'
import type { ResolvedReason } from '../../../domain/findings/lifecycle'
import { toSeverity } from '../../../domain/findings/severity'
import type { FindingRow } from '../../../domain/views'
import { Prisma } from '../../../generated/prisma/client'
import { isReadable } from '../../../sql/attachments/where'
import { lastObserved } from '../../../sql/findings/last-observed'
import { read } from '../../../sql/read'
import { listFindings } from '../list'
import { type FindingDetails, withDetails } from './details'

const { sql } = Prisma
const PAGE = 500

/** What an auditor asks of a finding beside its row. Null where it does not apply, or no source says it. */
export interface FindingEvidence {
  openedAt: Date
  /** When a report last contained it; null if no source reports it now. */
  lastObservedAt: Date | null
  resolvedAt: Date | null
  resolvedReason: ResolvedReason | null
  /** Who or what resolved it last: a person, a token, or an import, with its name, and the import's number. */
  resolvedBy: string | null
  resolvedImport: number | null
  /** The reason that a person gave. */
  resolvedText: string | null
  exceptionId: number | null
  /** The decisions about its exception, as far as the reader may read them. */
  exceptionControls: string | null
  exceptionTicket: string | null
  exceptionApprovedBy: string | null
  exceptionNote: string | null
  exceptionReviewAt: Date | null
  /** Its files, each with its SHA-256. */
  exceptionEvidence: string | null
  /** The same of the finding itself. */
  evidence: string | null
  exploit: boolean | null
  epss: number | null
  fix: string | null
  /** The severity that each source reports now, such as `prowler=high security-hub=medium`. */
  severities: string
}

export type ExportedFinding = FindingRow & FindingEvidence & FindingDetails

/** Every finding that matches a filter, a page at a time, in its order. Findings that change meanwhile may be included or not. */
export async function* exportFindings(
  access: Access<'findings:read' | 'export:read'>,
  filter: FindingFilter,
): AsyncGenerator<ExportedFinding[]> {
  let cursor: string | null = null
  do {
    const page = await listFindings(access, filter, { cursor, limit: PAGE })
    yield await withDetails(await withEvidence(access, page.rows))
    cursor = page.next
  } while (cursor !== null)
}

interface StoredEvidence extends Omit<FindingEvidence, 'severities'> {
  id: string
  severities: Record<string, number> | null
}

/** The names of files with their hashes, as one text. */
function filesOf(owner: AttachmentOwner, id: Prisma.Sql): Prisma.Sql {
  return sql`SELECT string_agg(t.name || ' sha256:' || t.sha256, '; ' ORDER BY t.uploaded_at, t.id) FROM attachment t
    WHERE t.state = 'stored' AND t.owner_kind = ${owner} AND t.owner_id = ${id}`
}

/** Adds the evidence to rows that the reader may see. */
async function withEvidence(access: Access, rows: readonly FindingRow[]): Promise<(FindingRow & FindingEvidence)[]> {
  if (rows.length === 0) return []
  const keys = rows.map(row => splitFindingId(row.id))
  const stored = await read<StoredEvidence>(sql`
    SELECT f.account_id || '-' || replace(f.id::text, '-', '') AS id, f.opened_at AS "openedAt", f.resolved_at AS "resolvedAt",
      f.resolved_reason AS "resolvedReason", f.exception_id AS "exceptionId", x.controls AS "exceptionControls", x.ticket AS "exceptionTicket",
      x.decided_name AS "exceptionApprovedBy", x.note AS "exceptionNote", x.review_at AS "exceptionReviewAt", x.files AS "exceptionEvidence", f.exploit, f.epss, f.fix, e.by AS "resolvedBy",
      e.import AS "resolvedImport", e.text AS "resolvedText", s.severities, ${lastObserved} AS "lastObservedAt",
      (${filesOf('finding', sql`f.id::text`)} AND t.account_id = f.account_id) AS evidence
    FROM unnest(${keys.map(key => key.accountId)}::text[], ${keys.map(key => key.uuid)}::uuid[]) AS k(account_id, id)
    JOIN finding f ON f.account_id = k.account_id AND f.id = k.id
    LEFT JOIN LATERAL (
      SELECT x.controls, x.ticket, x.decided_name, x.note, x.review_at, (${filesOf('exception', sql`x.id::text`)}) AS files
      FROM exception x WHERE x.id = f.exception_id AND ${isReadable(access)}) AS x ON TRUE
    LEFT JOIN LATERAL (
      SELECT e.actor_name AS by, CASE WHEN e.actor_kind = 'import' THEN e.actor_id::int END AS import, e.text FROM finding_event e
      WHERE f.resolved_at IS NOT NULL AND e.account_id = f.account_id AND e.finding_id = f.id
        AND (e.kind = 'resolved' OR (e.kind = 'status' AND e.after #>> '{}' = 'resolved'))
      ORDER BY e.id DESC LIMIT 1) AS e ON TRUE
    LEFT JOIN LATERAL (
      SELECT jsonb_object_agg(source, severity) AS severities FROM (
        SELECT s.source, max(s.severity) AS severity FROM sighting s
        WHERE s.account_id = f.account_id AND s.finding_id = f.id AND s.present AND s.result = 'failed' GROUP BY 1) AS each) AS s ON TRUE`)
  const byId = new Map(stored.map(row => [row.id, row]))
  return rows.flatMap(row => {
    const found = byId.get(row.id)
    if (!found) return []
    const { id: _, severities, ...evidence } = found
    const named = Object.entries(severities ?? {}).map(([source, rank]) => `${source}=${toSeverity(rank)}`)
    return [{ ...row, ...evidence, severities: named.sort().join(' ') }]
  })
}
