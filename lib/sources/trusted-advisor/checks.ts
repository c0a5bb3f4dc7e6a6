import { z } from 'zod'
import { controlSeverity } from '../../domain/controls/severities'
import { controlTable } from '../../domain/controls/table'
import type { Severity } from '../../domain/findings/severity'
import { firstText } from '../values/text'
import table from './checks.json'
import moreChecks from './more-checks.json'
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

/** Severities of yellow and red by pillar: cost and speed must not rank beside public exposure. */
const WEIGHTS: Record<Pillar, { error: Severity; warning: Severity }> = {
  security: { error: 'high', warning: 'medium' },
  fault_tolerance: { error: 'medium', warning: 'low' },
  service_limits: { error: 'medium', warning: 'low' },
  operational_excellence: { error: 'medium', warning: 'low' },
  performance: { error: 'low', warning: 'informational' },
  cost_optimizing: { error: 'low', warning: 'informational' },
}

/** Severities of red ("error") and yellow. */
export function weightOf(pillar: Pillar, status: string): Severity {
  return WEIGHTS[pillar][status === 'error' ? 'error' : 'warning']
}

/**
 * Checks that report an incident and no setting: an access key that was found in public, or is used as if it were stolen.
 * https://docs.aws.amazon.com/awssupport/latest/user/security-checks.html#exposed-access-keys
 */
const INCIDENTS: ReadonlySet<string> = new Set(['12Fnkpl8Y5'])

/** The class of what a check flags. */
export function classOf(check: Check | null): 'posture' | 'threat' {
  return check && INCIDENTS.has(check.id) ? 'threat' : 'posture'
}

/** Severity of a result: that of the Security Hub control, otherwise by pillar and colour. An incident is critical. */
export function severityOf(check: Check | null, status: string): Severity {
  if (classOf(check) === 'threat') return 'critical'
  const rated = check?.hubControl ? controlSeverity(check.hubControl) : null
  return rated ?? weightOf(check?.pillar ?? 'security', status)
}

/** A pillar that is not in this list counts as security, so that nothing severe counts as cost. */
export function toPillar(name: string): Pillar {
  return pillars.find(pillar => pillar === name) ?? 'security'
}

/**
 * Names, pillars and columns as DescribeTrustedAdvisorChecks lists them; the user guide's report columns differ:
 * https://docs.aws.amazon.com/awssupport/latest/APIReference/API_TrustedAdvisorCheckDescription.html If no public list
 * of the API has a check, its columns are those of the guide:
 * https://docs.aws.amazon.com/awssupport/latest/user/trusted-advisor-check-reference.html
 */
const Table = z.record(
  z.string(),
  z.object({ name: z.string(), pillar: z.enum(pillars), columns: z.array(z.string()).default([]) }),
)

export interface Check {
  id: string
  name: string
  pillar: Pillar
  /** The meaning of the positions of `metadata`. */
  columns: readonly string[]
  /** The columns in the table, in English; the same as `columns` unless a report describes the check itself. */
  tableColumns: readonly string[]
  /** The name in the table of the column with the resource, if it is not the first candidate. */
  subject: string | null
  /** The Security Hub control that the check is a copy of, such as S3.2. */
  hubControl: string | null
}

/** The description of a check in a report. */
export interface Description {
  name?: string | null | undefined
  category: string
  metadata: readonly (string | null)[]
  hubControl?: string | null | undefined
}

/** Service limits share these columns. */
const LIMIT_COLUMNS = ['Region', 'Service', 'Limit Name', 'Limit Amount', 'Current Usage', 'Status']

/**
 * Checks that are Security Hub controls share their columns too. The table of controls has the control of each.
 * https://docs.aws.amazon.com/awssupport/latest/user/security-hub-controls-with-trusted-advisor.html
 */
const HUB_CHECK = /^Hs4Ma3G\d+$/
const HUB_COLUMNS = ['Status', 'Region', 'Resource', 'Last Updated Time']

