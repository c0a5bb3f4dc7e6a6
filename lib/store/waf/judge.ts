import 'server-only'
import type { JobAccess } from '../../access/proof'
import { pool, transaction } from '../../db'
import type { Inventory } from '../../domain/checks/check'
import { countingOf, historiesOf, type RememberedAcl, wafRecords } from '../../domain/waf/rows'
import { Prisma } from '../../generated/prisma/client'
import { executeIn, type Runner, runIn } from '../../sql/transaction'

const { sql } = Prisma

/**
 * Judges the entrances and web ACLs of an account, and replaces what was stored of them. Returns the inventory with what is remembered
 * of its web ACLs. Throws MalformedResource, and changes nothing then.
 */
export async function judgeAccount(_job: JobAccess, inventory: Inventory): Promise<Inventory> {
  const { account, now } = inventory
  return transaction(async tx => {
    await runIn(tx, sql`SELECT pg_advisory_xact_lock(hashtextextended(${`waf ${account.id}`}, 0))::text AS locked`)
    const remembered = await rememberedAcls(tx, account.id)
    const { entrances, acls } = wafRecords(inventory, now, new Map(remembered.map(acl => [acl.id, acl])))
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

/** The inventory with what is remembered of its web ACLs, where they cannot be judged now. */
export async function recallAcls(_job: JobAccess, inventory: Inventory): Promise<Inventory> {
  return { ...inventory, webAcls: historiesOf(await rememberedAcls(pool(), inventory.account.id)) }
}

async function rememberedAcls(
  runner: Runner,
  accountId: string,
): Promise<(RememberedAcl & { id: string; arn: string })[]> {
  const rows = await runIn<{ id: string; arn: string; rulesHash: string; rulesSince: Date; counting: object }>(
    runner,
    sql`SELECT replace(id::text, '-', '') AS id, arn, rules_hash AS "rulesHash", rules_since AS "rulesSince", counting
      FROM web_acl WHERE account_id = ${accountId}`,
  )
  return rows.map(row => ({ ...row, counting: countingOf(row.counting) }))
}
