import { type Severity, severityNamed } from '../../domain/findings/severity'
import { canonicalPlace } from '../../domain/identity/canonical-resource'
import { type Outcome, type Result, suppressedBy } from '../../domain/imports/outcome'
import { RejectedRecord } from '../../domain/imports/reject'
import type { ReadingContext, Source } from '../source'
import { arnParts, firstRegion, identify, parseWith, prose, requireAccount } from '../values/fields'
import { formerNames } from '../values/former-names'
import { valueAt } from '../values/loose'
import { requireAwsResource } from '../values/provider'
import { toTags } from '../values/tags'
import { firstText, httpUrl, isRecord, shown } from '../values/text'
import { readTime } from '../values/time'
import { adviceText, replacedImage } from '../values/vulnerability'
import { factsOf } from './facts'
import { networkPath, reachabilityControl } from './reachability'
import { InspectorFinding } from './schema'

/** A finding gives one outcome per resource and package; the limit stops hostile findings. */
const MAX_OUTCOMES = 1000

/** Native findings of Amazon Inspector: ListFindings and its EventBridge events. */
export const inspector: Source<InspectorFinding> = {
  recognises: record => isEvent(record) || isFinding(record),
  parse(record) {
    const { detail } = record
    return parseWith(InspectorFinding, isEvent(record) && isRecord(detail) ? detail : record)
  },
  normalise,
}

function isFinding(record: Record<string, unknown>): boolean {
  return 'findingArn' in record && 'resources' in record && !('class_uid' in record)
}

function isEvent(record: Record<string, unknown>): boolean {
  return record['detail-type'] === 'Inspector2 Finding' && isRecord(record.detail)
}

function normalise(finding: InspectorFinding, { now }: ReadingContext): Outcome[] {
  requireAwsResource(finding.resources.map(({ provider }) => provider))
  const accountId = accountOf(finding)
  const time = (field: string, value: unknown) => readTime(value, field, now, accountId)
  const kind = kindOf(finding, accountId)
  const [first] = finding.resources
  if (!first) throw new RejectedRecord('missing_field', { field: 'resources' }, accountId)
  const { recommendation } = finding.remediation ?? {}
  const result = resultOf(finding, accountId)
  const base: Omit<Outcome, 'resource' | 'packageName' | 'region'> = {
    source: 'inspector',
    product: 'Inspector',
    nativeId: identify(finding.findingArn, 'findingArn', accountId),
    class: kind.class,
    accountId,
    control: identify(kind.control, kind.field, accountId),
    result,
    // Inspector suppresses by rules only, whose names its findings do not have.
    ...(result === 'suppressed' && { suppression: suppressedBy('rule') }),
    severity: severityOf(finding, accountId),
    title: prose(firstText(finding.title, kind.control), 'title'),
    description: prose([finding.description?.trim(), pathOf(finding)].filter(Boolean).join('\n\n'), 'text'),
    remediationText: prose(remedyOf(finding, recommendation?.text), 'text'),
    remediationUrl: httpUrl(recommendation?.Url) || httpUrl(finding.packageVulnerabilityDetails?.sourceUrl),
    otherResources: [],
    facts: kind.class === 'vulnerability' ? factsOf(finding) : null,
    firstObservedAt: time('firstObservedAt', finding.firstObservedAt),
    updatedAt: time('updatedAt', finding.updatedAt) ?? time('lastObservedAt', finding.lastObservedAt),
  }
  const outcomes = new Map<string, Outcome>()
  for (const { id, type, region, tags, details } of finding.resources) {
    const where = firstRegion(arnParts(id)?.region, region, arnParts(finding.findingArn)?.region)
    const named = identify(id, 'resources.id', accountId)
    // Security Hub names the instance by its ARN.
    const place = canonicalPlace(kind.class === 'posture' && named.startsWith('i-') ? 'instance' : null, {
      accountId,
      region: where,
      resourceId: named,
    })
    const resource = { id: place.resourceId, type: prose(type, 'name') }
    const machineImage = kind.class === 'vulnerability' ? replacedImage(tags, imageOf(details), where) : null
    for (const packageName of kind.packages) {
      const names = formerNames({ control: base.control, region: where, resource }, { resourceId: named })
      const outcome = { ...base, ...names, resource, region: where, packageName, machineImage, tags: toTags(tags) }
      outcomes.set(JSON.stringify([resource.id, packageName]), outcome)
      if (outcomes.size > MAX_OUTCOMES) throw new RejectedRecord('bad_field', { field: 'resources' }, accountId)
    }
  }
  return [...outcomes.values()]
}

