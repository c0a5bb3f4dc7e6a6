import type { FindingClass } from '../../domain/imports/outcome'
import { firstText } from '../values/text'
import type { OcsfFinding } from './schema'

export type FindingKind = 'security' | 'vulnerability' | 'compliance' | 'detection'

/** Class ids: https://schema.ocsf.io/categories/findings. Names occur with and without a space. */
const KINDS: ReadonlyMap<string, FindingKind> = new Map([
  ['2001', 'security'],
  ['securityfinding', 'security'],
  ['2002', 'vulnerability'],
  ['vulnerabilityfinding', 'vulnerability'],
  ['2003', 'compliance'],
  ['compliancefinding', 'compliance'],
  ['2004', 'detection'],
  ['detectionfinding', 'detection'],
])

/** The kind of finding; null for any other class. */
export function kindOf(classUid: unknown, className: unknown): FindingKind | null {
  if (typeof classUid === 'number' || typeof classUid === 'string') return KINDS.get(String(classUid)) ?? null
  return typeof className === 'string' ? (KINDS.get(className.replace(/[\s_]/g, '').toLowerCase()) ?? null) : null
}

/** What Security Hub derives from other findings of a resource: how it could be attacked, and not that it is. */
const EXPOSURE = /^Exposure\//

export function classOf(finding: OcsfFinding, kind: FindingKind, isProwler: boolean): FindingClass {
  // Prowler writes its checks as detections.
  if (kind === 'compliance' || isProwler) return 'posture'
  if (finding.finding_info?.types?.some(type => EXPOSURE.test(type))) return 'posture'
  if (kind === 'vulnerability' || finding.vulnerabilities?.length) return 'vulnerability'
  if (finding.compliance?.control || finding.compliance?.status) return 'posture'
  return 'threat'
}

/** Control of a posture finding, type of a threat; empty if there is none. */
export function controlOf(finding: OcsfFinding, findingClass: FindingClass): string {
  const info = finding.finding_info ?? finding.finding
  const { metadata } = finding
  const feature = metadata?.product?.feature
  if (findingClass === 'threat') {
    // GuardDuty's own type has a colon; its other types are general words.
    const types = info?.types ?? []
    return firstText(
      types
        .find(type => type.includes(':'))
        ?.split('/')
        .slice(-2)
        .join('/'),
      types.at(-1),
      info?.analytic?.name,
      info?.analytic?.uid,
      metadata?.event_code,
      info?.title,
    )
  }
  return firstText(
    info?.types?.find(type => EXPOSURE.test(type)),
    finding.compliance?.control,
    metadata?.event_code,
    // Prowler 3 names its check here.
    feature?.uid,
    feature?.name,
    info?.analytic?.name,
    info?.analytic?.uid,
    info?.types?.[0],
  )
}
