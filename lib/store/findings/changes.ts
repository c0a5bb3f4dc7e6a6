import 'server-only'
import { randomUUID } from 'node:crypto'
import type { Access } from '../../access/proof'
import { now } from '../../clock'
import { prisma } from '../../db'
import type { ChangePreview, ChangeResult, FindingSelection, Selected } from '../../domain/findings/change'
import { maxUnconfirmed } from '../../domain/findings/change-set'
import { AppError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { noteResponses } from '../../sql/findings/deadline'
import { insertEvents, insertOverdueEvents } from '../../sql/findings/events'
import { executeIn, type ModelTx, runIn, type Tx } from '../../sql/transaction'
import { recordAudit } from '../audit/audit'
import { type ChangeGroup, formerState, groupColumns, pickedFields, toDetail, toValues } from './change-lines'
import { accountsOf, countSelected, type LockedFindings, lockSelection, selectionCondition } from './selection'

type Sql = Prisma.Sql
const { sql } = Prisma

/** One kind of change to many findings. Expressions are over `p`, the finding before the change. */
export interface FindingChange {
  kind: 'owner' | 'team' | 'status' | 'verdict' | 'due' | 'comment'
  /** Its action in the audit log, with details; null if it follows from another change. */
  action: string | null
  detail: Prisma.InputJsonObject
  /** The assignments; null if the finding itself does not change. */
  set: Sql | null
  /** Whether the change makes a difference to a finding. */
  differs: Sql
  /** Values of the history line, as jsonb. */
  before: Sql
  after: Sql
  text: string | null
}

const BIG = { timeout: 300_000 }

/**
 * Applies changes in one transaction: locks the findings, then writes each change with its history and its audit entry.
 * Throws `conflict` for the field `confirmed` if there are more findings than maxUnconfirmed and more than were
 * confirmed.
 */
export async function changeFindings(
  access: Access<'findings:triage'>,
  { selection, confirmed = 0 }: Selected,
  prepare: (tx: Tx) => Promise<Prepared> | Prepared,
): Promise<ChangeResult> {
  const condition = await selectionCondition(access, selection)
  const id = randomUUID()
  return prisma().$transaction(async tx => {
    const prepared = await prepare(tx)
    const locked = await lockSelection(tx, access, selection, condition)
    if (locked.count > Math.max(maxUnconfirmed, confirmed))
      throw new AppError('conflict', { reason: 'unconfirmed', params: { count: locked.count }, field: 'confirmed' })
    await prepared.check?.(tx, locked)
    let changed = 0
    let groups: ChangeGroup[] = []
    const changes = [...((await prepared.first?.(tx, access, locked)) ?? []), ...prepared.changes]
    for (const change of changes) {
      const written = await write(tx, access, { id, locked, change })
      const count = written[0]?.total ?? 0
      if (change.kind === 'status' || change.kind === 'due') await noteOverdue(tx, access, { id, kind: change.kind })
      groups.push(...written)
      changed = Math.max(changed, count)
      if (count === 0 || !change.action) continue
      await note(tx, access, { id, locked, change, count, groups })
      groups = []
    }
    if (changed > 0) await noteResponses(tx, id, now())
    return { changed, unchanged: locked.count - changed, changeset: changed > 0 ? id : null }
  }, BIG)
}

/** What changeFindings would change, without changing it. Throws as it does. */
export async function previewChange(
  access: Access<'findings:triage'>,
  selection: FindingSelection,
  prepare: (tx: Tx) => Promise<Prepared> | Prepared,
): Promise<ChangePreview> {
  const condition = await selectionCondition(access, selection)
  return prisma().$transaction(async tx => {
    const prepared = await prepare(tx)
    const accounts = await accountsOf(tx, condition)
    const found = await countSelected(tx, access, selection, { where: condition, accounts })
    await prepared.check?.(tx, found)
    const differs = prepared.changes.map(change => sql`(${change.differs})`)
    const [row] = await runIn<{ n: number }>(
      tx,
      sql`SELECT count(*)::int AS n FROM (SELECT f.* FROM finding f WHERE ${found.where}) AS p
      WHERE ${Prisma.join(differs, ' OR ')}`,
    )
    return { count: found.count, changes: row?.n ?? 0 }
  }, BIG)
}

export interface Prepared {
  changes: FindingChange[]
  /** Changes to apply before these, computed under the lock. */
  first?: (tx: ModelTx, access: Access<'findings:triage'>, locked: LockedFindings) => Promise<FindingChange[]>
  /** Throws if the locked findings do not allow the changes. Runs before anything is written. */
  check?: (tx: ModelTx, locked: LockedFindings) => Promise<void>
}

interface Write {
  id: string
  locked: LockedFindings
  change: FindingChange
}

/**
 * Writes one change of all findings that it makes a difference to, in one statement. Returns the values by number of
 * findings.
 */
async function write(tx: Tx, access: Access<'findings:triage'>, { id, locked, change }: Write): Promise<ChangeGroup[]> {
  if (locked.count === 0) return []
  const { actor } = access
  const at = now()
  const update = change.set
    ? sql`changed AS (UPDATE finding f SET ${change.set}, updated_at = ${at}::timestamptz FROM picked p
        WHERE f.account_id = p.account_id AND f.id = p.id),`
    : Prisma.empty
  const event = {
    accountId: sql`p.account_id`,
    findingId: sql`p.id`,
    kind: change.kind,
    before: change.before,
    after: change.after,
    text: sql`${change.text}`,
    changeId: id,
    former: formerState(change.kind),
  }
  return runIn<ChangeGroup>(
    tx,
    sql`WITH picked AS MATERIALIZED (
      SELECT ${pickedFields}, o.name AS owner_name
      FROM (SELECT f.* FROM finding f WHERE ${locked.where}) AS p LEFT JOIN member o ON o.id = p.owner_id
      WHERE ${change.differs}
    ), ${update} written AS (
      ${insertEvents({ actor, at }, event, sql`picked p`)} RETURNING kind, before, after
    ) ${groupColumns(sql`written`)}`,
  )
}

/** Writes the history lines of findings that the change made overdue. */
async function noteOverdue(tx: Tx, { actor }: Access, { id, kind }: { id: string; kind: string }): Promise<void> {
  const changed = sql`SELECT e.account_id, e.finding_id AS id FROM finding_event e WHERE e.change_id = ${id}::uuid AND e.kind = ${kind}`
  await executeIn(tx, insertOverdueEvents({ actor, at: now() }, changed))
}

async function note(
  tx: Tx,
  access: Access<'findings:triage'>,
  { id, locked, change, count, groups }: Write & { count: number; groups: readonly ChangeGroup[] },
): Promise<void> {
  const [account] = locked.accounts
  await recordAudit(tx, access, {
    action: change.action ?? '',
    target: locked.only ? `finding:${locked.only}` : 'findings',
    ...(locked.accounts.length === 1 && account ? { accountId: account } : {}),
    detail: {
      ...change.detail,
      ...toDetail({ changeset: id, changed: count, ...toValues(groups) }),
      unchanged: locked.count - count,
    },
  })
}
