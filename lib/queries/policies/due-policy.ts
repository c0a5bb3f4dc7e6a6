import 'server-only'
import { type Access, requireAllAccounts } from '../../access/proof'
import { now } from '../../clock'
import { toSeverity } from '../../domain/findings/severity'
import { Environment } from '../../domain/people/team'
import { dueAt, instantOf } from '../../domain/policies/due'
import { DuePolicy, defaultDuePolicy } from '../../domain/policies/due-policy'
import type { DuePolicyView, DuePreview } from '../../domain/policies/views'
import { env } from '../../env'
import { Prisma } from '../../generated/prisma/client'
import { openStatusSql } from '../../sql/findings/open'
import { read } from '../../sql/read'

const { sql } = Prisma

/** The policy in force, who changed it last, and whether it is still being applied to due dates. */
export async function getDuePolicy(_access: Access<'findings:read'>): Promise<DuePolicyView> {
  const [row] = await read<{
    value: { policy: unknown; version: string; at: string; by: { name: string }; moved: number }
    moving: boolean
  }>(
    sql`SELECT value, EXISTS (SELECT FROM policy_work WHERE policy = 'due-policy') AS moving FROM setting WHERE key = 'due-policy'`,
  )
  if (!row)
    return { policy: defaultDuePolicy, version: null, changedBy: null, changedAt: null, moving: false, moved: 0 }
  const { policy, version, at, by, moved } = row.value
  return {
    policy: DuePolicy.parse(policy),
    version,
    changedBy: by.name,
    changedAt: new Date(at),
    moving: row.moving,
    moved,
  }
}

/**
 * What a policy would change for open findings whose dates no person set: how many dates move, how many findings become overdue, and
 * how many no longer are. Counted by day, so that a million findings are a few thousand groups. Throws ForbiddenError for readers who
 * may not see every account.
 */
export async function previewDuePolicy(access: Access<'accounts:manage'>, policy: DuePolicy): Promise<DuePreview> {
  requireAllAccounts(access)
  const zone = env().HINOMI_TIME_ZONE
  const groups = await read<{
    environment: string | null
    severity: number
    day: string
    due_at: Date | null
    n: number
  }>(sql`
    SELECT a.environment, f.severity, to_char(f.opened_at AT TIME ZONE ${zone}, 'YYYY-MM-DD') AS day, f.due_at, count(*)::int AS n
    FROM finding f JOIN account a ON a.id = f.account_id
    WHERE f.status IN (${openStatusSql}) AND f.due_by = 'policy'
    GROUP BY 1, 2, 3, 4`)
  const preview: DuePreview = { moved: 0, becomeOverdue: 0, noLongerOverdue: 0, unmoved: 0 }
  const at = now()
  for (const { environment, severity, day, due_at: before, n } of groups) {
    const opened = instantOf(`${day}T12:00`, zone) ?? new Date(`${day}T12:00:00Z`)
    const after = dueAt(toSeverity(severity), opened, Environment.nullable().parse(environment), zone, policy)
    if (after?.getTime() === before?.getTime()) {
      preview.unmoved += n
      continue
    }
    preview.moved += n
    const [was, is] = [before !== null && before < at, after !== null && after < at]
    if (is && !was) preview.becomeOverdue += n
    if (was && !is) preview.noLongerOverdue += n
  }
  return preview
}
