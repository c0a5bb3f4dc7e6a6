import { z } from 'zod'
import table from './checks.json'

const pillars = ['security', 'fault_tolerance', 'service_limits', 'performance', 'cost_optimizing'] as const
export type Pillar = (typeof pillars)[number]

/** Names, pillars and report columns: https://docs.aws.amazon.com/awssupport/latest/user/trusted-advisor-check-reference.html */
const Table = z.record(
  z.string(),
  z.object({ name: z.string(), pillar: z.enum(pillars), columns: z.array(z.string()) }),
)

export interface Check {
  id: string
  name: string
  pillar: Pillar
  /** The columns that give the places of `metadata` their meaning. */
  columns: readonly string[]
  /** The column that names the thing, where it is not the first that could. */
  subject: string | null
}

/** Service limits share their columns, which the reference does not repeat. */
const LIMIT_COLUMNS = ['Region', 'Service', 'Limit Name', 'Limit Amount', 'Current Usage', 'Status']

/** A snapshot is public, not its volume; a limit is reached, not its service. */
const SUBJECTS: Record<string, string> = { ePs02jT06w: 'Snapshot ID', rSs93HQwa1: 'Snapshot ID' }

const checks = new Map<string, Check>(
  Object.entries(Table.parse(table)).map(([id, { name, pillar, columns }]) => [
    id,
    {
      id,
      name,
      pillar,
      columns: columns.length === 0 && pillar === 'service_limits' ? LIMIT_COLUMNS : columns,
      subject: SUBJECTS[id] ?? (pillar === 'service_limits' ? 'Limit Name' : null),
    },
  ]),
)
const byName = new Map([...checks.values()].map(check => [check.name.toLowerCase(), check]))

/** Null for a check that is newer than the table. */
export function checkById(id: string): Check | null {
  return checks.get(id) ?? null
}

export function checkByName(name: string): Check | null {
  return byName.get(name.toLowerCase()) ?? null
}