const SUBJECTS: Record<string, string> = {
  // A snapshot is public, not its volume.
  ePs02jT06w: 'Snapshot ID',
  rSs93HQwa1: 'Snapshot ID',
  // The name of a security group is unique in its VPC only.
  '1iG5NDGVre': 'Security Group ID',
  HCP4007jGY: 'Security Group ID',
  tfg86AVHAZ: 'Group ID',
}

function toCheck(id: string, row: z.infer<typeof Table>[string]): Check {
  const hub = HUB_CHECK.test(id)
  const limit = row.pillar === 'service_limits'
  const shared = hub ? HUB_COLUMNS : limit ? LIMIT_COLUMNS : []
  const columns = row.columns.length > 0 ? row.columns : shared
  return {
    id,
    name: row.name,
    pillar: row.pillar,
    columns,
    tableColumns: columns,
    // The resource is the limit, not its service.
    subject: SUBJECTS[id] ?? (hub ? 'Resource' : limit ? 'Limit Name' : null),
    hubControl: hub ? (controlTable.find(id, 'trusted-advisor')?.id ?? null) : null,
  }
}

/** The second table has checks whose columns are not public, with their names and pillars only. */
const checks = new Map<string, Check>(
  Object.entries({ ...Table.parse(moreChecks), ...Table.parse(table) }).map(([id, row]) => [id, toCheck(id, row)]),
)
const byName = new Map([...checks.values()].map(check => [folded(check.name), check]))
/**
 * Names in Japanese, earlier ones too:
 * https://docs.aws.amazon.com/ja_jp/awssupport/latest/user/trusted-advisor-check-reference.html Those of service limits
 * and some of fault tolerance are composed from terms of AWS's Japanese console.
 */
for (const [id, names] of Object.entries(japanese)) {
  const check = checks.get(id)
  if (check) for (const name of names) byName.set(folded(name), check)
}

/** A name without differences between documents and reports: dashes, spaces, widths and case. */
function folded(name: string): string {
  return name
    .normalize('NFKC')
    .replace(/\p{Dash}/gu, '-')
    .replace(/\s/g, '')
    .toLowerCase()
}

/** Null for a check that is newer than the table. */
export function checkById(id: string): Check | null {
  return checks.get(id) ?? (HUB_CHECK.test(id) ? toCheck(id, { name: id, pillar: 'security', columns: [] }) : null)
}

/** A check as the report describes it, which may be newer than the table, with the table's additional fields. */
export function describedCheck(id: string, description: Description | null | undefined): Check | null {
  const known = checkById(id)
  if (!description) return known
  const columns = description.metadata.map(column => column ?? '')
  return {
    id,
    name: firstText(description.name, known?.name, id),
    pillar: toPillar(description.category),
    columns,
    tableColumns: known?.tableColumns ?? columns,
    subject: known?.subject ?? null,
    hubControl: description.hubControl ?? known?.hubControl ?? null,
  }
}

/**
 * The control of a check's outcomes: the check's id, unless its description names a control that the table lacks for
 * it.
 */
export function controlOf(id: string, check: Check | null): string {
  const control = check?.hubControl
  if (!control) return id
  const row = controlTable.find(id, 'trusted-advisor')
  return row && row === controlTable.find(control, 'trusted-advisor') ? id : control
}

/**
 * The Security Hub control that the description of a check names. The link to its remediation is the same in every
 * language. https://docs.aws.amazon.com/awssupport/latest/user/security-hub-controls-with-trusted-advisor.html
 */
export function hubControlIn(description: string): string | null {
  const named =
    /Security Hub control ID:(?:\s|<[^>]*>)*([A-Za-z0-9]+\.\d+)/i.exec(description) ??
    /\/console\/securityhub\/([A-Za-z0-9]+\.\d+)\/remediation/.exec(description)
  return named?.[1] ?? null
}

/** A check by its English or Japanese name, because events contain no id. */
export function checkByName(name: string): Check | null {
  return byName.get(folded(name)) ?? null
}