/** The finding's account, or that of the finding's ARN if it is missing. */
function accountOf({ awsAccountId, findingArn }: InspectorFinding): string {
  if (awsAccountId !== undefined && awsAccountId !== null && awsAccountId !== '') return requireAccount(awsAccountId)
  const named = arnParts(findingArn)?.account
  if (named) return named
  throw new RejectedRecord('missing_field', { field: 'awsAccountId' })
}

interface Kind {
  class: Outcome['class']
  control: string
  /** The field that the control comes from, for a reject. */
  field: string
  packages: string[]
}

function kindOf(finding: InspectorFinding, accountId: string): Kind {
  const { packageVulnerabilityDetails: inPackage, codeVulnerabilityDetails: inCode } = finding
  if (inPackage) {
    const named = inPackage.vulnerablePackages ?? []
    const packages = named.map(({ name, version }) =>
      identify([name, version].filter(Boolean).join(' '), 'vulnerablePackages.name', accountId),
    )
    const control = inPackage.vulnerabilityId
    return {
      class: 'vulnerability',
      control,
      field: 'vulnerabilityId',
      packages: packages.length > 0 ? packages : [''],
    }
  }
  if (inCode) {
    const control = firstText(inCode.detectorId, inCode.ruleId)
    if (control === '') throw new RejectedRecord('missing_field', { field: 'detectorId' }, accountId)
    const file = identify(inCode.filePath?.filePath ?? '', 'filePath', accountId)
    return { class: 'vulnerability', control, field: 'detectorId', packages: [file] }
  }
  if (finding.networkReachabilityDetails) {
    const { protocol, openPortRange } = finding.networkReachabilityDetails
    const ports = [openPortRange?.begin, openPortRange?.end].filter(port => typeof port === 'number')
    const port = [...new Set(ports)].join('-')
    const control = reachabilityControl(protocol ?? '', port)
    return { class: 'posture', control, field: 'networkReachabilityDetails', packages: [''] }
  }
  throw new RejectedRecord('missing_field', { field: 'packageVulnerabilityDetails' }, accountId)
}

const RESULTS: ReadonlyMap<string, Result> = new Map([
  ['ACTIVE', 'failed'],
  ['CLOSED', 'archived'],
  ['SUPPRESSED', 'suppressed'],
])

function resultOf({ status }: InspectorFinding, accountId: string): Result {
  const result = RESULTS.get(status ?? 'ACTIVE')
  if (!result) throw new RejectedRecord('bad_field', { field: 'status' }, accountId)
  return result
}

/** Lower bounds of CVSS 3: https://www.first.org/cvss/v3-1/specification-document#Qualitative-Severity-Rating-Scale */
const SCORES: [number, Severity][] = [
  [9, 'critical'],
  [7, 'high'],
  [4, 'medium'],
  [0.1, 'low'],
]

/**
 * A vulnerability that is not rated yet is rated by its score; without one it is medium, neither hidden nor an alarm.
 */
function severityOf({ severity, inspectorScore }: InspectorFinding, accountId: string): Severity {
  if (severity === undefined || severity === null)
    throw new RejectedRecord('missing_field', { field: 'severity' }, accountId)
  if (severity === 'UNTRIAGED') {
    const score = typeof inspectorScore === 'number' && inspectorScore <= 10 ? inspectorScore : 0
    return SCORES.find(([lowest]) => score >= lowest)?.[1] ?? 'medium'
  }
  const known = typeof severity === 'string' ? severityNamed(severity) : null
  if (!known) throw new RejectedRecord('bad_severity', { value: shown(severity) }, accountId)
  return known
}

function pathOf({ networkReachabilityDetails: details }: InspectorFinding): string {
  return networkPath(valueAt(details?.networkPath, 'steps'))
}

function imageOf(details: unknown): unknown {
  const instance = isRecord(details) ? details.awsEc2Instance : null
  return isRecord(instance) ? instance.imageId : null
}

function remedyOf(finding: InspectorFinding, recommendation: string | null | undefined): string {
  const lines = (finding.packageVulnerabilityDetails?.vulnerablePackages ?? []).map(
    ({ name, fixedInVersion, remediation }) => {
      const fixed = adviceText(fixedInVersion) === '' ? '' : `${name ?? ''} ${fixedInVersion}`
      return [fixed.trim(), adviceText(remediation)].filter(Boolean).join(': ')
    },
  )
  return [...new Set([adviceText(recommendation), ...lines])].filter(Boolean).join('\n')
}
