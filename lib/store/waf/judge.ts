import 'server-only'
import { z } from 'zod'
import type { JobAccess } from '../../access/proof'
import { transaction } from '../../db'
import type { Inventory } from '../../domain/checks/check'
import { historiesOf, type RememberedAcl, wafRecords } from '../../domain/waf/rows'
import { Prisma } from '../../generated/prisma/client'
import { executeIn, runIn, type Tx } from '../../sql/transaction'

const { sql } = Prisma

const Counting = z.record(z.string(), z.coerce.date())

/**
 * Judges the entrances and web ACLs of an account, and replaces what was stored of them. Returns the inventory with what is remembered
 * of its web ACLs.
 */
export async function judgeAccount(_job: JobAccess, inventory: Inventory): Promise<Inventory> {
  const { account, now } = inventory
  return transaction(async tx => {
    await runIn(tx, sql`SELECT pg_advisory_xact_lock(hashtextextended(${`waf ${account.id}`}, 0))::text AS locked`)
    const { entrances, acls } = wafRecords(inventory, now, await rememberedAcls(tx, account.id))
    await executeIn(tx, sql`DELETE FROM entrance WHERE account_id = ${account.id}`)
    await executeIn(tx, sql`DELETE FROM web_acl WHERE account_id = ${account.id}`)
    const stamp = sql`${account.id} AS account_id, ${now}::timestamptz AS judged_at`
    await executeIn(
      tx,
      sql`INSERT INTO entrance (account_id, judged_at, id, kind, region, arn, name, address, behind, rung, acl_id, step, step_values,
          requests, allowed, counted, blocked)
        SELECT ${stamp}, r.id, r.kind, r.region, r.arn, r.name, r.address, r.behind, r.rung, r."aclId", r.step, r."stepValues",
          r.requests, r.allowed, r.counted, r.blocked
        FROM jsonb_to_recordset(${JSON.stringify(entrances)}::jsonb) AS r (id uuid, kind text, region text, arn text, name text,
          address text, behind text, rung text, "aclId" uuid, step text, "stepValues" jsonb, requests bigint, allowed bigint,
          counted bigint, blocked bigint)`,
    )
    await executeIn(
      tx,
      sql`INSERT INTO web_acl (account_id, judged_at, id, arn, name, region, mode, rules, rules_hash, rules_since, counting)
        SELECT ${stamp}, r.id, r.arn, r.name, r.region, r.mode, r.rules, r."rulesHash", r."rulesSince", r.counting
        FROM jsonb_to_recordset(${JSON.stringify(acls)}::jsonb) AS r (id uuid, arn text, name text, region text, mode text,
          rules jsonb, "rulesHash" text, "rulesSince" timestamptz, counting jsonb)`,
    )
    return { ...inventory, webAcls: historiesOf(acls) }
  })
}

async function rememberedAcls(tx: Tx, accountId: string): Promise<ReadonlyMap<string, RememberedAcl>> {
  const rows = await runIn<{ id: string; rules_hash: string; rules_since: Date; counting: unknown }>(
    tx,
    sql`SELECT replace(id::text, '-', '') AS id, rules_hash, rules_since, counting FROM web_acl WHERE account_id = ${accountId}`,
  )
  return new Map(
    rows.map(({ id, rules_hash, rules_since, counting }) => {
      return [id, { rulesHash: rules_hash, rulesSince: rules_since, counting: Counting.parse(counting) }]
    }),
  )
}
