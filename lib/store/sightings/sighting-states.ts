import 'server-only'
import type { SightingState } from '../../domain/findings/lifecycle'
import { findingKey, type RowKey } from '../../domain/identity/keys'
import type { Tags } from '../../domain/identity/tags'
import type { Result, SourceId } from '../../domain/imports/outcome'
import { Prisma } from '../../generated/prisma/client'
import { runIn, type Tx } from '../../sql/transaction'
import type { FindingKey, Settler } from './settled-findings'

const { sql } = Prisma

/** Every sighting of the given findings, by `account/finding`. */
export async function sightingsOf(
  _access: Settler,
  tx: Tx,
  keys: readonly FindingKey[],
): Promise<Map<RowKey<'finding'>, SightingState[]>> {
  const byFinding = new Map<RowKey<'finding'>, SightingState[]>()
  if (keys.length === 0) return byFinding
  const rows = await runIn<{
    account_id: string
    finding_id: string
    id: string
    source: SourceId
    result: Result
    present: boolean
    severity: number
    title: string
    resource_type: string
    tags: Tags | null
    unproven: boolean
    first_observed_at: Date | null
    record_updated_at: Date | null
    activity: { count: number | null; lastSeen: string | null } | null
  }>(
    tx,
    sql`SELECT s.account_id, s.finding_id, s.id, s.source, s.result, s.present, s.severity, s.title, s.resource_type, s.tags, s.unproven, s.first_observed_at,
        s.record_updated_at, CASE WHEN s.class = 'threat' THEN jsonb_build_object('count', s.facts -> 'count', 'lastSeen', s.facts -> 'lastSeen') END AS activity
      FROM unnest(${keys.map(key => key.accountId)}::text[], ${keys.map(key => key.id)}::uuid[]) AS k(account_id, id)
      JOIN sighting s ON s.account_id = k.account_id AND s.finding_id = k.id`,
    'sightings-of',
  )
  for (const row of rows) {
    const key = findingKey(row.account_id, row.finding_id.replaceAll('-', ''))
    const list = byFinding.get(key) ?? []
    list.push({
      id: row.id,
      source: row.source,
      result: row.result,
      present: row.present,
      severity: row.severity,
      title: row.title,
      resourceType: row.resource_type,
      tags: row.tags,
      unproven: row.unproven,
      firstObservedAt: row.first_observed_at,
      activity: row.activity && {
        count: row.activity.count,
        lastSeen: row.activity.lastSeen === null ? null : new Date(row.activity.lastSeen),
        updatedAt: row.record_updated_at,
      },
    })
    byFinding.set(key, list)
  }
  return byFinding
}
