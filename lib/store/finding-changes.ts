import 'server-only'
import type { Access } from '../access/proof'
import { now } from '../clock'
import { prisma } from '../db'
import type { ChangeResult, FindingSelection } from '../domain/finding-change'
import { Prisma } from '../generated/prisma/client'
import { recordAudit } from './audit'
import { type HeldFindings, holdFindings, selectionCondition } from './finding-selection'

type Sql = Prisma.Sql
const { sql } = Prisma

/** One kind of change to many findings. Expressions are over `p`, the finding as it was. */
export interface FindingChange {
  kind: 'owner' | 'team' | 'status' | 'due' | 'comment'
  /** Name in the audit log, and what it tells there beside the number; null where it follows from another change. */
  action: string | null
  detail: Prisma.InputJsonObject
  /** What is set; null where the finding itself stays as it is. */
  set: Sql | null
  /** Whether it is a change to this finding at all. */
  differs: Sql
  /** The line of the history, as jsonb. */
  before: Sql
  after: Sql
  text: string | null
}

/** Runs changes in one transaction: holds the findings, then writes each change with its history and its line in the audit log. */
export async function changeFindings(
  access: Access<'findings:triage'>,
  selection: FindingSelection,
  prepare: (tx: Prisma.TransactionClient) => Promise<Prepared> | Prepared,
): Promise<ChangeResult> {
  const asked = await selectionCondition(access, selection)
  return prisma().$transaction(
    async tx => {
      const prepared = await prepare(tx)
      const held = await holdFindings(tx, access, selection, asked)
      await prepared.check?.(tx, held)
      let changed = 0
      const changes = [...((await prepared.first?.(tx, access, held)) ?? []), ...prepared.changes]
      for (const change of changes) changed = Math.max(changed, await write(tx, access, held, change))
      return { changed, unchanged: held.count - changed }
    },
    { timeout: 300_000, maxWait: 15_000 },
  )
}

export interface Prepared {
  changes: FindingChange[]
  /** Changes that go before these, as they are once the findings are held. */
  first?: (
    tx: Prisma.TransactionClient,
    access: Access<'findings:triage'>,
    held: HeldFindings,
  ) => Promise<FindingChange[]>
  /** Refuses, by throwing, what the held findings do not allow. Nothing is written before. */
  check?: (tx: Prisma.TransactionClient, held: HeldFindings) => Promise<void>
}

/** Returns how many findings it changed. Those that were as asked get no line. */
async function write(
  tx: Prisma.TransactionClient,
  access: Access<'findings:triage'>,
  held: HeldFindings,
  change: FindingChange,
): Promise<number> {
  if (held.count === 0) return 0
  const { actor } = access
  const at = now()
  const update = change.set
    ? sql`, changed AS (UPDATE finding f SET ${change.set}, updated_at = ${at}::timestamptz FROM picked p
        WHERE f.account_id = p.account_id AND f.id = p.id)`
    : Prisma.empty
  const count = await tx.$executeRaw`
    WITH picked AS MATERIALIZED (
      SELECT p.account_id, p.id, p.status, p.team, p.team_by, p.owner_id, p.due_at, p.due_by, p.severity, p.resolved_reason, o.name AS owner_name
      FROM (SELECT f.* FROM finding f WHERE ${held.where}) AS p LEFT JOIN member o ON o.id = p.owner_id
      WHERE ${change.differs}
    ) ${update}
    INSERT INTO finding_event (account_id, finding_id, at, actor_kind, actor_id, actor_name, kind, before, after, text)
    SELECT p.account_id, p.id, ${at}::timestamptz, ${actor.kind}, ${actor.id}, ${actor.name}, ${change.kind},
      ${change.before}, ${change.after}, ${change.text}::text
    FROM picked p`
  if (count > 0 && change.action) {
    const [account] = held.accounts
    await recordAudit(tx, access, {
      action: change.action,
      target: held.only ? `finding:${held.only}` : 'findings',
      ...(held.accounts.length === 1 && account ? { accountId: account } : {}),
      detail: { ...change.detail, changed: count, unchanged: held.count - count },
    })
  }
  return count
}
