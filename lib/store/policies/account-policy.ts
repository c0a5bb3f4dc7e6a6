import 'server-only'
import { z } from 'zod'
import { type Access, type JobAccess, requireAllAccounts } from '../../access/proof'
import { now } from '../../clock'
import { prisma } from '../../db'
import { AppError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { readPrimary } from '../../sql/read'
import { executeIn, type ModelTx, runIn, type Tx } from '../../sql/transaction'
import { KNOWN_EXPLOITED } from '../../sql/vulnerabilities/known-exploited'
import { lockAccounts } from '../accounts/lock'
import { recordAudit } from '../audit/audit'
import { type PolicyKey, policyKeys, queuePolicies } from './queue'

const { sql } = Prisma

const By = z.object({ kind: z.enum(['member', 'token', 'job']), id: z.string(), name: z.string() })
type By = z.infer<typeof By>

const Stored = z.object({
  policy: z.unknown(),
  version: z.string(),
  at: z.iso.datetime(),
  by: By,
  moved: z.number().int(),
})
type Stored = z.infer<typeof Stored>

/** A job, or the actor who changed an account to which the policy applies. */
export type PolicyMover = JobAccess | Access<'accounts:manage'>

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

/**
 * Applies the policy to the next findings of an account, in the name of the actor who changed it. The account is
 * locked.
 */
type Mover = (access: PolicyMover, step: Step) => Promise<StepResult>

/**
 * A policy of the organization that is stored as one setting, and that a job applies to the findings of every account.
 */
export interface AccountPolicy<P extends Prisma.InputJsonValue> {
  /** Its key among the settings. */
  key: PolicyKey
  /** The action that the audit log records for a change. */
  action: string
  parse: (stored: unknown) => P
  /** The policy before anybody changed it. */
  initial: P
  /** Takes the locks that come before those of accounts, and returns how findings are changed. */
  prepare: (tx: ModelTx, policy: P) => Promise<Mover>
  /** What else a change writes in its transaction. */
  changed?: (tx: ModelTx, policy: P) => Promise<void>
}

/** The number of findings that one transaction reads. */
const BATCH = 5000
/** Steps that run with the change of an account; the job does the rest. */
const STEPS_AT_ONCE = 2

/** The policy in force with its version; the version is null before anybody changed it. */
export async function storedPolicy<P extends Prisma.InputJsonValue>({
  key,
  parse,
  initial,
}: AccountPolicy<P>): Promise<{ policy: P; version: string | null }> {
  const rows = await readPrimary<{ value: unknown }>(sql`SELECT value FROM setting WHERE key = ${key}`)
  if (!rows[0]) return { policy: initial, version: null }
  const stored = Stored.parse(rows[0].value)
  return { policy: parse(stored.policy), version: stored.version }
}

/** The policy in force, in a transaction. */
export async function policyIn<P extends Prisma.InputJsonValue>(policy: AccountPolicy<P>, tx: Tx): Promise<P> {
  const stored = await storedIn(policy, tx)
  return stored ? policy.parse(stored.policy) : policy.initial
}

/** Throws `conflict` if it changed since version `seen`, ForbiddenError for an actor who does not see every account. */
export async function savePolicy<P extends Prisma.InputJsonValue>(
  policy: AccountPolicy<P>,
  access: Access<'accounts:manage'>,
  value: P,
  seen: string | null,
): Promise<{ version: string }> {
  requireAllAccounts(access)
  const { key, action } = policy
  const { kind, id, name } = access.actor
  const version = crypto.randomUUID()
  await prisma().$transaction(
    async tx => {
      await lockPolicy(policy, tx)
      const before = await storedIn(policy, tx)
      if ((before?.version ?? null) !== seen) throw new AppError('conflict', { reason: 'policyChanged' })
      // Work is queued before the setting is written, in the order in which a step of the job locks them.
      await queuePolicies(tx, access, [key], null)
      const stored = { policy: value, version, at: now().toISOString(), by: { kind, id, name }, moved: 0 }
      await tx.setting.upsert({ where: { key }, create: { key, value: stored }, update: { value: stored } })
      await policy.changed?.(tx, value)
      const detail = { before: before ? policy.parse(before.policy) : policy.initial, after: value }
      await recordAudit(tx, access, { action, target: `setting:${key}`, detail })
    },
    { timeout: 60_000 },
  )
  return { version }
}

/** Locks the policy until the transaction ends. Locked before accounts. */
export async function lockPolicy({ key }: { key: PolicyKey }, tx: Tx): Promise<void> {
  await runIn(tx, sql`SELECT count(pg_advisory_xact_lock(hashtextextended(${`setting:${key}`}, 0)))`)
}

/**
 * Changes the locked policy as part of another change, which has queued every account. Does nothing if it stays the
 * same.
 */
export async function rewritePolicy<P extends Prisma.InputJsonValue>(
  { key, action, parse }: AccountPolicy<P>,
  tx: ModelTx,
  access: Access<'accounts:manage'>,
  change: (policy: P) => P,
): Promise<void> {
  const stored = await storedIn({ key }, tx)
  const before = stored && parse(stored.policy)
  const after = before && change(before)
  if (!before || !after || JSON.stringify(after) === JSON.stringify(before)) return
  const { kind, id, name } = access.actor
  const by = { kind, id, name }
  const value = { policy: after, version: crypto.randomUUID(), at: now().toISOString(), by, moved: 0 }
  await tx.setting.update({ where: { key }, data: { value } })
  await recordAudit(tx, access, { action, target: `setting:${key}`, detail: { before, after } })
}

/**
 * Applies the policy to the next findings of an account. Returns false if there are none left. A killed step is rolled
 * back and runs again. Need not wait for a running import: it reads a changed policy with its next batch
 * (lib/ingest/run/account-transaction.ts), and its earlier batches are committed once the account is locked.
 */
export async function advancePolicy<P extends Prisma.InputJsonValue>(
  policy: AccountPolicy<P>,
  access: PolicyMover,
  size = BATCH,
  only: string | null = null,
): Promise<boolean> {
  const { key } = policy
  return prisma().$transaction(
    async tx => {
      const [next] = await runIn<{ id: string }>(
        tx,
        sql`SELECT w.account_id AS id FROM policy_work w JOIN account a ON a.id = w.account_id
        WHERE w.policy = ${key} AND (${only}::text IS NULL OR w.account_id = ${only}::text) ORDER BY w.account_id LIMIT 1`,
      )
      if (!next) return false
      const before = await storedIn(policy, tx)
      const move = await policy.prepare(tx, before ? policy.parse(before.policy) : policy.initial)
      await lockAccounts(tx, [next.id])
      const [work] = await runIn<{ after: string; by: unknown }>(
        tx,
        sql`SELECT after::text AS after, by FROM policy_work WHERE policy = ${key} AND account_id = ${next.id} FOR UPDATE`,
      )
      // Another worker was faster, or the policy changed while we waited. The next step starts from the present state.
      if (!work || (await storedIn(policy, tx))?.version !== before?.version) return true
      const step = { by: By.parse(work.by), accountId: next.id, after: work.after, size }
      const { moved, after } = await move(access, step)
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
          sql`UPDATE setting SET value = value || jsonb_build_object('moved', (value ->> 'moved')::int + ${moved}::int) WHERE key = ${key}`,
        )
      return true
    },
    { timeout: 120_000 },
  )
}

