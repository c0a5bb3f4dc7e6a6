import 'server-only'
import type { PoolClient } from 'pg'
import type { ChainedKind } from '../../domain/chain/rows'
import type { Broken } from '../../domain/chain/view'
import { Prisma } from '../../generated/prisma/client'
import { runIn } from '../../sql/transaction'

/** SQL: whether a row has no link and is not waiting for one: it was written without the triggers. */
function uncovered(kind: ChainedKind, account: string, finding: string, id: string): string {
  const same = (alias: string) => `${alias}.account_id = ${account} AND ${alias}.kind = '${kind}'
    AND ${alias}.finding_id = ${finding} AND ${alias}.row_id = ${id}`
  return `NOT EXISTS (SELECT 1 FROM chain_seal s WHERE ${same('s')}) AND NOT EXISTS (SELECT 1 FROM chain_pending p WHERE ${same('p')})`
}

interface UncoveredRow {
  kind: ChainedKind
  id: string
  account_id: string | null
  finding_id: string | null
}

const NIL = `'00000000-0000-0000-0000-000000000000'::uuid`

const CHECKS = [
  `SELECT 'audit' AS kind, a.id::text AS id, a.account_id, NULL AS finding_id FROM audit_entry a
   WHERE ${uncovered('audit', `coalesce(a.account_id, '')`, NIL, 'a.id')} ORDER BY a.id LIMIT 1`,
  `SELECT 'event' AS kind, e.id::text AS id, e.account_id, e.finding_id::text AS finding_id FROM finding_event e
   WHERE e.actor_kind <> 'import' AND ${uncovered('event', 'e.account_id', 'e.finding_id', 'e.id')} ORDER BY e.id LIMIT 1`,
  `SELECT 'import' AS kind, i.id::text AS id, NULL AS account_id, NULL AS finding_id FROM import i
   WHERE i.state IN ('done', 'failed') AND ${uncovered('import', `''`, NIL, 'i.id')} ORDER BY i.id LIMIT 1`,
  // Events of an import that does not exist: no run will ever cover them.
  `SELECT 'event' AS kind, e.id::text AS id, e.account_id, e.finding_id::text AS finding_id FROM finding_event e
   WHERE e.actor_kind = 'import' AND NOT EXISTS (SELECT 1 FROM import i WHERE i.id::text = e.actor_id)
     AND NOT EXISTS (SELECT 1 FROM chain_link l WHERE l.kind = 'run' AND l.subject = e.actor_id) ORDER BY e.id LIMIT 1`,
]

/** The first row that no link covers and that is not waiting for one. */
export async function firstUncovered(client: PoolClient): Promise<Broken | null> {
  for (const check of CHECKS) {
    const [row] = await runIn<UncoveredRow>(client, Prisma.raw(check))
    if (!row) continue
    const { kind, id, account_id, finding_id } = row
    return { problem: 'added', row: { kind, id, accountId: account_id, findingId: finding_id }, link: null, at: null }
  }
  return null
}

export async function pendingRows(client: PoolClient): Promise<number> {
  const [row] = await runIn<{ n: number }>(client, Prisma.sql`SELECT count(*)::int AS n FROM chain_pending`)
  return row?.n ?? 0
}
