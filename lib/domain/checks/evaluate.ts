import { checksDefinition, collectorDefinition } from '../collection/collectors'
import type { ExaminedLine, Unexamined } from '../collection/lines'
import { type Evidence, mostEvidence } from '../findings/facts'
import { cutText } from '../text/cut-text'
import type { CheckDefinition, CheckResult, Inventory } from './check'
import type { CheckRecord } from './record'

/** The Region of what has none. */
const GLOBAL = 'global'

export interface Evaluation {
  records: CheckRecord[]
  examined: ExaminedLine[]
  /** Checks that ended with an error: malformed resources, or a fault of this program. They count as not examined. */
  errors: { check: string; error: unknown }[]
}

/** Runs checks over an account, each where all that it needs was read. */
export function evaluate(inventory: Inventory, checks: readonly CheckDefinition[]): Evaluation {
  const evaluation: Evaluation = { records: [], examined: [], errors: [] }
  for (const check of checks) {
    try {
      const { records, line } = examine(inventory, check)
      evaluation.records.push(...records)
      evaluation.examined.push(line)
    } catch (error) {
      const unexamined = [
        { region: GLOBAL, collector: firstNeed(check), state: 'not_evaluated' as const, action: null },
      ]
      evaluation.examined.push(lineOf(inventory, check, { regions: [], unexamined, records: [] }))
      evaluation.errors.push({ check: check.id, error })
    }
  }
  return evaluation
}

const NOTHING = { regions: null, unexamined: [], records: [] }

function examine(inventory: Inventory, check: CheckDefinition): { records: CheckRecord[]; line: ExaminedLine } {
  // A check that is switched off finds nothing, so that what it found before ends.
  if (inventory.off.has(check.id)) return { records: [], line: lineOf(inventory, check, NOTHING) }
  const places = check.regional ? inventory.regions : [GLOBAL]
  const unexamined: Unexamined[] = []
  const regions: string[] = []
  const records = new Map<string, CheckRecord>()
  for (const region of places) {
    const missing = check.unexamined ? check.unexamined(inventory, region) : missingIn(inventory, check, region)
    if (missing) {
      unexamined.push(missing)
      continue
    }
    regions.push(region)
    for (const result of check.run(inventory, region))
      for (const record of recordsOf(inventory, check, result, region)) keep(records, record)
  }
  if (places.length === 0)
    unexamined.push({ region: GLOBAL, collector: firstNeed(check), state: 'unread', action: null })
  const found = [...records.values()]
  return { records: found, line: lineOf(inventory, check, { regions, unexamined, records: found }) }
}

function firstNeed({ needs }: CheckDefinition): string {
  return needs[0] ?? checksDefinition.id
}

/** The first cell that a check needs and that nobody has read; null if it can be checked. */
function missingIn({ regions, cell }: Inventory, { needs }: CheckDefinition, region: string): Unexamined | null {
  for (const collector of needs) {
    const regional = collectorDefinition(collector)?.regional === true
    const places = !regional ? [GLOBAL] : region === GLOBAL ? regions : [region]
    // A Region is known only by what was read in it.
    if (places.length === 0) return { region: GLOBAL, collector, state: 'unread', action: null }
    for (const place of places) {
      const found = cell(collector, place)
      if (!found) return { region: place, collector, state: 'unread', action: null }
      const { state, complete, action } = found
      if (state !== 'ok') return { region: place, collector, state, action }
      if (!complete) return { region: place, collector, state: 'unread', action: null }
    }
  }
  return null
}

function recordsOf(
  { account }: Inventory,
  check: CheckDefinition,
  result: CheckResult,
  checked: string,
): CheckRecord[] {
  const { control, region = checked, severity = check.severity, evidence = [], firstObservedAt } = result
  if (control !== undefined && !check.controls.includes(control))
    throw new Error(`the check ${check.id} has no control ${control}`)
  return (control === undefined ? check.controls : [control]).map(each => ({
    checked: 1,
    check: check.id,
    control: each,
    account: account.id,
    region,
    resource: { id: result.resource.id, type: result.resource.type },
    result: result.result === 'unknown' ? 'not_available' : result.result,
    severity,
    evidence: evidence.map(item => ({ ...item, value: shortened(item.value) })),
    ...(firstObservedAt && { firstObservedAt: firstObservedAt.toISOString() }),
  }))
}

/** What people wrote may be of any length. */
function shortened(value: Evidence['value']): Evidence['value'] {
  return typeof value === 'string' ? cutText(value, mostEvidence) : value
}

/** The worst result first. */
const ORDER: readonly CheckRecord['result'][] = ['failed', 'not_available', 'passed']

/** Of two results for one resource, the worse one counts. */
function keep(records: Map<string, CheckRecord>, record: CheckRecord): void {
  const key = JSON.stringify([record.control, record.region, record.resource.id])
  const other = records.get(key)
  if (!other || ORDER.indexOf(record.result) < ORDER.indexOf(other.result)) records.set(key, record)
}

function lineOf(
  { account }: Inventory,
  { id, controls, regional }: CheckDefinition,
  { regions, unexamined, records }: { regions: string[] | null; unexamined: Unexamined[]; records: CheckRecord[] },
): ExaminedLine {
  const count = (result: CheckRecord['result']) =>
    new Set(records.filter(record => record.result === result).map(({ resource }) => resource.id)).size
  return {
    examined: 1,
    account: account.id,
    check: id,
    controls: [...controls],
    regions: regions === null || (!regional && unexamined.length === 0) ? null : regions.filter(one => one !== GLOBAL),
    unexamined,
    passed: count('passed'),
    failed: count('failed'),
    unknown: count('not_available'),
  }
}
