import { categoryOf } from '../controls/category-of'
import type { FindingClass, Result } from '../imports/outcome'

/** What people call a finding: its class, except for checks of cost, which find no misconfiguration. */
export const problemKinds = ['posture', 'cost', 'vulnerability', 'threat'] as const
export type ProblemKind = (typeof problemKinds)[number]

export function problemKindOf(finding: { class: FindingClass; control: string }): ProblemKind {
  return finding.class === 'posture' && categoryOf(finding) === 'cost' ? 'cost' : finding.class
}

/** Its findings are of no check: they are active, archived or resolved. https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_FindingSummaryV2.html */
const ACCESS_FINDING = /^access-analyzer\//

/** A result in the words of its class: only checks pass or fail. A threat or access is active, and a resource is affected by a CVE. */
export function resultWord(kind: FindingClass, result: Result, control: string): Result | 'active' | 'affected' {
  if (result !== 'failed') return result
  if (kind === 'posture') return ACCESS_FINDING.test(control) ? 'active' : result
  return kind === 'threat' ? 'active' : 'affected'
}
