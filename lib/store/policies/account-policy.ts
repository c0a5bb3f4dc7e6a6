import 'server-only'
import type { PoolClient } from 'pg'
import { z } from 'zod'
import { type Access, type JobAccess, requireAllAccounts } from '../../access/proof'
import { now } from '../../clock'
import { pool, prisma } from '../../db'
import { AppError } from '../../errors'
import type { Prisma } from '../../generated/prisma/client'
import { lockAccountsSql } from '../accounts/lock'
import { recordAudit } from '../audit/audit'
import { type PolicyKey, queuePolicies } from './queue'

type Tx = Prisma.TransactionClient

const By = z.object({ kind: z.enum(['member', 'token', 'job']), id: z.string(), name: z.string() })
type By = z.infer<typeof By>

const Kept = z.object({
  policy: z.unknown(),
  version: z.string(),
  at: z.iso.datetime(),
  by: By,
  moved: z.number().int(),
})
type Kept = z.infer<typeof Kept>

/** A job, or who changed an account to which the policy applies. */
type PolicyMover = JobAccess | Access<'accounts:manage'>

/** Findings of one account behind `after`, in the order of their ids. */
export interface Step {
  by: By
  accountId: string
  after: string
  size: number
}

/** How many findings a step moved, and the last that it looked at; null where there are no more. */
export interface Stepped {
  moved: number
  after: string | null
}

interface AccountPolicySpec<P, H> {
  /** Its key among the settings. */
  key: PolicyKey
  action: string
  read: (stored: unknown) => P
  /** In force before anybody changed it. */
  start: P
  /** Takes what has to be held before an account is. */
  hold: (tx: Tx, policy: P) => Promise<H>
  /** Brings findings in line, under the name of who changed the policy. The account is held. */
  bring: (tx: Tx, access: PolicyMover, step: Step, policy: P, held: H) => Promise<Stepped>
}

/** Findings that one transaction looks at. */
const BATCH = 5000
/** Steps that go with the change of an account; the job does the rest. */
const AT_ONCE = 2

/** A policy of the organisation that is kept as one setting, and that a job brings every account in line with. */
export function accountPolicy<P extends Prisma.InputJsonValue, H>({
  key,
  action,
  read,
  start,
  hold,
  bring,
}: AccountPolicySpec<P, H>) {
  /** The policy in force with its version; the version is null before anybody changed it. */
  async function stored(): Promise<{ policy: P; version: string | null }> {
    const { rows } = await pool().query<{ value: unknown }>('SELECT value FROM setting WHERE key = $1', [key])
    if (!rows[0]) return { policy: start, version: null }
    const kept = Kept.parse(rows[0].value)
    return { policy: read(kept.policy), version: kept.version }
  }

  /** The policy in force, in a transaction. */
  async function storedIn(tx: Tx): Promise<P> {
    const kept = await current(tx)
    return kept ? read(kept.policy) : start
  }

  /** Throws `conflict` where somebody else changed it since it was seen, ForbiddenError for who may not see every account. */
  async function save(access: Access<'accounts:manage'>, policy: P, seen: string | null): Promise<{ version: string }> {
    requireAllAccounts(access)
    const { kind, id, name } = access.actor
    const version = crypto.randomUUID()
    await prisma().$transaction(
      async tx => {
        await lock(tx)
        const before = await current(tx)
        if ((before?.version ?? null) !== seen) throw new AppError('conflict', { reason: 'policyChanged' })
        // Work before the setting, in the order in which a step of the job takes them.
        await queuePolicies(tx, access, [key], null)
        const value = { policy, version, at: now().toISOString(), by: { kind, id, name }, moved: 0 }
        await tx.setting.upsert({ where: { key }, create: { key, value }, update: { value } })
        const detail = { before: before ? read(before.policy) : start, after: policy }
        await recordAudit(tx, access, { action, target: `setting:${key}`, detail })
      },
      { timeout: 60_000 },
    )
    return { version }
  }

  /** Keeps others from changing the policy until the transaction ends. Comes before accounts. */
  async function lock(tx: Tx): Promise<void> {
    await tx.$queryRaw`SELECT count(pg_advisory_xact_lock(hashtextextended(${`setting:${key}`}, 0)))`
  }

  /** Rewrites the locked policy as part of another change, which has queued every account. Does nothing where it stays the same. */
  async function rewrite(tx: Tx, access: Access<'accounts:manage'>, change: (policy: P) => P): Promise<void> {
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
   * Brings the next findings of an account in line with the policy. False where all are. What a killed step did is undone, and the
   * next one begins where it began. An import that is running learns of a change with its next batch (lib/ingest/run/account-transaction.ts), so
   * that none is waited for: what it wrote before stands there once the account is held.
   */
  async function advance(access: PolicyMover, size = BATCH, only: string | null = null): Promise<boolean> {
    return prisma().$transaction(
      async tx => {
        const [next] = await tx.$queryRaw<{ id: string }[]>`
          SELECT w.account_id AS id FROM policy_work w JOIN account a ON a.id = w.account_id
          WHERE w.policy = ${key} AND (${only}::text IS NULL OR w.account_id = ${only}::text) ORDER BY w.account_id LIMIT 1`
        if (!next) return false
        const before = await current(tx)
        const policy = before ? read(before.policy) : start
        const held = await hold(tx, policy)
        await tx.$queryRawUnsafe(lockAccountsSql, [next.id])
        const [work] = await tx.$queryRaw<{ after: string; by: unknown }[]>`
          SELECT after::text AS after, by FROM policy_work WHERE policy = ${key} AND account_id = ${next.id} FOR UPDATE`
        // Another worker was faster, or somebody changed the policy while we waited: the next step sees how it stands.
        if (!work || (await current(tx))?.version !== before?.version) return true
        const step = { by: By.parse(work.by), accountId: next.id, after: work.after, size }
        const { moved, after } = await bring(tx, access, step, policy, held)
        if (after === null)
          await tx.$executeRaw`DELETE FROM policy_work WHERE policy = ${key} AND account_id = ${next.id}`
        else
          await tx.$executeRaw`
            UPDATE policy_work SET after = ${after}::uuid WHERE policy = ${key} AND account_id = ${next.id}`
        if (moved > 0)
          await tx.$executeRaw`
            UPDATE setting SET value = value || jsonb_build_object('moved', (value ->> 'moved')::int + ${moved}::int) WHERE key = ${key}`
        return true
      },
      { timeout: 120_000 },
    )
  }

  /** Brings an account in line after it was changed, where its findings are not many; the job does the rest. */
  async function bringAccount(access: PolicyMover, accountId: string): Promise<void> {
    for (let step = 0; step < AT_ONCE && (await advance(access, BATCH, accountId)); step++);
  }

  async function current(tx: Tx): Promise<Kept | null> {
    const row = await tx.setting.findUnique({ where: { key } })
    return row ? Kept.parse(row.value) : null
  }

  return { stored, storedIn, lock, rewrite, save, advance, bringAccount }
}

/** The versions of the policies in force, in one text that changes with each of them. */
export async function policyVersions(client: PoolClient): Promise<string> {
  const { rows } = await client.query<{ key: PolicyKey; version: string }>({
    name: 'policy-versions',
    text: `SELECT key, value ->> 'version' AS version FROM setting WHERE key IN ('due-policy', 'routing')`,
  })
  const version = (key: PolicyKey) => rows.find(row => row.key === key)?.version ?? null
  return toVersions(version('due-policy'), version('routing'))
}

export function toVersions(due: string | null, routing: string | null): string {
  return `${due}/${routing}`
}
