import { apiLocale } from '@/lib/access/locale'
import { requireRecent } from '@/lib/access/session/recent'
import { ExportQuery, parseQuery } from '@/lib/domain/api/query'
import { categoryOf } from '@/lib/domain/controls/category-of'
import { withCanonicalTitles } from '@/lib/domain/controls/text/titles'
import type { Cell } from '@/lib/domain/exports/cells'
import type { Locale } from '@/lib/locale'
import { type ExportedFinding, exportFindings } from '@/lib/queries/findings/export/export'
import { isBulkExport } from '@/lib/queries/findings/export/size'
import { ownerIds } from '@/lib/queries/people/assignable-members'
import { requireTeams } from '@/lib/queries/teams/teams'
import { refuseOthers, route } from '@/lib/route'
import { recordExport } from '@/lib/store/audit/exports'
import { tableAnswer } from '../../download/answer'

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

/** All findings of the filters as CSV, JSON or an Excel workbook, streamed while they are read, with little memory for any number. */
export const GET = route({
  needs: ['findings:read', 'export:read'],
  run: async ({ access, request }) => {
    const { format, owner, ...filter } = parseQuery(ExportQuery, new URL(request.url).searchParams)
    await requireTeams(access, filter.team)
    const wanted = { ...filter, owner: await ownerIds(access, owner) }
    // Nobody can be asked behind a token, so its exports are not limited.
    if (access.actor.kind === 'member' && (await isBulkExport(access, wanted))) await requireRecent(access)
    const rows = exportFindings(access, wanted)
    // The first page is read before the first byte is sent, while an error can still be answered.
    const first = await rows.next()
    await recordExport(access, 'findings.export', 'findings', { ...filter, owner, format })
    return tableAnswer(format, 'findings', COLUMNS, pagesOf(first, rows, await apiLocale(request)))
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

function cellsOf(row: ExportedFinding): Cell[] {
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
    row.dueAt,
    row.respondBy,
    row.respondedAt,
    row.verdict?.kind ?? null,
    row.verdict?.text ?? null,
    row.verdict?.by ?? null,
    row.verdict?.at ?? null,
    row.overdue,
    row.sources.join(' '),
    row.firstSeenAt,
    row.reopenedCount,
    row.unconfirmedSince,
    row.sourceTitle,
    row.firstObservedAt,
    row.openedAt,
    row.resolvedAt,
    row.resolvedReason,
    row.resolvedBy,
    row.resolvedImport,
    row.resolvedText,
    row.exceptionId,
    row.exploit,
    row.epss,
    row.fix,
    row.severities,
    row.countsAs,
    row.countsBy,
    row.exceptionControls,
    row.exceptionTicket,
    row.exceptionApprovedBy,
    row.exceptionNote,
    row.exceptionReviewAt,
    row.exceptionEvidence,
    row.lastObservedAt,
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
    row.kev,
    row.cvss,
    row.cvssVector,
    row.fixedVersions,
    row.image,
    row.references,
    row.frameworks,
  ]
}

export const { DELETE, OPTIONS, PATCH, POST, PUT } = refuseOthers('GET')
