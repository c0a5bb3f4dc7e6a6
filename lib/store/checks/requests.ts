import 'server-only'
import type { JobAccess } from '../../access/proof'
import { now } from '../../clock'
import { pool, transaction } from '../../db'
import { Prisma } from '../../generated/prisma/client'
import { executeIn, runIn, type Tx } from '../../sql/transaction'

const { sql } = Prisma

/** Reports of several collectors arrive one after the other: checks wait until no other has arrived for this long. */
const SETTLED_MS = 20_000
/** How long a run of checks may take before another worker begins again. */
const CLAIM_MS = 10 * 60_000
/** So long checks wait for the round that somebody began for them: its connection may be paused. */
const ROUND_MS = 3_600_000

/** Makes the checks of accounts due; of all accounts that were checked before, if none are named. */
export async function requestChecks(tx: Tx, accountIds: readonly string[] | null): Promise<void> {
  const dueAt = new Date(now().getTime() + SETTLED_MS)
  await executeIn(
    tx,
    accountIds
      ? sql`INSERT INTO check_run (account_id, due_at)
          SELECT id, ${dueAt}::timestamptz FROM unnest(${[...accountIds]}::text[]) AS a (id) ORDER BY id
          ON CONFLICT (account_id) DO UPDATE SET due_at = excluded.due_at`
      : sql`UPDATE check_run SET due_at = ${dueAt}::timestamptz`,
  )
}

/** Makes the checks of every open account due from which a source reports. */
export async function requestAttention(_job: JobAccess): Promise<void> {
  const rows = await runIn<{ id: string }>(
    pool(),
    sql`SELECT a.id FROM account a WHERE a.closed_at IS NULL AND EXISTS (SELECT FROM feed d WHERE d.account_id = a.id) ORDER BY 1`,
  )
  const ids = rows.map(({ id }) => id)
  if (ids.length > 0) await transaction(tx => requestChecks(tx, ids))
}

/** Makes the checks of an account due again, if it was ever checked. */
export async function repeatChecks(tx: Tx, accountId: string): Promise<void> {
  const dueAt = new Date(now().getTime() + SETTLED_MS)
  await executeIn(tx, sql`UPDATE check_run SET due_at = ${dueAt}::timestamptz WHERE account_id = ${accountId}`)
}

/**
 * Makes the checks of an account run once a round has ended, or now, and report their results even where these are the
 * same.
 */
export async function checkAfterRound(tx: Tx, accountId: string, roundId: number | null): Promise<void> {
  await executeIn(
    tx,
    sql`INSERT INTO check_run (account_id, due_at, round_id) VALUES (${accountId}, ${now()}::timestamptz, ${roundId}::int)
      ON CONFLICT (account_id) DO UPDATE SET due_at = excluded.due_at, round_id = excluded.round_id, digest = NULL`,
  )
}

export interface ClaimedRun {
  accountId: string
  /** When the claim ends. It identifies it. */
  dueAt: Date
  /** The last report, if it was imported or will be. */
  last: { digest: string; at: Date } | null
}

/** Takes an account whose checks are due; null if there is none. */
export async function claimRun(_job: JobAccess): Promise<ClaimedRun | null> {
  const at = now()
  const [run] = await runIn<{ accountId: string; dueAt: Date; digest: string | null; checkedAt: Date | null }>(
    pool(),
    sql`UPDATE check_run r SET due_at = ${new Date(at.getTime() + CLAIM_MS)}::timestamptz
      WHERE r.account_id = (SELECT w.account_id FROM check_run w WHERE w.due_at <= ${at}::timestamptz AND NOT EXISTS (
          SELECT FROM collection_round c JOIN collection_task t ON t.round_id = c.id LEFT JOIN import i ON i.id = t.import_id
          WHERE c.id = w.round_id AND c.created_at > ${new Date(at.getTime() - ROUND_MS)}::timestamptz
            AND (t.state IN ('waiting', 'running') OR i.state IN ('receiving', 'queued', 'running')))
        ORDER BY w.due_at LIMIT 1 FOR UPDATE OF w SKIP LOCKED)
      RETURNING r.account_id AS "accountId", r.due_at AS "dueAt", r.checked_at AS "checkedAt",
        CASE WHEN EXISTS (SELECT FROM import i WHERE i.id = r.import_id AND i.state IN ('queued', 'running', 'done'))
          THEN encode(r.digest, 'hex') END AS digest`,
  )
  if (!run) return null
  const { accountId, dueAt, digest, checkedAt } = run
  return { accountId, dueAt, last: digest !== null && checkedAt ? { digest, at: checkedAt } : null }
}

/** Ends a run, unless checks were requested again meanwhile. `report`: what it reported, if not the same as before. */
export async function endRun(
  _job: JobAccess,
  { accountId, dueAt }: ClaimedRun,
  report: { digest: string; importId: number; at: Date } | null,
): Promise<void> {
  if (report)
    await executeIn(
      pool(),
      // What somebody wants checked again meanwhile is reported even where it is the same.
      sql`UPDATE check_run SET digest = CASE WHEN round_id IS NULL OR due_at = ${dueAt}::timestamptz
          THEN decode(${report.digest}, 'hex') END, import_id = ${report.importId},
        checked_at = ${report.at}::timestamptz WHERE account_id = ${accountId}`,
    )
  await executeIn(
    pool(),
    sql`UPDATE check_run SET due_at = NULL, round_id = NULL WHERE account_id = ${accountId} AND due_at = ${dueAt}::timestamptz`,
  )
}
