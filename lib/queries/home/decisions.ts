import 'server-only'
import type { Access } from '../../access/proof'
import { now } from '../../clock'
import { toFindingId } from '../../domain/findings/filter'
import { toSeverity } from '../../domain/findings/severity'
import { VerdictKind } from '../../domain/threats/verdict'
import type { DecisionView } from '../../domain/views'
import { Prisma } from '../../generated/prisma/client'
import { inScope } from '../../sql/findings/where'
import { read } from '../../sql/read'

const { sql } = Prisma
const DAYS = 30
const MOST = 10
/** The newest of these, among which the severe ones come first: a few others would hide them. */
const CONSIDERED = 2_000
/** High and critical. */
const SEVERE = 4

/**
 * The newest decisions of the last 30 days that people had to give a reason for, in the accounts in scope: findings that they resolved,
 * verdicts about threats, and due dates that they moved. Those about critical and high findings come first.
 */
export async function listDecisions(access: Access<'findings:read'>): Promise<DecisionView[]> {
  const since = new Date(now().getTime() - DAYS * 86_400_000)
  const rows = await read<{
    account_id: string
    account_name: string | null
    id: string
    control: string
    title: string
    severity: number
    kind: DecisionView['kind']
    after: string | null
    reason: string
    by: string
    at: Date
  }>(sql`
    SELECT * FROM (SELECT e.account_id, a.name AS account_name, f.id::text AS id, f.control, f.title, f.severity, e.kind, e.after #>> '{}' AS after, e.text AS reason,
      e.actor_name AS by, e.at, e.id AS line
    FROM finding_event e JOIN finding f ON f.account_id = e.account_id AND f.id = e.finding_id LEFT JOIN account a ON a.id = f.account_id
    WHERE e.text IS NOT NULL AND e.kind IN ('status', 'due', 'verdict') AND e.at > ${since}::timestamptz AND ${inScope(access)}
    ORDER BY e.at DESC, e.id DESC LIMIT ${CONSIDERED}) AS d
    ORDER BY d.severity >= ${SEVERE}::smallint DESC, d.at DESC, d.line DESC LIMIT ${MOST}`)
  return rows.map(row => ({
    finding: toFindingId(row.account_id, row.id),
    control: row.control,
    title: row.title,
    severity: toSeverity(row.severity),
    account: row.account_name || row.account_id,
    kind: row.kind,
    verdict: row.kind === 'verdict' ? VerdictKind.parse(row.after) : null,
    dueAt: row.kind === 'due' && row.after !== null ? new Date(row.after) : null,
    reason: row.reason,
    by: row.by,
    at: row.at,
  }))
}
