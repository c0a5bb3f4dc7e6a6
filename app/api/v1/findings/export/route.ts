import { apiLocale } from '@/lib/access/locale'
import { requireRecent } from '@/lib/access/session/recent'
import { FindingsQuery, parseQuery } from '@/lib/domain/api/query'
import { categoryOf } from '@/lib/domain/controls/category-of'
import { withCanonicalTitles } from '@/lib/domain/controls/text/titles'
import type { Locale } from '@/lib/locale'
import { type ExportedFinding, exportFindings } from '@/lib/queries/findings/export/export'
import { isBulkExport } from '@/lib/queries/findings/export/size'
import { ownerIds } from '@/lib/queries/people/assignable-members'
import { requireTeams } from '@/lib/queries/teams/teams'
import { refuseOthers, route } from '@/lib/route'
import { recordExport } from '@/lib/store/audit/exports'
import { csvAnswer } from '../../csv'

export const dynamic = 'force-dynamic'

const COLUMNS = [
  'id',
  'severity',
  'status',
  'title',
  'control',
  'class',
  'account',
  'account_name',
  'environment',
  'region',
  'resource',
  'resource_type',
  'team',
  'owner',
  'due_at',
  'respond_by',
  'responded_at',
  'verdict',
  'verdict_text',
  'verdict_by',
  'verdict_at',
  'overdue',
  'sources',
  'first_seen_at',
  'reopened_count',
  'not_confirmed_since',
  'source_title',
  'first_observed_at',
  'opened_at',
  'resolved_at',
  'resolved_reason',
  'resolved_by',
  'resolved_import',
  'resolved_text',
  'exception',
  'exploit',
  'epss_percent',
  'fix',
  'severities',
  'counts_as',
  'counts_by',
  'exception_controls',
  'exception_ticket',
  'exception_approved_by',
  'exception_note',
  'exception_review_at',
  'exception_evidence',
  'last_observed_at',
  'category',
  'package',
  'evidence',
  'description',
  'remediation',
  'remediation_url',
  'tags',
  'comments',
  'suppressed_by',
  'suppressed_at',
  'suppressed_note',
  'kev',
  'cvss',
  'cvss_vector',
  'fixed_versions',
  'image',
  'references',
  'frameworks',
] as const

/** All findings of the filters as CSV, streamed while they are read, with little memory for any number. */
export const GET = route({
  needs: ['findings:read', 'export:read'],
  run: async ({ access, request }) => {
    const {
      cursor: _cursor,
      limit: _limit,
      owner,
      ...filter
    } = parseQuery(FindingsQuery, new URL(request.url).searchParams)
    await requireTeams(access, filter.team)
    const wanted = { ...filter, owner: await ownerIds(access, owner) }
    // Nobody can be asked behind a token, so its exports are not limited.
    if (access.actor.kind === 'member' && (await isBulkExport(access, wanted))) await requireRecent(access)
    const rows = exportFindings(access, wanted)
    // The first page is read before the first byte is sent, while an error can still be answered.
    const first = await rows.next()
    await recordExport(access, 'findings.export', 'findings', { ...filter, owner })
    return csvAnswer('findings.csv', COLUMNS, pagesOf(first, rows, await apiLocale(request)))
  },
})

type Pages = ReturnType<typeof exportFindings>

async function* pagesOf(first: Awaited<ReturnType<Pages['next']>>, rows: Pages, locale: Locale) {
  if (!first.done) yield linesOf(locale, first.value)
  for await (const page of rows) yield linesOf(locale, page)
}

function linesOf(locale: Locale, page: ExportedFinding[]) {
  return withCanonicalTitles(locale, page).map(cellsOf)
}

function cellsOf(row: ExportedFinding): (string | number | null)[] {
  return [
    row.id,
    row.severity,
    row.status,
    row.title,
    row.control,
    row.class,
    row.accountId,
    row.accountName,
    row.environment,
    row.region,
    row.resourceId,
    row.resourceType,
    row.team,
    row.owner?.email ?? null,
    row.dueAt?.toISOString() ?? null,
    row.respondBy?.toISOString() ?? null,
    row.respondedAt?.toISOString() ?? null,
    row.verdict?.kind ?? null,
    row.verdict?.text ?? null,
    row.verdict?.by ?? null,
    row.verdict?.at.toISOString() ?? null,
    row.overdue ? 'true' : 'false',
    row.sources.join(' '),
    row.firstSeenAt.toISOString(),
    row.reopenedCount,
    row.unconfirmedSince?.toISOString() ?? null,
    row.sourceTitle,
    row.firstObservedAt.toISOString(),
    row.openedAt.toISOString(),
    row.resolvedAt?.toISOString() ?? null,
    row.resolvedReason,
    row.resolvedBy,
    row.resolvedImport,
    row.resolvedText,
    row.exceptionId,
    row.exploit === null ? null : String(row.exploit),
    row.epss,
    row.fix,
    row.severities,
    row.countsAs,
    row.countsBy,
    row.exceptionControls,
    row.exceptionTicket,
    row.exceptionApprovedBy,
    row.exceptionNote,
    row.exceptionReviewAt?.toISOString() ?? null,
    row.exceptionEvidence,
    row.lastObservedAt?.toISOString() ?? null,
    categoryOf(row),
    row.packageName,
    row.evidence,
    row.description,
    row.remediation,
    row.remediationUrl,
    row.tags,
    row.comments,
    row.suppressedBy,
    row.suppressedAt,
    row.suppressedNote,
    row.kev === null ? null : String(row.kev),
    row.cvss,
    row.cvssVector,
    row.fixedVersions,
    row.image,
    row.references,
    row.frameworks,
  ]
}

export const { DELETE, OPTIONS, PATCH, POST, PUT } = refuseOthers('GET')
