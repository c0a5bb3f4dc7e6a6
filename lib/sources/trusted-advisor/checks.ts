import { z } from 'zod'
import type { Severity } from '../../domain/severity'
import table from './checks.json'
import japanese from './names-ja.json'

const pillars = [
  'security',
  'fault_tolerance',
  'service_limits',
  'performance',
  'cost_optimizing',
  'operational_excellence',
] as const
type Pillar = (typeof pillars)[number]

/** Yellow and red by pillar: what is only money or speed must not stand beside what is open to the world. */
const WEIGHTS: Record<Pillar, { error: Severity; warning: Severity }> = {
  security: { error: 'high', warning: 'medium' },
  fault_tolerance: { error: 'medium', warning: 'low' },
  service_limits: { error: 'medium', warning: 'low' },
  operational_excellence: { error: 'medium', warning: 'low' },
  performance: { error: 'low', warning: 'informational' },
  cost_optimizing: { error: 'low', warning: 'informational' },
}

/** What red ("error") and yellow weigh. */
export function weightOf(pillar: Pillar, status: string): Severity {
  return WEIGHTS[pillar][status === 'error' ? 'error' : 'warning']
}

/** A pillar that is newer than this list counts as security, so that nothing severe is taken for money. */
export function toPillar(name: string): Pillar {
  return pillars.find(pillar => pillar === name) ?? 'security'
}

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
const byName = new Map([...checks.values()].map(check => [folded(check.name), check]))
/**
 * Names in Japanese, earlier ones too: https://docs.aws.amazon.com/ja_jp/awssupport/latest/user/trusted-advisor-check-reference.html
 * Those of service limits and some of fault tolerance are put together from the terms of AWS's Japanese console.
 */
for (const [id, names] of Object.entries(japanese)) {
  const check = checks.get(id)
  if (check) for (const name of names) byName.set(folded(name), check)
}

/** A name without what differs between documents and reports: dashes, spaces, widths and case. */
function folded(name: string): string {
  return name
    .normalize('NFKC')
    .replace(/\p{Dash}/gu, '-')
    .replace(/\s/g, '')
    .toLowerCase()
}

/** Null for a check that is newer than the table. */
export function checkById(id: string): Check | null {
  return checks.get(id) ?? null
}

/** By its English or its Japanese name, which is all that an event tells. */
export function checkByName(name: string): Check | null {
  return byName.get(folded(name)) ?? null
}
