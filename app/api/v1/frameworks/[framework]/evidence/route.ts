import { requireRecent } from '@/lib/access/session/recent'
import { NoQuery, parseQuery } from '@/lib/domain/api/query'
import { frameworkIds } from '@/lib/domain/controls/frameworks'
import { type ControlSeverities, severityOf } from '@/lib/domain/controls/severities'
import { NotFoundError } from '@/lib/errors'
import { type Evidence, frameworkEvidence } from '@/lib/queries/feeds/framework-evidence'
import { getControlSeverities } from '@/lib/queries/policies/control-severity'
import { refuseOthers, route } from '@/lib/route'
import { recordExport } from '@/lib/store/audit/exports'
import { tableAnswer } from '../../../download/answer'

export const dynamic = 'force-dynamic'

const COLUMNS = [
  'requirement',
  'control',
  'severity',
  'account',
  'account_name',
  'result',
  'passed',
  'failed',
  'not_available',
  'last_report_at',
] as const

/** The evidence for each requirement of a framework as CSV. */
export const GET = route<'findings:read' | 'export:read', { framework: string }>({
  needs: ['findings:read', 'export:read'],
  run: async ({ access, request, params }) => {
    parseQuery(NoQuery, new URL(request.url).searchParams)
    const framework = frameworkIds.find(id => id === params.framework)
    if (!framework) throw new NotFoundError()
    await requireRecent(access)
    const [evidence, { severities }] = await Promise.all([
      frameworkEvidence(access, framework),
      getControlSeverities(access),
    ])
    await recordExport(access, 'findings.export', `framework:${framework}`, { framework })
    return tableAnswer('csv', framework, COLUMNS, pagesOf(evidence, severities))
  },
})

const PAGE = 1000

async function* pagesOf(evidence: Iterable<Evidence>, severities: ControlSeverities) {
  let page: (string | number | null)[][] = []
  for (const each of evidence) {
    page.push(cellsOf(each, severities))
    if (page.length < PAGE) continue
    yield page
    page = []
  }
  if (page.length > 0) yield page
}

function cellsOf(
  { requirement, control, checked }: Evidence,
  severities: ControlSeverities,
): (string | number | null)[] {
  const rated = severityOf(severities, control)
  if (!checked) return [requirement, control, rated, null, null, 'not_checked', 0, 0, 0, null]
  const { account, name, passed, failed, notAvailable, lastReportAt } = checked
  const result = failed > 0 ? 'failed' : passed > 0 ? 'passed' : 'not_available'
  const counts = [passed, failed, notAvailable]
  return [requirement, control, rated, account, name, result, ...counts, lastReportAt?.toISOString() ?? null]
}

export const { DELETE, OPTIONS, PATCH, POST, PUT } = refuseOthers('GET')
