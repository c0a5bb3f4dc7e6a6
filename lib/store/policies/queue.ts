import 'server-only'
import type { Access, JobAccess } from '../../access/proof'
import { Prisma } from '../../generated/prisma/client'
import { executeIn, type Tx } from '../../sql/transaction'

const { sql } = Prisma

export const policyKeys = ['due-policy', 'routing', 'control-severity'] as const
export type PolicyKey = (typeof policyKeys)[number]

/**
 * Queues accounts (null for all) from their first finding on, in the actor's name. `onConflict` says what happens to
 * queued ones.
 */
function queueSql(
  { actor: { kind, id, name } }: Access,
  policies: readonly PolicyKey[],
  accountIds: readonly string[] | null,
  onConflict: Prisma.Sql,
): Prisma.Sql {
  return sql`INSERT INTO policy_work (account_id, policy, after, by)
    SELECT a.id, p.key, '00000000-0000-0000-0000-000000000000', ${JSON.stringify({ kind, id, name })}::jsonb
    FROM account a, unnest(${policies}::text[]) AS p(key)
    WHERE ${accountIds}::text[] IS NULL OR a.id = ANY(${accountIds}::text[]) ORDER BY 1, 2
    ON CONFLICT ${onConflict}`
}

/**
 * Queues the job that applies policies to accounts, from their first finding on and in the actor's name; null for every
 * account.
 */
export async function queuePolicies(
  tx: Tx,
  access: Access,
  policies: readonly PolicyKey[],
  accountIds: readonly string[] | null,
): Promise<void> {
  const restart = sql`(account_id, policy) DO UPDATE SET after = excluded.after, by = excluded.by`
  await executeIn(tx, queueSql(access, policies, accountIds, restart))
}

/** Queues accounts that an import adds: a change of a policy that is running does not include them. */
export async function queueNewAccounts(access: Access, tx: Tx, accountIds: readonly string[]): Promise<void> {
  await executeIn(tx, queueSql(access, policyKeys, accountIds, sql`DO NOTHING`))
}

/**
 * Queues the policies of findings that changed their class, control, severity or sources. Queued accounts start again in the name of
 * their first actor.
 */
export async function queueRegrouped(
  access: JobAccess,
  tx: Tx,
  accountIds: readonly string[] | null,
  policies: readonly PolicyKey[] = ['due-policy', 'routing'],
): Promise<void> {
  const restart = sql`(account_id, policy) DO UPDATE SET after = excluded.after WHERE policy_work.after <> excluded.after`
  await executeIn(tx, queueSql(access, policies, accountIds, restart))
}
