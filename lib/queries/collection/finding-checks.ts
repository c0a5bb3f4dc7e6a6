import 'server-only'
import type { Access } from '../../access/proof'
import { checksDefinition } from '../../domain/collection/collectors'
import {
  type CheckedFinding,
  cellsOfFinding,
  checksOfFinding,
  type FindingCheck,
  isOfOrganization,
} from '../../domain/collection/findings/recheck'
import type { Unexamined } from '../../domain/collection/lines'
import { Prisma } from '../../generated/prisma/client'
import { readPrimary } from '../../sql/read'
import { accountInScope, isInScope } from '../accounts/rows'

const { sql } = Prisma

type Checked = CheckedFinding & { accountId: string }

/**
 * The last results of the sources of a finding that Hinomi reads, and the cells that Hinomi's own checks of it examine; none where no
 * active connection reads its account.
 */
export async function findingChecks(access: Access<'findings:read'>, finding: Checked): Promise<FindingCheck[]> {
  const cells = cellsOfFinding(finding)
  const [read, own] = await Promise.all([
    cells.length > 0 ? cellChecks(access, finding, cells) : [],
    ownChecks(access, finding),
  ])
  // Without its connection nothing can be read again.
  return cells.length > 0 && read.length === 0 ? [] : [...read, ...own]
}

function cellChecks(
  access: Access<'findings:read'>,
  { accountId }: Checked,
  cells: ReturnType<typeof cellsOfFinding>,
): Promise<FindingCheck[]> {
  // What AWS answered in the account of the organization names things there, which not everybody sees. Of several Regions the one with a problem is told; of a task, whether its import has ended as well.
  return readPrimary<FindingCheck>(
    sql`SELECT n.collector, n.reports, coalesce(t.state, c.state, 'waiting') AS state, CASE WHEN t.state IS NULL THEN c.action END AS action,
        CASE WHEN t.state IS NULL AND o.visible THEN c.message END AS message, c.read_at AS "readAt"
      FROM unnest(${cells.map(cell => cell.collector)}::text[], ${cells.map(cell => cell.region)}::text[],
          ${cells.map(cell => cell.reports)}::boolean[], ${cells.map(isOfOrganization)}::boolean[])
        WITH ORDINALITY AS n (collector, region, reports, of_organization, place)
      JOIN account a ON a.id = ${accountId} AND a.closed_at IS NULL AND ${accountInScope(access)}
      JOIN connection k ON k.id = a.connection_id AND k.paused_at IS NULL
      CROSS JOIN LATERAL (SELECT n.id, ${isInScope(access, sql`n.id`)} AS visible
        FROM (SELECT CASE WHEN n.of_organization THEN k.account_id ELSE a.id END AS id) AS n) AS o
      LEFT JOIN LATERAL (
        SELECT CASE WHEN t.state = 'waiting' THEN 'waiting' ELSE 'reading' END AS state FROM collection_task t
          LEFT JOIN import i ON i.id = t.import_id
        WHERE t.account_id = o.id AND t.collector = n.collector AND (t.region IS NULL OR n.region IS NULL OR t.region = n.region)
          AND (t.state IN ('waiting', 'running') OR i.state IN ('receiving', 'queued', 'running'))
        ORDER BY t.state = 'waiting' LIMIT 1
      ) AS t ON TRUE
      LEFT JOIN LATERAL (
        SELECT c.state, c.action, c.message, c.read_at FROM coverage c
        WHERE c.account_id = o.id AND c.collector = n.collector AND (n.region IS NULL OR c.region = n.region)
        ORDER BY c.state NOT IN ('denied', 'failed', 'throttled'), c.state <> 'ok', c.region LIMIT 1
      ) AS c ON TRUE
      WHERE t.state IS NOT NULL OR c.state IS NOT NULL
      ORDER BY n.place`,
  )
}

interface OwnState {
  busy: boolean
  regions: string[] | null
  whole: boolean | null
  unexamined: Unexamined[] | null
  readAt: Date | null
}

/** The last results of Hinomi's own checks of a finding: no row for one that they do not report. */
async function ownChecks(access: Access<'findings:read'>, finding: Checked): Promise<FindingCheck[]> {
  const ids = checksOfFinding(finding)
  if (!ids || ids.length === 0) return []
  const states = await readPrimary<OwnState>(
    sql`SELECT r.due_at IS NOT NULL OR coalesce(i.state IN ('receiving', 'queued', 'running'), FALSE) AS busy,
        s.regions, s.whole, s.unexamined, s.read_at AS "readAt"
      FROM account a LEFT JOIN check_run r ON r.account_id = a.id LEFT JOIN import i ON i.id = r.import_id
        LEFT JOIN check_state s ON s.account_id = a.id AND s."check" = ANY(${[...ids]}::text[])
      WHERE a.id = ${finding.accountId} AND a.closed_at IS NULL AND ${accountInScope(access)}
      ORDER BY s.whole DESC NULLS LAST, s."check"`,
  )
  const [first] = states
  if (!first) return []
  const row = { collector: checksDefinition.id, reports: true, message: null }
  if (first.busy) return [{ ...row, state: 'reading', action: null, readAt: first.readAt }]
  const { region } = finding
  const examined = states.find(({ whole, regions }) => whole || (region !== null && regions?.includes(region)))
  if (examined) return [{ ...row, state: 'ok', action: null, readAt: examined.readAt }]
  const missing = first.unexamined?.find(each => each.region === region) ?? first.unexamined?.[0]
  if (!missing) return []
  const state = missing.state === 'unread' ? 'waiting' : missing.state
  return [{ ...row, state, action: missing.action, readAt: first.readAt }]
}
