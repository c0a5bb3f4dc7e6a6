import type { CheckFacts, ThreatFacts, VulnerabilityFacts } from '../../domain/findings/facts'
import { camelCase } from '../guardduty/camel-case'
import { toCheckFacts } from '../values/check-facts'
import { looseInstant, looseList, looseText, valueAt } from '../values/loose'
import { isRecord } from '../values/text'
import { type Identity, toThreatFacts } from '../values/threats/threat'
import { toImage, toPackageFix, toVulnerabilityFacts } from '../values/vulnerability'
import type { AsffFinding } from './schema'

/** Security Hub keeps GuardDuty's own object as paths: aws/guardduty/service/action/actionType. */
const GUARDDUTY = 'aws/guardduty/service/'
/** More than any finding has; the limit stops hostile records. */
const MAX_FIELDS = 1000
const MAX_DEPTH = 10

/**
 * Facts of a threat: GuardDuty's own object where Security Hub kept it, else the record's Action and times.
 * https://docs.aws.amazon.com/securityhub/latest/userguide/asff-top-level-attributes.html#asff-action
 */
export function threatFacts(finding: AsffFinding, fields: Record<string, unknown>): ThreatFacts {
  const service = unfolded(fields, GUARDDUTY)
  const action = valueAt(service, 'action') ?? (isRecord(finding.Action) ? camelCase(finding.Action) : undefined)
  const detection = isRecord(finding.Detection) ? camelCase(finding.Detection) : undefined
  const facts = toThreatFacts({ ...service, action, detection }, identityOf(finding), finding.Title ?? '')
  return {
    ...facts,
    firstSeen: facts.firstSeen ?? looseInstant(finding.FirstObservedAt),
    lastSeen: facts.lastSeen ?? looseInstant(finding.LastObservedAt),
  }
}

/** The object whose values were written as paths below a prefix. Names of elements of lists are kept as keys. */
function unfolded(fields: Record<string, unknown>, prefix: string): Record<string, unknown> {
  const whole: Record<string, unknown> = Object.create(null)
  for (const [path, value] of Object.entries(fields).slice(0, MAX_FIELDS)) {
    if (!path.startsWith(prefix)) continue
    const keys = path.slice(prefix.length).split('/').slice(0, MAX_DEPTH)
    const last = keys.pop()
    let at = whole
    for (const key of keys) {
      const below = at[key]
      const next: Record<string, unknown> = isRecord(below) ? below : Object.create(null)
      at[key] = next
      at = next
    }
    if (last !== undefined && !isRecord(at[last])) at[last] = value
  }
  return { ...whole }
}

/** https://docs.aws.amazon.com/securityhub/latest/userguide/asff-resourcedetails-awsiam.html */
function identityOf(finding: AsffFinding): Identity {
  const keys = finding.Resources.filter(({ Type }) => Type === 'AwsIamAccessKey')
  const details = keys.map(({ Details }) => valueAt(Details, 'AwsIamAccessKey')).find(Boolean)
  // Security Hub writes "null" for credentials without a key, such as those of a sign-in to the console.
  const [, id] = /^AWS::IAM::AccessKey:(?!null$)(.+)$/.exec(keys[0]?.Id ?? '') ?? []
  return {
    principal:
      looseText(valueAt(details, 'PrincipalName')) ??
      looseText(valueAt(details, 'UserName')) ??
      looseText(valueAt(details, 'PrincipalId')),
    principalType: looseText(valueAt(details, 'PrincipalType')),
    accessKeyId: looseText(valueAt(details, 'AccessKeyId')) ?? looseText(id),
  }
}

/** More than any check proves. */
const MAX_REQUIREMENTS = 500

/** What Prowler writes about a check: its requirements, each text a framework with ids, such as `CIS-1.5 1.20 1.21`. */
export function checkFacts({ Compliance: compliance }: AsffFinding): CheckFacts | null {
  const frameworks = new Map<string, string[]>()
  for (const each of looseList(compliance?.RelatedRequirements, MAX_REQUIREMENTS)) {
    const [name, ...ids] = looseText(each)?.split(/\s+/) ?? []
    if (name) frameworks.set(name, [...new Set([...(frameworks.get(name) ?? []), ...ids])])
  }
  return toCheckFacts({ frameworks: [...frameworks] })
}

type Vulnerability = NonNullable<AsffFinding['Vulnerabilities']>[number]

const MAX_PACKAGES = 50

/** https://docs.aws.amazon.com/securityhub/latest/userguide/asff-top-level-attributes.html#asff-vulnerabilities */
export function vulnerabilityFacts(
  vulnerability: Vulnerability,
  { Resources: resources }: AsffFinding,
): VulnerabilityFacts | null {
  const image = resources.map(({ Details }) => valueAt(Details, 'AwsEcrContainerImage')).find(Boolean)
  return toVulnerabilityFacts({
    exploit: vulnerability.ExploitAvailable,
    exploitSeen: vulnerability.LastKnownExploitAt,
    fix: vulnerability.FixAvailable,
    epss: vulnerability.EpssScore,
    cvss: looseList(vulnerability.Cvss).map(score => ({
      version: valueAt(score, 'Version'),
      score: valueAt(score, 'BaseScore'),
      vector: valueAt(score, 'BaseVector'),
      source: valueAt(score, 'Source'),
    })),
    packages: (vulnerability.VulnerablePackages ?? []).slice(0, MAX_PACKAGES).flatMap(each =>
      toPackageFix({
        name: each.Name,
        version: each.Version,
        fixed: each.FixedInVersion,
        path: each.FilePath,
        command: each.Remediation,
      }),
    ),
    references: [valueAt(vulnerability.Vendor, 'Url'), ...looseList(vulnerability.ReferenceUrls)],
    vendorSeverity: valueAt(vulnerability.Vendor, 'VendorSeverity'),
    image: image
      ? toImage({
          repository: valueAt(image, 'RepositoryName'),
          tags: valueAt(image, 'ImageTags'),
          pushedAt: valueAt(image, 'ImagePublishedAt'),
        })
      : null,
  })
}
