import 'server-only'
import { promisify } from 'node:util'
import { deflate } from 'node:zlib'
import type { JobAccess } from '../../access/proof'
import { now } from '../../clock'
import { pool, transaction } from '../../db'
import type { RoundKind } from '../../domain/collection/connection'
import { Position } from '../../domain/collection/position'
import { storableJson } from '../../domain/text/storable-json'
import { Prisma } from '../../generated/prisma/client'
import { executeIn, runIn, type Tx } from '../../sql/transaction'

const { raw, sql } = Prisma

const deflated = promisify(deflate)

/** How often a run says that it still works. */
export const TASK_ALIVE_EVERY_MS = 15_000
/** After this time without a word from its run another one continues a task. Its report is kept for longer, see dropAbandoned. */
const ABANDONED_AFTER = '60 seconds'

export interface TaskKey {
  roundId: number
  accountId: string
  collector: string
}

/** A task as its run sees it. */
export interface ClaimedTask extends TaskKey {
  connectionId: string
  kind: RoundKind
  region: string | null
  /** Which run works on it. */
  holder: string
  /** The import that receives what it reads, and how many bytes it has; null before the first ones. */
  importId: number | null
  sizeBytes: number
  position: Position | null
  /** Runs so far, this one included. */
  starts: number
}

/** Thrown where another run continues the task, or somebody cancelled it. */
export class TaskLost extends Error {
  override readonly name = 'TaskLost'
}

const ours = ({ roundId, accountId, collector }: TaskKey, holder: string) =>
  sql`round_id = ${roundId} AND account_id = ${accountId} AND collector = ${collector} AND holder = ${holder}::uuid AND state = 'running'`

/** Claims up to `limit` tasks of connections that are not paused, at most `perAccount` of one account at once over all workers. */
export async function claimTasks(
  _job: JobAccess,
  holder: string,
  { limit, perAccount }: { limit: number; perAccount: number },
): Promise<ClaimedTask[]> {
  const rows = await runIn<Omit<ClaimedTask, 'position' | 'sizeBytes'> & { position: unknown; sizeBytes: string }>(
    pool(),
    sql`WITH busy AS (
        SELECT account_id, count(*) AS n FROM collection_task
        WHERE state = 'running' AND alive_at >= clock_timestamp() - ${raw(`interval '${ABANDONED_AFTER}'`)} GROUP BY account_id
      ), free AS (
        SELECT t.round_id, t.account_id, t.collector, t.place, coalesce(b.n, 0)
          + row_number() OVER (PARTITION BY t.account_id ORDER BY t.place) AS nth
        FROM collection_task t JOIN collection_round r ON r.id = t.round_id
          JOIN connection c ON c.id = r.connection_id AND c.paused_at IS NULL LEFT JOIN busy b ON b.account_id = t.account_id
        WHERE (t.state = 'waiting' AND (t.not_before IS NULL OR t.not_before <= ${now()}))
          OR (t.state = 'running' AND t.alive_at < clock_timestamp() - ${raw(`interval '${ABANDONED_AFTER}'`)})
      ), chosen AS (
        SELECT t.round_id, t.account_id, t.collector FROM collection_task t JOIN free USING (round_id, account_id, collector)
        WHERE free.nth <= ${perAccount} ORDER BY free.place LIMIT ${limit} FOR UPDATE OF t SKIP LOCKED
      )
      UPDATE collection_task t SET state = 'running', holder = ${holder}::uuid, alive_at = clock_timestamp(), starts = t.starts + 1,
        started_at = coalesce(t.started_at, ${now()})
      FROM chosen c, collection_round r
      WHERE t.round_id = c.round_id AND t.account_id = c.account_id AND t.collector = c.collector AND r.id = t.round_id
        AND (t.state = 'waiting' OR t.alive_at < clock_timestamp() - ${raw(`interval '${ABANDONED_AFTER}'`)})
      RETURNING t.round_id AS "roundId", t.account_id AS "accountId", t.collector, r.connection_id::text AS "connectionId", r.kind,
        t.region, t.holder::text AS holder, t.import_id AS "importId", t.size_bytes::text AS "sizeBytes", t.position, t.starts`,
  )
  return rows.map(row => ({
    ...row,
    sizeBytes: Number(row.sizeBytes),
    position: row.position === null ? null : Position.parse(row.position),
  }))
}

