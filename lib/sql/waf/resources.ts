import 'server-only'
import { z } from 'zod'
import { entranceTypes } from '../../domain/waf/entrances/entrances'
import type { Resource, Resources } from '../../domain/waf/resource'
import { Prisma } from '../../generated/prisma/client'

const { sql } = Prisma

/** Types of resources that the ladder is made of. */
const types = [
  ...entranceTypes,
  'AWS::WAFv2::WebACL',
  'AWS::WAFv2::RuleGroup',
  'AWS::WAFv2::ManagedRuleGroup',
  'AWS::WAFv2::IPSet',
  'AWS::WAFv2::LoggingConfiguration',
  'AWS::WAFv2::WebACLMetrics',
  'AWS::WAFv2::ManagedRuleGroupMetrics',
  'AWS::CloudWatch::RequestMetrics',
  'AWS::EC2::SecurityGroup',
  'AWS::EC2::PrefixList',
]

/** Rows of StoredResource: the resources of an account that AWS WAF and entrances consist of. */
export function wafResourcesSql(accountId: string): Prisma.Sql {
  return sql`SELECT region, type, arn, name, data, first_seen_at, changed_at FROM asset
    WHERE account_id = ${accountId} AND type = ANY(${types}::text[]) ORDER BY type COLLATE "C", region COLLATE "C", arn COLLATE "C"`
}

/** Rows of StoredCell. */
export function wafCellsSql(accountId: string): Prisma.Sql {
  return sql`SELECT collector, region FROM coverage WHERE account_id = ${accountId} AND state = 'ok' AND complete_at IS NOT NULL`
}

export interface StoredResource {
  region: string
  type: string
  arn: string
  name: string
  data: unknown
  first_seen_at: Date
  changed_at: Date
}

export interface StoredCell {
  collector: string
  region: string
}

const Data = z.record(z.string(), z.unknown())

export function toResources(rows: readonly StoredResource[], cells: readonly StoredCell[]): Resources {
  const byType = new Map<string, Resource[]>()
  for (const { region, type, arn, name, data, first_seen_at, changed_at } of rows) {
    const all = byType.get(type) ?? []
    all.push({ region, type, arn, name, data: Data.parse(data), firstSeenAt: first_seen_at, changedAt: changed_at })
    byType.set(type, all)
  }
  const read = new Set(cells.map(({ collector, region }) => `${collector} ${region}`))
  return {
    resources: (type, region) => (byType.get(type) ?? []).filter(one => region === undefined || one.region === region),
    isRead: (collector, region) => read.has(`${collector} ${region}`),
  }
}
