import { categoryOf } from '../controls/category-of'
import { isActiveControl } from '../feeds/feed-definitions'
import type { FindingClass, Result } from '../imports/outcome'

/** What people call a finding: its class, except for checks of cost, which find no misconfiguration. */
export const problemKinds = ['posture', 'cost', 'vulnerability', 'threat'] as const
export type ProblemKind = (typeof problemKinds)[number]

export function problemKindOf(finding: { class: FindingClass; control: string }): ProblemKind {
  return finding.class === 'posture' && categoryOf(finding) === 'cost' ? 'cost' : finding.class
}

/** A result in the words of its class: only checks pass or fail. A threat or access is active, and a resource is affected by a CVE. */
export function resultWord(kind: FindingClass, result: Result, control: string): Result | 'active' | 'affected' {
  if (result !== 'failed') return result
  if (kind === 'posture') return isActiveControl(control) ? 'active' : result
  return kind === 'threat' ? 'active' : 'affected'
}
