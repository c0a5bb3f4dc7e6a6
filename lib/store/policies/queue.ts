import 'server-only'
import type { PoolClient } from 'pg'
import type { Access, JobAccess } from '../../access/proof'
import type { Prisma } from '../../generated/prisma/client'

export type PolicyKey = 'due-policy' | 'routing'

const FROM_ITS_START = `ON CONFLICT (account_id, policy) DO UPDATE SET after = excluded.after, by = excluded.by`
/** In the name of whoever has it brought in line already. */
const AGAIN =
  'ON CONFLICT (account_id, policy) DO UPDATE SET after = excluded.after WHERE policy_work.after <> excluded.after'
const QUEUE = `INSERT INTO policy_work (account_id, policy, after, by)
  SELECT a.id, p.key, '00000000-0000-0000-0000-000000000000', $3::jsonb FROM account a, unnest($1::text[]) AS p(key)
  WHERE $2::text[] IS NULL OR a.id = ANY($2) ORDER BY 1, 2`

/** Has the job bring accounts in line with policies, from their first finding on and under the actor's name; null for every account. */
export async function queuePolicies(
  tx: Prisma.TransactionClient,
  access: Access,
  policies: readonly PolicyKey[],
  accountIds: readonly string[] | null,
): Promise<void> {
  await tx.$executeRawUnsafe(`${QUEUE} ${FROM_ITS_START}`, [...policies], accountIds && [...accountIds], byOf(access))
}

/** The same for accounts that an import adds: a change of a policy that goes on at this moment does not know them. */
export async function queueNewAccounts(
  access: Access,
  client: PoolClient,
  accountIds: readonly string[],
): Promise<void> {
  const policies: PolicyKey[] = ['due-policy', 'routing']
  await client.query(`${QUEUE} ON CONFLICT DO NOTHING`, [policies, accountIds, byOf(access)])
}

/** Has findings routed that were grouped anew: they stand under another control, or other sources report them. Work under way begins again. */
export async function queueRegrouped(
  access: JobAccess,
  client: PoolClient,
  accountIds: readonly string[],
): Promise<void> {
  const policies: PolicyKey[] = ['routing']
  await client.query(`${QUEUE} ${AGAIN}`, [policies, accountIds, byOf(access)])
}

function byOf({ actor: { kind, id, name } }: Access): string {
  return JSON.stringify({ kind, id, name })
}
