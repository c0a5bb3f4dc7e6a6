import 'server-only'
import type { Access, Actor } from '../access/proof'
import { now } from '../clock'
import { dueAt } from '../domain/due'
import type { DuePolicy } from '../domain/due-policy'
import { toSeverity } from '../domain/severity'
import type { Environment } from '../domain/team'
import { env } from '../env'
import type { Prisma } from '../generated/prisma/client'

/**
 * Sets the due dates of an account's open findings, where the policy and no person set them, to what the policy says for an
 * environment. Returns how many moved; each has a line in its history under the name of `actor`. The caller holds the account.
 */
export async function movePolicyDates(
  tx: Prisma.TransactionClient,
  _access: Access<'accounts:manage'>,
  actor: Pick<Actor, 'kind' | 'id' | 'name'>,
  accountId: string,
  environment: Environment | null,
  policy: DuePolicy,
): Promise<number> {
  const opened = await tx.$queryRaw<{ severity: number; opened_at: Date }[]>`
    SELECT DISTINCT severity, opened_at FROM finding
    WHERE account_id = ${accountId} AND status IN ('new', 'acknowledged', 'in_progress') AND due_by = 'policy'`
  const dates = opened.map(row =>
    dueAt(toSeverity(row.severity), row.opened_at, environment, env().HINOMI_TIME_ZONE, policy),
  )
  return tx.$executeRaw`
    WITH policy AS (
      SELECT * FROM unnest(${opened.map(row => row.severity)}::smallint[],
        ${opened.map(row => row.opened_at.toISOString())}::timestamptz[],
        ${dates.map(date => date?.toISOString() ?? 'infinity')}::timestamptz[]) AS p(severity, opened_at, due_at)
    ), picked AS MATERIALIZED (
      SELECT f.account_id, f.id, f.due_at AS before, nullif(p.due_at, 'infinity') AS after
      FROM finding f JOIN policy p ON p.severity = f.severity AND p.opened_at = f.opened_at
      WHERE f.account_id = ${accountId} AND f.status IN ('new', 'acknowledged', 'in_progress') AND f.due_by = 'policy'
        AND f.due_at IS DISTINCT FROM nullif(p.due_at, 'infinity')
    ), changed AS (
      UPDATE finding f SET due_at = p.after, overdue = coalesce(p.after < ${now()}::timestamptz, FALSE), updated_at = ${now()}::timestamptz
      FROM picked p WHERE f.account_id = p.account_id AND f.id = p.id
    )
    INSERT INTO finding_event (account_id, finding_id, at, actor_kind, actor_id, actor_name, kind, before, after)
    SELECT p.account_id, p.id, ${now()}::timestamptz, ${actor.kind}, ${actor.id}, ${actor.name}, 'due',
      to_jsonb(to_char(p.before AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')),
      to_jsonb(to_char(p.after AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
    FROM picked p`
}
