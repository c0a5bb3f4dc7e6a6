import type { FindingClass, Outcome, ResourceRef } from '../../domain/outcome'
import { RejectedRecord } from '../../domain/reject'
import { arnParts, derivedId, firstRegion, identify, parseWith, prose, requireAccount } from '../fields'
import type { ReadingContext, Source } from '../source'
import { toTags } from '../tags'
import { firstText, httpUrl, isRecord } from '../text'
import { readTime } from '../time'
import { replacedImage, toRating } from '../vulnerability'
import { accessAnalyzerControl, controlOf, isSecurityHubControl } from './control'
import { originOf } from './origin'
import { resultOf } from './result'
import { AsffFinding } from './schema'
import { readSeverity } from './severity'

/** A record is one outcome per CVE, resource and package; a hostile one could multiply without end. */
const MAX_OUTCOMES = 1000

/** AWS Security Finding Format: Security Hub, its EventBridge events, and the many tools that write it. */
export const asff: Source<AsffFinding> = {
  id: 'asff',
  recognises(record) {
    if (typeof record.SchemaVersion === 'string' && 'ProductArn' in record) return true
    const marks = ['SchemaVersion', 'ProductArn', 'GeneratorId', 'AwsAccountId', 'Severity', 'Resources', 'Types']
    return record.SchemaVersion === '2018-10-08' || marks.filter(mark => mark in record).length >= 3
  },
  parse: record => parseWith(AsffFinding, record),
  normalise,
}

function normalise(finding: AsffFinding, { now }: ReadingContext): Outcome[] {
  const fields = isRecord(finding.ProductFields) ? finding.ProductFields : {}
  const accountId = accountOf(finding)
  const { source, product } = originOf(finding, fields)
  const types = typesOf(finding)
  const generic = accessAnalyzerControl(finding, types) || controlOf(finding, fields)
  const findingClass = accessAnalyzerControl(finding, types) ? 'posture' : classOf(finding, types, product)
  const control = identify(controlFor(findingClass, finding, types, generic), 'GeneratorId', accountId)
  if (control === '') throw new RejectedRecord('missing_field', { field: 'GeneratorId' }, accountId)
  const resources = finding.Resources.map(resource => toResource(resource.Id, resource.Type, accountId))
  const [resource] = resources
  if (!resource) throw new RejectedRecord('missing_field', { field: 'Resources' }, accountId)
  const region = regionOf(finding)
  const base: Outcome = {
    source,
    product: prose(product, 'name'),
    nativeId: identify(firstText(finding.Id), 'Id', accountId) || derivedId(product, generic, region, resource.id),
    class: findingClass,
    accountId,
    region,
    control,
    result: resultOf(finding, source === 'prowler', accountId),
    severity: readSeverity(finding.Severity, finding.FindingProviderFields, product, accountId),
    title: prose(firstText(finding.Title, control), 'title'),
    description: prose(finding.Description, 'text'),
    remediationText: prose(finding.Remediation?.Recommendation?.Text, 'text'),
    remediationUrl: httpUrl(finding.Remediation?.Recommendation?.Url),
    resource,
    otherResources: resources.slice(1),
    tags: toTags(finding.Resources[0]?.Tags),
    packageName: '',
    firstObservedAt:
      readTime(finding.FirstObservedAt, 'FirstObservedAt', now, accountId) ??
      readTime(finding.CreatedAt, 'CreatedAt', now, accountId),
    updatedAt:
      readTime(finding.UpdatedAt, 'UpdatedAt', now, accountId) ??
      readTime(finding.LastObservedAt, 'LastObservedAt', now, accountId),
  }
  return findingClass === 'vulnerability' ? vulnerabilities(finding, base, resources) : [base]
}

/** The finding's account. Where it names none, that of its resource's ARN; nothing else is a good guess. */
function accountOf(finding: AsffFinding): string {
  const { AwsAccountId: account } = finding
  if (account !== undefined && account !== null && account !== '') return requireAccount(account)
  const derived = arnParts(finding.Resources[0]?.Id ?? '')?.account
  if (derived) return derived
  throw new RejectedRecord('missing_field', { field: 'AwsAccountId' })
}

