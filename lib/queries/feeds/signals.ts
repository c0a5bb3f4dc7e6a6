import 'server-only'
import { type Access, accountFilter } from '../../access/proof'
import { checks } from '../../domain/checks/checks'
import { type SignalView, signals } from '../../domain/checks/neglect/signals'
import { Prisma } from '../../generated/prisma/client'
import { openStatusSql } from '../../sql/findings/open'
import { read } from '../../sql/read'
import { accountInScope } from '../accounts/rows'

const { sql } = Prisma

/** The signals of neglect with what their checks found in the reader's open accounts. */
export async function listSignals(access: Access<'findings:read'>): Promise<SignalView[]> {
  const scope = accountFilter(access)
  const pairs = signals.flatMap(({ check }) => controlsOf(check).map(control => ({ check, control })))
  const rows = await read<{ id: string; open: number; accounts: number }>(
    sql`WITH examined AS MATERIALIZED (
        SELECT s."check" AS id, count(*)::int AS accounts FROM check_state s JOIN account a ON a.id = s.account_id
        WHERE s."check" = ANY(${pairs.map(({ check }) => check)}::text[]) AND s.passed + s.failed > 0 AND a.closed_at IS NULL
          AND ${accountInScope(access)} GROUP BY 1
      )
      SELECT k.id, (sum((
        SELECT count(*) FROM finding f WHERE f.control = k.control AND f.status IN (${openStatusSql})
          AND (${scope === null} OR f.account_id = ANY(${scope ?? []}::text[]))
          AND f.account_id NOT IN (SELECT id FROM account WHERE closed_at IS NOT NULL))))::int AS open,
        coalesce((SELECT e.accounts FROM examined e WHERE e.id = k.id), 0) AS accounts
      FROM unnest(${pairs.map(({ check }) => check)}::text[], ${pairs.map(({ control }) => control)}::text[]) AS k(id, control)
      GROUP BY k.id`,
  )
  const found = new Map(rows.map(({ id, ...counts }) => [id, counts]))
  return signals.map(({ id, check }) => {
    const counts = (check && found.get(check)) || { open: 0, accounts: 0 }
    return { id, controls: controlsOf(check), ...counts }
  })
}

function controlsOf(check: string | null): string[] {
  return [...(checks.find(({ id }) => id === check)?.controls ?? [])]
}
