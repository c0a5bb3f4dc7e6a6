import 'server-only'
import { type Access, type JobAccess, requireAllAccounts } from '../../access/proof'
import { now } from '../../clock'
import { pool, prisma } from '../../db'
import type { CancelRound, RoundKind } from '../../domain/collection/connection'
import { NotFoundError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { readPrimary } from '../../sql/read'
import { executeIn, type ModelTx, runIn } from '../../sql/transaction'
import { recordAudit } from '../audit/audit'
import { requireStartable } from './startable'

const { sql } = Prisma

/** One collector in one account, and the only Region to read; null for all. */
export interface PlannedTask {
  accountId: string
  collector: string
  region: string | null
}

export interface NewRound {
  connectionId: string
  kind: RoundKind
  /** See CollectionRound.slot. */
  slot: Date | null
  tasks: readonly PlannedTask[]
}

/** Begins a round. Returns its number; null if the slot has one. For people it throws as requireStartable does. */
export async function startRound(
  access: Access<'accounts:manage'> | Access<'findings:triage'> | JobAccess,
  round: NewRound,
): Promise<number | null> {
  return prisma().$transaction(async tx => {
    if (access.actor.kind === 'job') return addRound(tx, access, round)
    await requireStartable(tx, round)
    const id = await addRound(tx, access, round)
    if (id === null) return null
    await recordAudit(tx, access, {
      action: 'collection.start',
      target: `connection:${round.connectionId}`,
      detail: { round: id, kind: round.kind, tasks: round.tasks.length },
    })
    return id
  })
}

/** Begins a round of the accounts of a connection that nobody has read yet; null if there are none. Of two workers only one begins. */
export async function startNewAccounts(
  access: JobAccess,
  connectionId: string,
  tasksOf: (accountId: string) => readonly PlannedTask[],
): Promise<number | null> {
  return prisma().$transaction(async tx => {
    await runIn(tx, sql`SELECT 1 FROM connection WHERE id = ${connectionId}::uuid FOR UPDATE`)
    const fresh = await runIn<{ id: string }>(
      tx,
      sql`SELECT a.id ${fromNewAccounts} AND a.connection_id = ${connectionId}::uuid ORDER BY 1`,
    )
    if (fresh.length === 0) return null
    const tasks = fresh.flatMap(({ id }) => tasksOf(id))
    return addRound(tx, access, { connectionId, kind: 'single', slot: null, tasks })
  })
}

/** Looks first: a refused insertion would use up a number, which are few enough to run out when every poll tries one. */
async function addRound(tx: ModelTx, { actor }: Pick<Access, 'actor'>, round: NewRound): Promise<number | null> {
  const [created] = await runIn<{ id: number }>(
    tx,
    sql`INSERT INTO collection_round (connection_id, kind, slot, actor_kind, actor_id, actor_name, created_at)
      SELECT ${round.connectionId}::uuid, ${round.kind}, ${round.slot}::timestamptz, ${actor.kind}, ${actor.id}, ${actor.name}, ${now()}
      WHERE NOT EXISTS (SELECT FROM collection_round r WHERE r.connection_id = ${round.connectionId}::uuid
        AND r.kind = ${round.kind} AND r.slot = ${round.slot}::timestamptz)
      ON CONFLICT (connection_id, kind, slot) DO NOTHING RETURNING id`,
  )
  if (!created) return null
  await addTasks(tx, created.id, round.tasks)
  return created.id
}

async function addTasks(tx: ModelTx, roundId: number, tasks: readonly PlannedTask[]): Promise<void> {
  if (tasks.length === 0) return
  await executeIn(
    tx,
    sql`INSERT INTO collection_task (round_id, account_id, collector, region)
      SELECT ${roundId}::int, n.* FROM unnest(${tasks.map(t => t.accountId)}::text[], ${tasks.map(t => t.collector)}::text[],
        ${tasks.map(t => t.region)}::text[]) AS n ON CONFLICT DO NOTHING`,
  )
}

/** Ends the planning of a round with its last tasks. False where somebody else ended it. */
export async function planRound(_job: JobAccess, roundId: number, tasks: readonly PlannedTask[]): Promise<boolean> {
  return prisma().$transaction(async tx => {
    const planned = await executeIn(
      tx,
      sql`UPDATE collection_round SET state = 'running' WHERE id = ${roundId} AND state = 'planning'`,
    )
    if (planned !== 1) return false
    await addTasks(tx, roundId, tasks)
    return true
  })
}

export interface OpenRound {
  id: number
  connectionId: string
  kind: RoundKind
  /** Whether all tasks so far have ended, with their imports. */
  idle: boolean
  /** Whether one of them reads the accounts of the organization. */
  readsOrganization: boolean
}

/** Rounds that are still planned, with whether their first tasks have ended. */
export async function roundsToPlan(_job: JobAccess): Promise<OpenRound[]> {
  return readPrimary<OpenRound>(
    sql`SELECT r.id, r.connection_id AS "connectionId", r.kind, NOT EXISTS (
        SELECT 1 FROM collection_task t LEFT JOIN import i ON i.id = t.import_id
        WHERE t.round_id = r.id AND (t.state IN ('waiting', 'running') OR i.state IN ('receiving', 'queued', 'running'))) AS idle,
        EXISTS (SELECT 1 FROM collection_task t WHERE t.round_id = r.id AND t.collector = 'organization') AS "readsOrganization"
      FROM collection_round r WHERE r.state = 'planning' ORDER BY r.id`,
  )
}

/** Ends rounds whose tasks have all ended. Returns their numbers. */
export async function endRounds(_job: JobAccess): Promise<number[]> {
  const rows = await runIn<{ id: number }>(
    pool(),
    sql`UPDATE collection_round r SET state = 'done', finished_at = ${now()} WHERE state = 'running' AND NOT EXISTS (
        SELECT 1 FROM collection_task t WHERE t.round_id = r.id AND t.state IN ('waiting', 'running')) RETURNING id`,
  )
  return rows.map(({ id }) => id)
}

/** Cancels a round: what it has read so far is dropped where a task was not finished. Throws NotFoundError. */
export async function cancelRound(access: Access<'accounts:manage'>, { id }: CancelRound): Promise<void> {
  requireAllAccounts(access)
  await prisma().$transaction(async tx => {
    const cancelled = await runIn<{ connection: string }>(
      tx,
      sql`UPDATE collection_round SET state = 'cancelled', finished_at = ${now()}
        WHERE id = ${id} AND state IN ('planning', 'running') RETURNING connection_id::text AS connection`,
    )
    const [round] = cancelled
    if (!round) throw new NotFoundError()
    await executeIn(
      tx,
      sql`UPDATE collection_task SET state = 'cancelled', finished_at = ${now()}
        WHERE round_id = ${id} AND state IN ('waiting', 'running')`,
    )
    const detail = { round: id }
    await recordAudit(tx, access, { action: 'collection.cancel', target: `connection:${round.connection}`, detail })
  })
}

export interface ActiveConnection {
  id: string
  kind: string
  accountId: string
  /** When its last full round began; null if it has had none. */
  fullAt: Date | null
  /** Whether a full round is under way. */
  isFull: boolean
}

/** Connections that are not paused. */
export async function activeConnections(_job: JobAccess): Promise<ActiveConnection[]> {
  return readPrimary(
    sql`SELECT c.id::text AS id, c.kind, c.account_id AS "accountId", max(r.created_at) AS "fullAt",
        coalesce(bool_or(r.state IN ('planning', 'running')), false) AS "isFull"
      FROM connection c LEFT JOIN collection_round r ON r.connection_id = c.id AND r.kind = 'full' AND r.state <> 'cancelled'
      WHERE c.paused_at IS NULL GROUP BY c.id ORDER BY c.created_at, c.id`,
  )
}

/** Connected accounts that nobody has read yet. Few have no cell, so that tasks are looked up for those alone. */
const fromNewAccounts = sql`FROM account a JOIN connection c ON c.id = a.connection_id
  WHERE c.paused_at IS NULL AND a.closed_at IS NULL AND NOT EXISTS (
    SELECT 1 FROM coverage v WHERE v.account_id = a.id AND v.collector <> 'organization') AND NOT EXISTS (
    SELECT 1 FROM collection_task t JOIN collection_round r ON r.id = t.round_id
    WHERE t.account_id = a.id AND t.collector <> 'organization' AND t.region IS NULL AND r.kind <> 'light')`

/** Connections with accounts that nobody has read yet. */
export async function connectionsWithNewAccounts(_job: JobAccess): Promise<string[]> {
  const rows = await readPrimary<{ id: string }>(sql`SELECT DISTINCT c.id::text AS id ${fromNewAccounts} ORDER BY 1`)
  return rows.map(({ id }) => id)
}

/** Deletes rounds that ended before `before`. */
export async function dropRounds(_job: JobAccess, before: Date): Promise<void> {
  await prisma().collectionRound.deleteMany({ where: { finishedAt: { lt: before } } })
}
