import 'server-only'
import { type Access, requireAllAccounts } from '../../access/proof'
import { now } from '../../clock'
import type { DueBy } from '../../domain/findings/event'
import type { FindingClass } from '../../domain/imports/outcome'
import { Environment } from '../../domain/people/team'
import { isOverdue } from '../../domain/policies/deadline'
import { type Dated, dueAt, instantOf, respondBy } from '../../domain/policies/due'
import { DuePolicy, defaultDuePolicy } from '../../domain/policies/due-policy'
import { countedBy, countedSeverity } from '../../domain/policies/exploited'
import type { DuePolicyView, DuePreview } from '../../domain/policies/views'
import { env } from '../../env'
import { Prisma } from '../../generated/prisma/client'
import { clockStartSql } from '../../sql/findings/deadline'
import { openStatusSql } from '../../sql/findings/open'
import { read } from '../../sql/read'
import { knownExploited } from '../../sql/vulnerabilities/known-exploited'

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
  const { ids } = await knownExploited()
  // Days are enough for due dates; the hours of threats, which are few, need the exact time.
  const groups = await read<DatedGroup>(sql`
    SELECT a.environment, f.class, f.severity, f.due_at AS "dueAt",
      f.class = 'vulnerability' AND f.control = ANY(${[...ids]}::text[]) AS listed,
      CASE WHEN f.class = 'vulnerability' THEN f.exploit END AS exploit,
      CASE WHEN f.class = 'vulnerability' AND f.epss >= ${policy.exploited.epssFrom} THEN 100 END AS epss, f.due_by AS "dueBy", f.respond_by AS "respondBy",
      f.responded_at IS NOT NULL AS responded, CASE WHEN f.class = 'threat' THEN f.opened_at END AS "openedAt",
      to_char(${clockStartSql(policy.clock)} AT TIME ZONE ${zone}, 'YYYY-MM-DD') AS day, count(*)::int AS n
    FROM finding f JOIN account a ON a.id = f.account_id
    WHERE f.status IN (${openStatusSql}) AND (f.due_by = 'policy' OR f.class = 'threat')
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12`)
  const preview: DuePreview = { moved: 0, becomeOverdue: 0, noLongerOverdue: 0, unmoved: 0 }
  const at = now()
  for (const { environment, day, dueBy, responded, n, listed, exploit, epss, ...before } of groups) {
    const { class: kind, severity } = before
    const counted = countedBy(policy.exploited, { class: kind, severity, listed, exploit, epss })
    const openedAt = before.openedAt ?? instantOf(`${day}T12:00`, zone) ?? new Date(`${day}T12:00:00Z`)
    const dated: Dated = {
      class: kind,
      severity: countedSeverity({ severity, ...counted }),
      openedAt,
      environment: Environment.nullable().parse(environment),
    }
    const after = {
      dueAt: dueBy === 'policy' ? dueAt(dated, zone, policy) : before.dueAt,
      respondBy: respondBy(dated, policy),
    }
    if (isSame(after.dueAt, before.dueAt) && isSame(after.respondBy, before.respondBy)) {
      preview.unmoved += n
      continue
    }
    preview.moved += n
    const respondedAt = responded ? openedAt : null
    const [was, is] = [before, after].map(dates => isOverdue('new', { ...dates, respondedAt }, at))
    if (is && !was) preview.becomeOverdue += n
    if (was && !is) preview.noLongerOverdue += n
  }
  return preview
}

/** Open findings with the same dates. */
interface DatedGroup {
  environment: string | null
  class: FindingClass
  severity: number
  listed: boolean
  exploit: boolean | null
  /** 100 where it is high enough for the policy. */
  epss: number | null
  dueAt: Date | null
  dueBy: DueBy
  respondBy: Date | null
  responded: boolean
  /** The exact time of threats. */
  openedAt: Date | null
  day: string
  n: number
}

function isSame(a: Date | null, b: Date | null): boolean {
  return a?.getTime() === b?.getTime()
}
