import 'server-only'
import type { Access } from '../../access/proof'
import { type FrameworkId, frameworkIds } from '../../domain/controls/frameworks'
import { controlsOf, type FrameworkSummary, requirementsOf } from '../../domain/controls/requirements'
import { Prisma } from '../../generated/prisma/client'
import { inScope } from '../../sql/findings/where'
import { read } from '../../sql/read'

const { sql } = Prisma

/**
 * The results of one control in one account: the resources that pass and fail, those under an exception among the
 * latter.
 */
interface Checked {
  control: string
  account: string
  name: string
  passed: number
  failed: number
  notAvailable: number
  lastReportAt: Date | null
}

/** A requirement with what proves it; without `checked` nothing was reported of the control. */
export interface Evidence {
  requirement: string
  control: string
  checked: Checked | null
}

/**
 * The evidence for each requirement of a framework, from the present results in the accounts that the reader may see.
 * Made while it is read: a thousand accounts have a million lines, as most controls prove several requirements.
 */
export async function frameworkEvidence(
  access: Access<'findings:read'>,
  framework: FrameworkId,
): Promise<Iterable<Evidence>> {
  const controls = controlsOf([framework])
  const rows = await read<Checked>(sql`
    SELECT f.control, f.account_id AS account, a.name, sum(f.passed)::int AS passed, sum(f.failed)::int AS failed,
      sum(f.not_available)::int AS "notAvailable", max(d.last_at) AS "lastReportAt"
    FROM control_result f JOIN account a ON a.id = f.account_id
      LEFT JOIN feed d ON d.account_id = f.account_id AND d.source = f.source AND d.product = f.product
    WHERE f.control = ANY(${controls}::text[]) AND a.closed_at IS NULL AND ${inScope(access)}
    GROUP BY 1, 2, 3 HAVING sum(f.passed) > 0 OR sum(f.failed) > 0 OR sum(f.not_available) > 0 ORDER BY 1, 2`)
  const byControl = new Map<string, Checked[]>()
  for (const row of rows) {
    const found = byControl.get(row.control)
    if (found) found.push(row)
    else byControl.set(row.control, [row])
  }
  const proofs = controls
    .flatMap(control => idsOf(control, framework).map(requirement => ({ requirement, control })))
    .sort((a, b) => byNumber.compare(a.requirement, b.requirement) || byNumber.compare(a.control, b.control))
  return evidenceOf(proofs, byControl)
}

const byNumber = new Intl.Collator('en', { numeric: true })

function* evidenceOf(
  proofs: readonly Omit<Evidence, 'checked'>[],
  byControl: ReadonlyMap<string, readonly Checked[]>,
): Generator<Evidence> {
  for (const proof of proofs) {
    for (const checked of byControl.get(proof.control) ?? [null]) yield { ...proof, checked }
  }
}

/** The requirements of a framework that a control proves. */
function idsOf(control: string, framework: FrameworkId): string[] {
  return requirementsOf(control).find(each => each.framework === framework)?.ids ?? []
}

/**
 * Every framework with its requirements by result in the accounts that the reader may see: failing with a failed
 * resource of one of its controls, passing only where each of its controls has passed, else unknown.
 */
export async function listFrameworks(access: Access<'findings:read'>): Promise<FrameworkSummary[]> {
  const rows = await read<{ control: string; passed: number; failed: number }>(sql`
    SELECT f.control, sum(f.passed)::int AS passed, sum(f.failed)::int AS failed
    FROM control_result f JOIN account a ON a.id = f.account_id WHERE a.closed_at IS NULL AND ${inScope(access)} GROUP BY 1`)
  const results = new Map(rows.map(({ control, passed, failed }) => [control, { passed, failed }]))
  return frameworkIds.map(id => summaryOf(id, results))
}

function summaryOf(
  id: FrameworkId,
  results: ReadonlyMap<string, { passed: number; failed: number }>,
): FrameworkSummary {
  const byRequirement = new Map<string, string[]>()
  for (const control of controlsOf([id])) {
    for (const requirement of idsOf(control, id)) {
      byRequirement.set(requirement, [...(byRequirement.get(requirement) ?? []), control])
    }
  }
  const counts = { failing: 0, passing: 0, unknown: 0 }
  for (const controls of byRequirement.values()) {
    const found = controls.map(control => results.get(control))
    if (found.some(each => each !== undefined && each.failed > 0)) counts.failing += 1
    else if (found.every(each => each !== undefined && each.passed > 0)) counts.passing += 1
    else counts.unknown += 1
  }
  return { id, requirements: byRequirement.size, ...counts }
}
