import 'server-only'
import { z } from 'zod'
import { type Access, type JobAccess, requireAllAccounts } from '../../access/proof'
import { now } from '../../clock'
import { prisma } from '../../db'
import { AppError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { readPrimary } from '../../sql/read'
import { executeIn, type ModelTx, runIn, type Tx } from '../../sql/transaction'
import { lockAccounts } from '../accounts/lock'
import { recordAudit } from '../audit/audit'
import { type PolicyKey, queuePolicies } from './queue'

const { sql } = Prisma

const By = z.object({ kind: z.enum(['member', 'token', 'job']), id: z.string(), name: z.string() })
type By = z.infer<typeof By>

const StoredPolicy = z.object({
  policy: z.unknown(),
  version: z.string(),
  at: z.iso.datetime(),
  by: By,
  moved: z.number().int(),
})
type StoredPolicy = z.infer<typeof StoredPolicy>

/** A job, or the actor who changed an account to which the policy applies. */
type PolicyMover = JobAccess | Access<'accounts:manage'>

/** Findings of one account after the id `after`, in the order of their ids. */
export interface Step {
  by: By
  accountId: string
  after: string
  size: number
}

/** The number of findings that a step changed, and the id of the last one that it read; null if there are no more. */
export interface StepResult {
  moved: number
  after: string | null
}

interface AccountPolicySpec<P, L> {
  /** Its key among the settings. */
  key: PolicyKey
  action: string
  read: (stored: unknown) => P
  /** The policy before anybody changed it. */
  initial: P
  /** Takes the locks that come before those of accounts. */
  lockFirst: (tx: ModelTx, policy: P) => Promise<L>
  /** Applies the policy to findings, in the name of the actor who changed it. The account is locked. */
  apply: (tx: ModelTx, access: PolicyMover, step: Step, policy: P, locked: L) => Promise<StepResult>
}

/** The number of findings that one transaction reads. */
const BATCH = 5000
/** Steps that run together with the change of an account; the job does the rest. */
const AT_ONCE = 2

/** A policy of the organization that is stored as one setting, and that a job applies to every account. */
export function accountPolicy<P extends Prisma.InputJsonValue, L>({
  key,
  action,
  read,
  initial,
  lockFirst,
  apply,
}: AccountPolicySpec<P, L>) {
  /** The policy in force with its version; the version is null before anybody changed it. */
  async function stored(): Promise<{ policy: P; version: string | null }> {
    const [row] = await readPrimary<{ value: unknown }>(sql`SELECT value FROM setting WHERE key = ${key}`)
    if (!row) return { policy: initial, version: null }
    const { policy, version } = StoredPolicy.parse(row.value)
    return { policy: read(policy), version }
  }

  /** The policy in force, in a transaction. */
  async function storedIn(tx: ModelTx): Promise<P> {
    const found = await current(tx)
    return found ? read(found.policy) : initial
  }

  /**
   * Throws `conflict` if it changed since version `seen`, ForbiddenError for an actor who does not see every account.
   */
  async function save(access: Access<'accounts:manage'>, policy: P, seen: string | null): Promise<{ version: string }> {
    requireAllAccounts(access)
    const { kind, id, name } = access.actor
    const version = crypto.randomUUID()
    await prisma().$transaction(
      async tx => {
        await lock(tx)
        const before = await current(tx)
        if ((before?.version ?? null) !== seen) throw new AppError('conflict', { reason: 'policyChanged' })
        // Work is queued before the setting is written, in the order in which a step of the job locks them.
        await queuePolicies(tx, access, [key], null)
        const value = { policy, version, at: now().toISOString(), by: { kind, id, name }, moved: 0 }
        await tx.setting.upsert({ where: { key }, create: { key, value }, update: { value } })
        const detail = { before: before ? read(before.policy) : initial, after: policy }
        await recordAudit(tx, access, { action, target: `setting:${key}`, detail })
      },
      { timeout: 60_000 },
    )
    return { version }
  }

  /** Locks the policy until the transaction ends. Locked before accounts. */
  async function lock(tx: Tx): Promise<void> {
    await runIn(tx, sql`SELECT count(pg_advisory_xact_lock(hashtextextended(${`setting:${key}`}, 0)))`)
  }

  /**
   * Changes the locked policy as part of another change, which has queued every account. Does nothing if it stays the
   * same.
   */
  async function rewrite(tx: ModelTx, access: Access<'accounts:manage'>, change: (policy: P) => P): Promise<void> {
    const before = await current(tx)
    const policy = before && read(before.policy)
    const after = policy && change(policy)
    if (!before || !policy || !after || JSON.stringify(after) === JSON.stringify(policy)) return
    const { kind, id, name } = access.actor
    const by = { kind, id, name }
    const value = { policy: after, version: crypto.randomUUID(), at: now().toISOString(), by, moved: 0 }
    await tx.setting.update({ where: { key }, data: { value } })
    await recordAudit(tx, access, { action, target: `setting:${key}`, detail: { before: policy, after } })
  }

  /**
   * Applies the policy to the next findings of an account. Returns false if there are none left. A killed step is rolled
   * back and runs again. Need not wait for a running import: it reads a changed policy with its next batch
   * (lib/ingest/run/account-transaction.ts), and its earlier batches are committed once the account is locked.
   */
  async function advance(access: PolicyMover, size = BATCH, only: string | null = null): Promise<boolean> {
    return prisma().$transaction(
      async tx => {
        const [next] = await runIn<{ id: string }>(
          tx,
          sql`SELECT w.account_id AS id FROM policy_work w JOIN account a ON a.id = w.account_id
            WHERE w.policy = ${key} AND (${only}::text IS NULL OR w.account_id = ${only}::text) ORDER BY w.account_id LIMIT 1`,
        )
        if (!next) return false
        const before = await current(tx)
        const policy = before ? read(before.policy) : initial
        const locked = await lockFirst(tx, policy)
        await lockAccounts(tx, [next.id])
        const [work] = await runIn<{ after: string; by: unknown }>(
          tx,
          sql`SELECT after::text AS after, by FROM policy_work WHERE policy = ${key} AND account_id = ${next.id} FOR UPDATE`,
        )
        // Another worker was faster, or the policy changed while we waited. The next step starts from the present
        // state.
        if (!work || (await current(tx))?.version !== before?.version) return true
        const step = { by: By.parse(work.by), accountId: next.id, after: work.after, size }
        const { moved, after } = await apply(tx, access, step, policy, locked)
        if (after === null)
          await executeIn(tx, sql`DELETE FROM policy_work WHERE policy = ${key} AND account_id = ${next.id}`)
        else
          await executeIn(
            tx,
            sql`UPDATE policy_work SET after = ${after}::uuid WHERE policy = ${key} AND account_id = ${next.id}`,
          )
        if (moved > 0)
          await executeIn(
            tx,
            sql`UPDATE setting SET value = value || jsonb_build_object('moved', (value ->> 'moved')::int + ${moved}::int)
              WHERE key = ${key}`,
          )
        return true
      },
      { timeout: 120_000 },
    )
  }

  /** Applies the policy to an account after it changed, if it has few findings; the job does the rest. */
  async function applyToAccount(access: PolicyMover, accountId: string): Promise<void> {
    for (let step = 0; step < AT_ONCE && (await advance(access, BATCH, accountId)); step++);
  }

  async function current(tx: ModelTx): Promise<StoredPolicy | null> {
    const row = await tx.setting.findUnique({ where: { key } })
    return row ? StoredPolicy.parse(row.value) : null
  }

  return { stored, storedIn, lock, rewrite, save, advance, applyToAccount }
}

/** The versions of the policies in force, as one text that changes with each of them. */
export async function policyVersions(tx: Tx): Promise<string> {
  const rows = await runIn<{ key: PolicyKey; version: string }>(
    tx,
    sql`SELECT key, value ->> 'version' AS version FROM setting WHERE key IN ('due-policy', 'routing')`,
    'policy-versions',
  )
  const version = (key: PolicyKey) => rows.find(row => row.key === key)?.version ?? null
  return toVersions(version('due-policy'), version('routing'))
}

export function toVersions(due: string | null, routing: string | null): string {
  return `${due}/${routing}`
}