/** Says that a run still works on these tasks, and keeps their imports. Returns those that it still has, as task keys. */
export async function keepTasks(_job: JobAccess, holder: string, tasks: readonly TaskKey[]): Promise<TaskKey[]> {
  if (tasks.length === 0) return []
  return transaction(async tx => {
    const kept = await runIn<TaskKey & { importId: number | null }>(
      tx,
      sql`UPDATE collection_task SET alive_at = clock_timestamp()
        WHERE holder = ${holder}::uuid AND state = 'running' AND (round_id, account_id, collector) IN (SELECT * FROM unnest(
          ${tasks.map(t => t.roundId)}::int[], ${tasks.map(t => t.accountId)}::text[], ${tasks.map(t => t.collector)}::text[]))
        RETURNING round_id AS "roundId", account_id AS "accountId", collector, import_id AS "importId"`,
    )
    const imports = kept.flatMap(({ importId }) => importId ?? [])
    await executeIn(
      tx,
      sql`UPDATE import SET alive_at = clock_timestamp() WHERE id = ANY(${imports}::int[]) AND state = 'receiving'`,
    )
    return kept
  })
}

/** Names the import that receives what a task reads, before the first bytes. Throws TaskLost. */
export async function beginTask(
  _job: JobAccess,
  task: ClaimedTask,
  importId: number,
  position: Position,
): Promise<void> {
  const begun = await executeIn(
    pool(),
    sql`UPDATE collection_task SET import_id = ${importId}, size_bytes = 0, records = 0, position = ${JSON.stringify(storableJson(position))}::jsonb
      WHERE ${ours(task, task.holder)}`,
  )
  if (begun !== 1) throw new TaskLost()
}

export interface Saved {
  bytes: Buffer
  position: Position
  records: number
  calls: number
  throttles: number
}

/** Appends lines to the import of a task together with its position. Throws TaskLost. */
export async function saveLines(
  _job: JobAccess,
  task: ClaimedTask,
  { bytes, position, records, calls, throttles }: Saved,
): Promise<void> {
  const packed = bytes.length > 0 ? await deflated(bytes, { level: 1 }) : null
  await transaction(async tx => {
    const [before] = await runIn<{ start: string; importId: number }>(
      tx,
      sql`UPDATE collection_task t SET size_bytes = t.size_bytes + ${bytes.length}, position = ${JSON.stringify(storableJson(position))}::jsonb,
          records = t.records + ${records}, calls = t.calls + ${calls}, throttles = t.throttles + ${throttles}, alive_at = clock_timestamp()
        WHERE ${ours(task, task.holder)}
        RETURNING (t.size_bytes - ${bytes.length})::text AS start, t.import_id AS "importId"`,
    )
    if (!before) throw new TaskLost()
    if (packed) await appendPiece(tx, before.importId, Number(before.start), bytes.length, packed)
  })
}

async function appendPiece(tx: Tx, importId: number, start: number, length: number, packed: Buffer): Promise<void> {
  const stored = await executeIn(
    tx,
    sql`INSERT INTO import_chunk (import_id, start, length, deflated)
      SELECT ${importId}::int, ${start}::bigint, ${length}::int, ${packed}::bytea
      WHERE EXISTS (SELECT FROM import WHERE id = ${importId} AND state = 'receiving')`,
  )
  // The import was given up meanwhile, as after a long outage: the next run begins anew.
  if (stored !== 1) throw new TaskLost()
}

/** Ends a task. */
export async function endTask(_job: JobAccess, task: ClaimedTask): Promise<void> {
  await executeIn(
    pool(),
    sql`UPDATE collection_task SET state = 'done', finished_at = ${now()}, position = NULL WHERE ${ours(task, task.holder)}`,
  )
}

/** Puts a task back, to be continued at `notBefore`. */
export async function putBack(_job: JobAccess, task: ClaimedTask, notBefore: Date): Promise<void> {
  await executeIn(
    pool(),
    sql`UPDATE collection_task SET state = 'waiting', not_before = ${notBefore}::timestamptz, holder = NULL WHERE ${ours(task, task.holder)}`,
  )
}

/** The state of an import; null if it is gone. */
export async function importState(_job: JobAccess, id: number): Promise<string | null> {
  const [row] = await runIn<{ state: string }>(pool(), sql`SELECT state FROM import WHERE id = ${id}`)
  return row?.state ?? null
}
