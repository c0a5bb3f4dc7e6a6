import { controlTable } from '../../domain/controls/table'
import type { FindingClass, FormerNames, Outcome, ResourceRef } from '../../domain/imports/outcome'
import { RejectedRecord } from '../../domain/imports/reject'
import { networkPath } from '../inspector/reachability'
import type { ReadingContext, Source } from '../source'
import {
  arnParts,
  derivedId,
  firstRegion,
  identify,
  knownRegion,
  parseWith,
  prose,
  requireAccount,
} from '../values/fields'
import { formerNames } from '../values/former-names'
import { requireAwsResource } from '../values/provider'
import { toTags } from '../values/tags'
import { firstText, httpUrl, isRecord } from '../values/text'
import { readShown, readUpdated } from '../values/time'
import { adviceText, replacedImage } from '../values/vulnerability'
import { checkOf, isSecurityHubControl } from './control'
import { checkFacts, threatFacts, vulnerabilityFacts } from './facts'
import { originOf } from './origin'
import { ownUpdate, resultOf, suppressionOf } from './result'
import { AsffFinding } from './schema'
import { readSeverity } from './severity'

/** A record gives one outcome per CVE, resource and package; the limit stops hostile records. */
const MAX_OUTCOMES = 1000

/** AWS Security Finding Format: Security Hub, its EventBridge events, and the many tools that write it. */
export const asff: Source<AsffFinding> = {
  recognises(record) {
    if (typeof record.SchemaVersion === 'string' && 'ProductArn' in record) return true
    const marks = ['SchemaVersion', 'ProductArn', 'GeneratorId', 'AwsAccountId', 'Severity', 'Resources', 'Types']
    return record.SchemaVersion === '2018-10-08' || marks.filter(mark => mark in record).length >= 3
  },
  parse: record => parseWith(AsffFinding, record),
  normalise,
}

function normalise(finding: AsffFinding, context: ReadingContext): Outcome[] {
  requireAwsResource(finding.Resources.map(({ Provider }) => Provider))
  const fields = isRecord(finding.ProductFields) ? finding.ProductFields : {}
  const accountId = accountOf(finding)
  const { source, product } = originOf(finding, fields)
  const types = typesOf(finding)
  const named = checkOf(finding, fields, types, product)
  const findingClass = named.class ?? classOf(finding, types, product)
  const control = identify(controlFor(findingClass, finding, types, named.control), 'GeneratorId', accountId)
  if (control === '') throw new RejectedRecord('missing_field', { field: 'GeneratorId' }, accountId)
  const { subjects, context: others } = subjectsOf(finding.Resources)
  const resources = subjects.map(({ Id, Type }) => toResource(Id, Type, accountId))
  if (subjects.length > MAX_OUTCOMES) throw new RejectedRecord('bad_field', { field: 'Resources' }, accountId)
  const [resource] = resources
  const [subject] = subjects
  if (!resource || !subject) throw new RejectedRecord('missing_field', { field: 'Resources' }, accountId)
  const byRecord = findingClass === 'posture' && !named.perCheck && !controlTable.find(control, source)
  const region = regionOf(finding, subject)
  const title = prose(firstText(finding.Title, control), 'title')
  const result = resultOf(finding, source === 'prowler', accountId)
  const suppression = suppressionOf(finding, source === 'prowler', result)
  const own = ownUpdate(finding)
  const base: Outcome = {
    source,
    product: prose(product, 'name'),
    nativeId:
      identify(firstText(finding.Id), 'Id', accountId) ||
      derivedId(product, named.control, region, resource.id, ...(byRecord ? [title] : [])),
    class: findingClass,
    accountId,
    region,
    control,
    result,
    ...(suppression && { suppression }),
    severity: readSeverity(finding.Severity, finding.FindingProviderFields, product, accountId),
    title,
    description: prose([finding.Description, networkPath(finding.NetworkPath)].filter(Boolean).join('\n\n'), 'text'),
    remediationText: prose(adviceText(finding.Remediation?.Recommendation?.Text), 'text'),
    remediationUrl: httpUrl(finding.Remediation?.Recommendation?.Url),
    resource,
    otherResources: others.map(({ Id, Type }) => toResource(Id, Type, accountId)),
    tags: toTags(subject.Tags),
    packageName: '',
    ...(byRecord && { byRecord }),
    ...formerNames({ control, region, resource }, formerOf(finding, subject, region, named.former)),
    firstObservedAt: readShown(
      [
        ['FirstObservedAt', finding.FirstObservedAt],
        ['CreatedAt', finding.CreatedAt],
      ],
      context,
      accountId,
    ),
    ...readUpdated(
      [
        ['UpdatedAt', finding.UpdatedAt],
        ['LastObservedAt', finding.LastObservedAt],
      ],
      context,
      accountId,
    ),
    ...(own?.hasOwnTime && { updatedAt: null }),
    ...(own?.isEcho && { echo: true }),
  }
  switch (findingClass) {
    case 'vulnerability':
      return vulnerabilities(finding, base, resources, subjects)
    case 'threat':
      return [
        {
          ...base,
          otherResources: [...resources.slice(1), ...base.otherResources],
          facts: threatFacts(finding, fields),
        },
      ]
    case 'posture': {
      // Security Hub's own controls have their requirements in the table of controls.
      const facts = source === 'prowler' && result === 'failed' ? checkFacts(finding) : null
      const first = facts ? { ...base, facts } : base
      return subjects.map((each, at) => {
        if (at === 0) return first
        const { former: _, ...rest } = first
        const place = { region: regionOf(finding, each), resource: resources[at] ?? resource }
        const former = formerNames({ control, ...place }, formerOf(finding, each, place.region, named.former))
        return { ...rest, ...place, ...former, tags: toTags(each.Tags) }
      })
    }
  }
}

