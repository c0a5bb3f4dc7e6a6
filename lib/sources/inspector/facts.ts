import type { VulnerabilityFacts } from '../../domain/findings/facts'
import { looseList, looseText, valueAt } from '../values/loose'
import { toImage, toPackageFix, toVulnerabilityFacts } from '../values/vulnerability'
import type { InspectorFinding } from './schema'

/** What Inspector says about the urgency and the fix of a vulnerability. */
export function factsOf(finding: InspectorFinding): VulnerabilityFacts | null {
  const details = finding.packageVulnerabilityDetails
  // Inspector's own score is adjusted to the resource, so that it comes first.
  const adjusted = valueAt(finding.inspectorScoreDetails, 'adjustedCvss')
  const scores = [
    ...(adjusted ? [{ ...scoreOf(adjusted), score: valueAt(adjusted, 'score') }] : []),
    ...looseList(details?.cvss).map(scoreOf),
  ]
  return toVulnerabilityFacts({
    exploit: finding.exploitAvailable,
    exploitSeen: valueAt(finding.exploitabilityDetails, 'lastKnownExploitAt'),
    fix: finding.fixAvailable,
    epss: finding.epss?.score,
    cvss: scores,
    packages: (details?.vulnerablePackages ?? [])
      .slice(0, MAX_PACKAGES)
      .flatMap(({ name, version, fixedInVersion: fixed, remediation: command, filePath: path }) =>
        toPackageFix({ name, version, fixed, path, command }),
      ),
    references: [
      details?.sourceUrl,
      ...looseList(details?.referenceUrls),
      ...looseList(finding.codeVulnerabilityDetails?.referenceUrls),
    ],
    vendorSeverity: details?.vendorSeverity,
    image: imageOf(finding),
  })
}

const MAX_PACKAGES = 50

function scoreOf(score: unknown) {
  return {
    version: valueAt(score, 'version'),
    score: valueAt(score, 'baseScore'),
    vector: valueAt(score, 'scoringVector'),
    source: valueAt(score, 'source') ?? valueAt(score, 'scoreSource'),
  }
}

/** https://docs.aws.amazon.com/inspector/v2/APIReference/API_AwsEcrContainerImageDetails.html */
function imageOf(finding: InspectorFinding): VulnerabilityFacts['image'] {
  const found = finding.resources.map(({ details }) => valueAt(details, 'awsEcrContainerImage')).find(Boolean)
  if (!found) return null
  return toImage({
    repository: looseText(valueAt(found, 'repositoryName')),
    tags: valueAt(found, 'imageTags'),
    pushedAt: valueAt(found, 'pushedAt'),
    inUse: valueAt(found, 'inUseCount'),
    lastInUse: valueAt(found, 'lastInUseAt'),
  })
}
