import 'server-only'
import type { JobAccess } from '../../access/proof'
import { pool, transaction } from '../../db'
import { Prisma } from '../../generated/prisma/client'
import { accountsOfConnection } from '../../sql/connected-accounts'
import { executeIn, runIn, type Tx } from '../../sql/transaction'
import { findingsToWrite } from '../../sql/write-back'

const { sql } = Prisma

/** Enqueues what is to be written for a connection. */
export async function enqueueAll(tx: Tx, connectionId: string): Promise<number> {
  return executeIn(
    tx,
    sql`INSERT INTO write_back_queue AS q (account_id, finding_id, not_before)
      SELECT d.account_id, d.id, clock_timestamp() FROM (${findingsToWrite(connectionId)}) AS d
      ON CONFLICT (account_id, finding_id) DO UPDATE SET version = q.version + 1, attempts = 0, not_before = excluded.not_before`,
    'write-back-enqueue-all',
  )
}

/**
 * Forgets what waits in accounts for which no connection writes back any more. Findings that somebody changes at the
 * moment stay until the next time.
 */
export async function dropUnwanted(tx: Tx): Promise<void> {
  await executeIn(
    tx,
    sql`DELETE FROM write_back_queue q USING (SELECT u.account_id, u.finding_id FROM write_back_queue u
        WHERE NOT EXISTS (SELECT FROM write_back w JOIN connection c ON c.id = w.connection_id
          WHERE w.enabled AND (c.account_id = u.account_id
            OR EXISTS (SELECT FROM account a WHERE a.id = u.account_id AND a.connection_id = c.id)))
        FOR UPDATE OF u SKIP LOCKED) AS unwanted
      WHERE q.account_id = unwanted.account_id AND q.finding_id = unwanted.finding_id`,
    'write-back-drop-unwanted',
  )
}

export async function dropUnwantedWrites(_job: JobAccess): Promise<void> {
  await transaction(tx => dropUnwanted(tx))
}

/**
 * Compares everything again, once in `everyHours`: what no trigger saw, such as a record that came after the decision.
 */
export async function refresh(_job: JobAccess, connectionId: string, everyHours: number): Promise<void> {
  await transaction(async tx => {
    const due = await executeIn(
      tx,
      sql`UPDATE write_back SET checked_at = clock_timestamp() WHERE connection_id = ${connectionId}::uuid
        AND (checked_at IS NULL OR checked_at < clock_timestamp() - make_interval(hours => ${everyHours}::int))`,
    )
    if (due > 0) await enqueueAll(tx, connectionId)
  })
}

/** A queued finding, with the version that was read and the attempts so far. */
export interface QueuedFinding {
  accountId: string
  findingId: string
  version: number
  attempts: number
}

/** The next findings that are due. */
export async function dueFindings(_job: JobAccess, connectionId: string, limit: number): Promise<QueuedFinding[]> {
  return runIn<QueuedFinding>(
    pool(),
    sql`SELECT account_id AS "accountId", finding_id::text AS "findingId", version, attempts FROM write_back_queue
      WHERE account_id IN (${accountsOfConnection(connectionId)}) AND not_before <= clock_timestamp()
      ORDER BY not_before, account_id, finding_id LIMIT ${limit}`,
    'write-back-due',
  )
}

function rowsOf(findings: readonly QueuedFinding[]): Prisma.Sql {
  const column = <T>(of: (finding: QueuedFinding) => T) => findings.map(of)
  // Those that somebody changes at the moment stay: waiting for them could be a deadlock.
  return sql`SELECT q.account_id, q.finding_id FROM unnest(${column(f => f.accountId)}::text[], ${column(f => f.findingId)}::uuid[],
      ${column(f => f.version)}::int[]) AS k(account_id, finding_id, version)
    JOIN write_back_queue q ON q.account_id = k.account_id AND q.finding_id = k.finding_id AND q.version = k.version
    FOR UPDATE OF q SKIP LOCKED`
}

/** Takes findings from the queue that have not changed since they were read. */
export async function dequeue(_job: JobAccess, findings: readonly QueuedFinding[]): Promise<void> {
  if (findings.length === 0) return
  await executeIn(
    pool(),
    sql`DELETE FROM write_back_queue q USING (${rowsOf(findings)}) AS done
      WHERE q.account_id = done.account_id AND q.finding_id = done.finding_id`,
    'write-back-dequeue',
  )
}

/** Tries findings again later. */
export async function postpone(_job: JobAccess, findings: readonly QueuedFinding[], seconds: number): Promise<void> {
  if (findings.length === 0) return
  await executeIn(
    pool(),
    sql`UPDATE write_back_queue q SET attempts = q.attempts + 1, not_before = clock_timestamp() + make_interval(secs => ${seconds}::float8)
      FROM (${rowsOf(findings)}) AS later WHERE q.account_id = later.account_id AND q.finding_id = later.finding_id`,
    'write-back-postpone',
  )
}