type AsffResource = AsffFinding['Resources'][number]

/**
 * The resources that a record is about, and those that are only context: the bucket of an object, the account of any
 * resource. https://docs.aws.amazon.com/securityhub/latest/userguide/asff-resources.html
 */
function subjectsOf(resources: readonly AsffResource[]): { subjects: AsffResource[]; context: AsffResource[] } {
  if (resources.length === 1) return { subjects: [...resources], context: [] }
  const contextTypes = new Set<string>()
  const types = new Set(resources.map(({ Type }) => Type ?? ''))
  if (types.has('AwsS3Object')) contextTypes.add('AwsS3Bucket')
  if (types.size > 1) contextTypes.add('AwsAccount')
  const named = resources.filter(({ Id }) => Id.trim() !== '')
  const byId = new Map((named.length > 0 ? named : resources).map(resource => [resource.Id, resource]))
  const [subjects, context]: [AsffResource[], AsffResource[]] = [[], []]
  for (const resource of byId.values()) (contextTypes.has(resource.Type ?? '') ? context : subjects).push(resource)
  return subjects.length > 0 ? { subjects, context } : { subjects: context, context: [] }
}

/** The finding's account, or that of its resource's ARN. Nothing else is used. */
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

/**
 * Namespaces of detections:
 * https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format-type-taxonomy.html
 */
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
  if (findingClass === 'threat') return firstText(threatOf(types[0]), generic)
  return generic
}

/** Kinds of GuardDuty whose tactic is only in the part before: TTPs/Discovery/IAMUser-AnomalousBehavior. */
const WITHOUT_TACTIC = /^TTPs\/([A-Za-z ]+)\/((?:IAMUser|RDS)-\w+)$/

/**
 * The kind of threat, which is the end of the type: TTPs/AttackSequence:IAM/CompromisedCredentials. GuardDuty's generator
 * is its detector, the same for all. https://docs.aws.amazon.com/guardduty/latest/ug/securityhub-integration.html
 */
function threatOf(type: string | undefined): string | undefined {
  const [, tactic, kind] = WITHOUT_TACTIC.exec(type ?? '') ?? []
  if (tactic !== undefined) return `${tactic.replaceAll(' ', '')}:${kind}`
  return /[^/]+:.+$/.exec(type ?? '')?.[0] ?? type?.split('/').at(-1)
}

/** The resource's own Region comes before that of the record: a hub with findings of others names its own. */
function regionOf(finding: AsffFinding, { Id, Region }: AsffResource): string {
  return (
    knownRegion(arnParts(Id)?.region, Region, finding.Region) ??
    firstRegion(arnParts(finding.Id ?? '')?.region, arnParts(finding.ProductArn ?? '')?.region)
  )
}

/** Earlier versions used the Region of the record first, and the one in the resource's ARN last. */
function formerOf(
  finding: AsffFinding,
  { Id, Region }: AsffResource,
  region: string,
  control: string | undefined,
): FormerNames {
  const moved = finding.Region !== region
  return {
    ...(moved && { region: firstRegion(finding.Region, Region, arnParts(Id)?.region) }),
    ...(control && { control }),
  }
}

function toResource(id: string, type: string | null | undefined, accountId: string): ResourceRef {
  return { id: identify(id, 'Resources.Id', accountId), type: prose(type, 'name') }
}

function vulnerabilities(
  finding: AsffFinding,
  base: Outcome,
  resources: ResourceRef[],
  subjects: AsffResource[],
): Outcome[] {
  const outcomes = new Map<string, Outcome>()
  const images = subjects.map(({ Tags, Details }) => replacedImage(Tags, imageOf(Details), base.region))
  for (const vulnerability of finding.Vulnerabilities ?? []) {
    const control = identify(vulnerability.Id, 'Vulnerabilities.Id', base.accountId)
    const facts = vulnerabilityFacts(vulnerability, finding)
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
          facts,
        })
        if (outcomes.size > MAX_OUTCOMES)
          throw new RejectedRecord('bad_field', { field: 'Vulnerabilities' }, base.accountId)
      }
    }
  }
  if (outcomes.size > 0) return [...outcomes.values()]
  // Trivy lists no vulnerability: its package is in the details of the resource.
  const packageName = identify(packageIn(subjects[0]?.Details), 'Resources.Details', base.accountId)
  return [{ ...base, packageName, machineImage: images[0] ?? null }]
}

/** https://github.com/aquasecurity/trivy/blob/main/contrib/asff.tpl */
function packageIn(details: unknown): string {
  const other = isRecord(details) && isRecord(details.Other) ? details.Other : {}
  const name = firstText(other.PkgName)
  return name === '' ? '' : [name, firstText(other['Installed Package'])].filter(Boolean).join(' ')
}

function imageOf(details: unknown): unknown {
  const instance = isRecord(details) ? details.AwsEc2Instance : null
  return isRecord(instance) ? instance.ImageId : null
}