/** Applies the policy to an account after it changed, if it has few findings; the job does the rest. */
export async function advanceAccount<P extends Prisma.InputJsonValue>(
  policy: AccountPolicy<P>,
  access: PolicyMover,
  accountId: string,
): Promise<void> {
  for (let step = 0; step < STEPS_AT_ONCE && (await advancePolicy(policy, access, BATCH, accountId)); step++);
}

async function storedIn({ key }: { key: PolicyKey }, tx: Tx): Promise<Stored | null> {
  const [row] = await runIn<{ value: unknown }>(tx, sql`SELECT value FROM setting WHERE key = ${key}`)
  return row ? Stored.parse(row.value) : null
}

/** What imports decide by: the policies, and the list that the due policy names. */
const versionedKeys = [...policyKeys, KNOWN_EXPLOITED] as const
type VersionedKey = (typeof versionedKeys)[number]

/** The versions of the policies in force, as one text that changes with each of them. */
export async function policyVersions(tx: Tx): Promise<string> {
  const rows = await runIn<{ key: VersionedKey; version: string }>(
    tx,
    sql`SELECT key, value ->> 'version' AS version FROM setting WHERE key = ANY(${versionedKeys}::text[])`,
    'policy-versions',
  )
  return toVersions(Object.fromEntries(rows.map(({ key, version }) => [key, version])))
}

export function toVersions(versions: Partial<Record<VersionedKey, string | null>>): string {
  return versionedKeys.map(key => versions[key] ?? null).join('/')
}