function typesOf(finding: AsffFinding): string[] {
  const provided = isRecord(finding.FindingProviderFields) ? finding.FindingProviderFields.Types : undefined
  const types = finding.Types ?? provided
  const list = Array.isArray(types) ? types : [types]
  return list.filter(type => typeof type === 'string')
}

/** Namespaces of detections: https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format-type-taxonomy.html */
const THREAT_TYPE = /^(TTPs|Unusual Behaviors|Effects|Sensitive Data|Threat)/i
const CVE = /\b(?:CVE-\d{4}-\d{4,}|GHSA(?:-[0-9a-z]{4}){3})\b/i

function classOf(finding: AsffFinding, types: string[], product: string): FindingClass {
  if (finding.Vulnerabilities?.length) return 'vulnerability'
  if (finding.Compliance?.Status || isSecurityHubControl(finding)) return 'posture'
  // Inspector leaves the list empty for some findings, and names the CVE in the title alone.
  if (types.some(type => type.includes('Vulnerabilities/CVE')) && CVE.test(finding.Title ?? '')) return 'vulnerability'
  return product === 'GuardDuty' || types.some(type => THREAT_TYPE.test(type)) ? 'threat' : 'posture'
}

function controlFor(findingClass: FindingClass, finding: AsffFinding, types: string[], generic: string): string {
  if (findingClass === 'vulnerability')
    return CVE.exec(finding.Title ?? '')?.[0] ?? firstText(generic, finding.Vulnerabilities?.[0]?.Id)
  // GuardDuty's generator is its detector, the same for all findings; what happened is the last part of the type.
  if (findingClass === 'threat') return firstText(types[0]?.split('/').at(-1), generic)
  return generic
}

function regionOf(finding: AsffFinding): string {
  const [resource] = finding.Resources
  return firstRegion(
    finding.Region,
    resource?.Region,
    arnParts(resource?.Id ?? '')?.region,
    arnParts(finding.Id ?? '')?.region,
    arnParts(finding.ProductArn ?? '')?.region,
  )
}

function toResource(id: string, type: string | null | undefined, accountId: string): ResourceRef {
  return { id: identify(id, 'Resources.Id', accountId), type: prose(type, 'name') }
}

function vulnerabilities(finding: AsffFinding, base: Outcome, resources: ResourceRef[]): Outcome[] {
  const outcomes = new Map<string, Outcome>()
  const images = finding.Resources.map(({ Tags, Details }) => replacedImage(Tags, imageOf(Details), base.region))
  for (const vulnerability of finding.Vulnerabilities ?? []) {
    const control = identify(vulnerability.Id, 'Vulnerabilities.Id', base.accountId)
    const { ExploitAvailable: exploit, FixAvailable: fix, EpssScore: epss } = vulnerability
    const rating = toRating({ exploit, fix, epss })
    const packages = vulnerability.VulnerablePackages?.length ? vulnerability.VulnerablePackages : [{}]
    for (const { Name, Version } of packages) {
      const named = [Name, Version].filter(Boolean).join(' ')
      const packageName = identify(named, 'VulnerablePackages.Name', base.accountId)
      for (const [index, resource] of resources.entries()) {
        const otherResources = resources.filter(other => other !== resource)
        outcomes.set(JSON.stringify([control, packageName, resource.id]), {
          ...base,
          control,
          packageName,
          resource,
          otherResources,
          machineImage: images[index] ?? null,
          rating,
        })
        if (outcomes.size > MAX_OUTCOMES)
          throw new RejectedRecord('bad_field', { field: 'Vulnerabilities' }, base.accountId)
      }
    }
  }
  return outcomes.size > 0 ? [...outcomes.values()] : [{ ...base, machineImage: images[0] ?? null }]
}

function imageOf(details: unknown): unknown {
  const instance = isRecord(details) ? details.AwsEc2Instance : null
  return isRecord(instance) ? instance.ImageId : null
}
