import 'server-only'
import type { Cell, Resource } from '../../../domain/checks/check'
import { writesType } from '../../../domain/collection/resources/written-types'
import { MalformedResource, type Resources } from '../../../domain/waf/resource'
import {
  countingOf,
  type EntranceRecord,
  type RememberedAcl,
  type WafRecords,
  wafRecords,
} from '../../../domain/waf/rows'
import { Prisma } from '../../../generated/prisma/client'
import { read } from '../../../sql/read'
import type { Differences } from '../differences'

const { sql } = Prisma

/** Accounts that were judged since their resources changed: the others will be judged. */
const settled = sql`SELECT DISTINCT w.account_id AS id, w.judged_at AS at FROM (
    SELECT account_id, judged_at FROM entrance UNION SELECT account_id, judged_at FROM web_acl) AS w
  JOIN account a ON a.id = w.account_id AND a.closed_at IS NULL
  LEFT JOIN check_run r ON r.account_id = w.account_id WHERE r.due_at IS NULL ORDER BY 1`

/** Judges the entrances and web ACLs of accounts again, as of the time at which they were judged. */
export async function checkWaf(differences: Differences): Promise<void> {
  for (const { id, at } of await read<{ id: string; at: Date }>(settled)) {
    const acls = await storedAcls(id)
    const records = recordsOf(await resourcesOf(id), at, acls)
    // What nobody can judge stays as it was stored last.
    if (!records) continue
    const shown = await storedEntrances(id)
    differences.compareAll('entrance', counted(id, shown), counted(id, records.entrances))
    differences.compareAll(
      'webAcl',
      counted(
        id,
        acls.map(({ id: acl, rulesHash, mode, counting }) => [acl, rulesHash, mode, Object.keys(counting).sort()]),
      ),
      counted(
        id,
        records.acls.map(({ id: acl, rulesHash, mode, counting }) => [
          acl,
          rulesHash,
          mode,
          Object.keys(counting).sort(),
        ]),
      ),
    )
  }
}

function recordsOf(
  resources: Resources,
  at: Date,
  acls: readonly (RememberedAcl & { id: string })[],
): WafRecords | null {
  try {
    return wafRecords(resources, at, new Map(acls.map(acl => [acl.id, acl])))
  } catch (error) {
    if (error instanceof MalformedResource) return null
    throw error
  }
}

/** Each of these as a text, of which there has to be one. The database keeps the members of objects in an order of its own. */
function counted(account: string, all: readonly unknown[]): Map<string, number> {
  return new Map(all.map(one => [`${account} ${JSON.stringify(one, inOrder)}`, 1]))
}

function inOrder(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}

async function resourcesOf(account: string): Promise<Resources> {
  const [assets, cells] = await Promise.all([
    read<Resource & { collector: string }>(
      sql`SELECT collector, region, type, arn, name, data, first_seen_at AS "firstSeenAt", changed_at AS "changedAt" FROM asset
        WHERE account_id = ${account} ORDER BY region, arn, id`,
    ),
    read<Cell & { collector: string; region: string }>(
      sql`SELECT collector, region, state, complete_at IS NOT NULL AS complete, action FROM coverage WHERE account_id = ${account}`,
    ),
  ])
  const written = assets.filter(({ collector, type }) => writesType(collector, type))
  const byPlace = new Map(cells.map(({ collector, region, ...cell }) => [`${collector} ${region}`, cell]))
  return {
    resources: (type, region) =>
      written.filter(one => one.type === type && (region === undefined || one.region === region)),
    cell: (collector, region) => byPlace.get(`${collector} ${region}`) ?? null,
  }
}

async function storedAcls(account: string): Promise<(RememberedAcl & { id: string; mode: string | null })[]> {
  const rows = await read<{ id: string; mode: string | null; rulesHash: string; rulesSince: Date; counting: object }>(
    sql`SELECT replace(id::text, '-', '') AS id, mode, rules_hash AS "rulesHash", rules_since AS "rulesSince", counting
      FROM web_acl WHERE account_id = ${account}`,
  )
  return rows.map(row => ({ ...row, counting: countingOf(row.counting) }))
}

/** In the order of the members of EntranceRecord. */
function storedEntrances(account: string): Promise<EntranceRecord[]> {
  return read<EntranceRecord>(
    sql`SELECT replace(id::text, '-', '') AS id, kind, region, arn, name, address, behind, rung, replace(acl_id::text, '-', '') AS "aclId",
        step, step_values AS "stepValues", requests::float8 AS requests, allowed::float8 AS allowed, counted::float8 AS counted,
        blocked::float8 AS blocked
      FROM entrance WHERE account_id = ${account}`,
  )
}
