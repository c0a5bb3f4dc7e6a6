import { controlTable } from '../../domain/controls/table'
import type { FindingClass, Outcome, ResourceRef, SourceId } from '../../domain/imports/outcome'
import { RejectedRecord } from '../../domain/imports/reject'
import { partOfResource } from '../prowler-native/part-of-resource'
import type { ReadingContext, Source } from '../source'
import { arnParts, derivedId, firstRegion, identify, parseWith, prose, requireAccount } from '../values/fields'
import { formerNames } from '../values/former-names'
import { toTags } from '../values/tags'
import { firstText, httpUrl, isRecord, shown } from '../values/text'
import { readShown, readUpdated } from '../values/time'
import { classOf, controlOf, kindOf } from './control'
import { checkFacts, threatFacts, vulnerabilityFacts } from './facts'
import { originOf, requireAws } from './origin'
import { resultOf, suppressionOf } from './result'
import { OcsfFinding, type OcsfResource } from './schema'
import { readSeverity } from './severity'

/** See asff: the product of CVEs, resources and packages needs a limit. */
const MAX_OUTCOMES = 1000
/** The category of findings among OCSF's classes. */
const FINDINGS = /^2\d{3}$/

/** Open Cybersecurity Schema Framework, finding classes 2001 to 2004: https://schema.ocsf.io */
export const ocsf: Source<OcsfFinding> = {
  recognises: record =>
    'class_uid' in record || ('class_name' in record && ('metadata' in record || 'finding_info' in record)),
  parse(record) {
    if (kindOf(record.class_uid, record.class_name)) return parseWith(OcsfFinding, record)
    const { class_uid: uid, class_name: name } = record
    const isFinding = FINDINGS.test(shown(uid)) || /finding/i.test(shown(name))
    throw new RejectedRecord(isFinding ? 'unknown_format' : 'not_a_finding', { what: shown(name ?? uid) })
  },
  normalise,
}

function normalise(finding: OcsfFinding, context: ReadingContext): Outcome[] {
  requireAws(finding)
  const found = [...(finding.resources ?? []), ...(finding.resource ? [finding.resource] : [])]
  const accountId = accountOf(finding, found)
  const kind = kindOf(finding.class_uid, finding.class_name)
  if (!kind) throw new RejectedRecord('unknown_format', {}, accountId)
  const { source, product } = originOf(finding)
  const findingClass = classOf(finding, kind, source === 'prowler')
  const resources = found.map(resource => toResource(resource, accountId)).filter(({ id }) => id !== '')
  if (resources.length > MAX_OUTCOMES) throw new RejectedRecord('bad_field', { field: 'resources' }, accountId)
  const [resource] = resources
  if (!resource) throw new RejectedRecord('missing_field', { field: 'resources' }, accountId)
  const control = identify(controlOf(finding, findingClass), 'control', accountId)
  if (control === '' && findingClass !== 'vulnerability') {
    throw new RejectedRecord('missing_field', { field: 'control' }, accountId)
  }
  const byRecord =
    findingClass === 'posture' && !namesChecks(finding, source, findingClass) && !controlTable.find(control, source)
  const regionOf = (id: string) =>
    firstRegion(
      arnParts(id)?.region,
      found.find(({ uid }) => uid === id)?.region,
      found[0]?.region,
      finding.cloud?.region,
    )
  const region = regionOf(resource.id)
  // Earlier versions used the Region of the record first, and the one in the resource's ARN last.
  const formerOf = (named: Pick<Outcome, 'control' | 'region' | 'resource'>) =>
    formerNames(named, {
      region: firstRegion(finding.cloud?.region, found[0]?.region, arnParts(named.resource.id)?.region),
    })
  const info = finding.finding_info ?? finding.finding
  const nativeId = placeholderFree(firstText(info?.uid, finding.metadata?.uid), 'finding_info.uid', accountId)
  const title = prose(firstText(info?.title, finding.message, control), 'title')
  const result = resultOf(finding)
  const suppression = suppressionOf(finding, source === 'prowler', result)
  const base: Outcome = {
    source,
    product: prose(product, 'name'),
    nativeId: nativeId || derivedId(product, control, region, resource.id, ...(byRecord ? [title] : [])),
    class: findingClass,
    accountId,
    region,
    control,
    result,
    ...(suppression && { suppression }),
    severity: readSeverity(finding, accountId),
    title,
    description: prose(descriptionOf(finding, source === 'prowler'), 'text'),
    ...remediationOf(finding),
    resource,
    otherResources: [],
    tags: tagsOf(found[0]),
    packageName: '',
    ...(byRecord && { byRecord }),
    ...formerOf({ control, region, resource }),
    firstObservedAt: readShown(
      [
        ['first_seen_time', info?.first_seen_time ?? info?.first_seen_time_dt],
        ['created_time', info?.created_time ?? info?.created_time_dt],
      ],
      context,
      accountId,
    ),
    // The epochs are exact; Prowler writes the other times without a zone.
    ...readUpdated(
      [
        ['modified_time', info?.modified_time],
        ['modified_time', info?.modified_time_dt],
        ['time', finding.time],
        ['time', finding.time_dt],
        ['time', finding.event_time],
        ['last_seen_time', info?.last_seen_time],
        ['last_seen_time', info?.last_seen_time_dt],
      ],
      context,
      accountId,
    ),
  }
  switch (findingClass) {
    case 'vulnerability':
      return vulnerabilities(finding, base, resources)
    case 'threat':
      return [{ ...base, otherResources: resources.slice(1), facts: threatFacts(finding) }]
    case 'posture': {
      const facts = base.result === 'failed' ? checkFacts(finding) : null
      return subjectsOf(resources).map(subject => {
        const named = found.find(({ uid, name }) => firstText(uid, name) === subject.id)
        const { former: _, ...rest } = base
        const place = { region: regionOf(subject.id), resource: subject }
        return {
          ...rest,
          ...place,
          ...formerOf({ control, ...place }),
          tags: tagsOf(named ?? found[0]),
          ...(facts && { facts }),
          packageName:
            source === 'prowler'
              ? identify(partOfResource(control, subject.id, named?.name), 'resources.name', accountId)
              : '',
        }
      })
    }
  }
}

function tagsOf(resource: OcsfResource | undefined) {
  return toTags(resource?.tags) ?? toTags(resource?.labels)
}

/** The resources of a posture finding, each once. An account beside another resource is only its location. */
function subjectsOf(resources: readonly ResourceRef[]): ResourceRef[] {
  const byId = [...new Map(resources.map(resource => [resource.id, resource])).values()]
  const others = byId.filter(({ type }) => type !== 'AWS::::Account' && type !== 'AwsAccount')
  return others.length > 0 ? others : byId
}

/**
 * Whether the tool names each of its checks: Prowler, and Security Hub for its own controls. For an analytic it is not
 * known.
 */
function namesChecks(finding: OcsfFinding, source: SourceId, findingClass: FindingClass): boolean {
  if (source === 'prowler') return true
  return source === 'security-hub-v2' && controlOf(finding, findingClass) === finding.compliance?.control
}

function accountOf(finding: OcsfFinding, resources: OcsfResource[]): string {
  const { cloud } = finding
  const [first] = resources
  for (const account of [cloud?.account?.uid, cloud?.account_uid, first?.owner?.account?.uid, first?.account_uid]) {
    if (account !== undefined && account !== null && account !== '') return requireAccount(account)
  }
  const derived = arnParts(first?.uid ?? '')?.account
  if (derived) return derived
  throw new RejectedRecord('missing_field', { field: 'cloud.account.uid' })
}

function toResource(resource: OcsfResource, accountId: string): ResourceRef {
  const id = placeholderFree(firstText(resource.uid, resource.name), 'resources.uid', accountId)
  const type = prose(resource.type, 'name')
  // ASFF names an account this way, so that the same control in both formats is one finding.
  return { id: type === 'AWS::::Account' && /^\d{12}$/.test(id) ? `${type}:${id}` : id, type }
}

/** Report templates leave placeholders such as `<finding_uid>`, the same for every record: no identity. */
function placeholderFree(id: string, field: string, accountId: string): string {
  if (/^<[^>]*>$/.test(id)) throw new RejectedRecord('bad_field', { field }, accountId)
  return identify(id, field, accountId)
}

/** In Prowler's records `desc` describes the check; `message` or, since version 4, `status_detail` the result. */
function descriptionOf(finding: OcsfFinding, isProwler: boolean): string {
  const info = finding.finding_info ?? finding.finding
  if (!isProwler) return firstText(info?.desc, finding.message, finding.status_detail)
  const found = firstText(finding.message, finding.status_detail, info?.desc)
  // As in Prowler's CSV and JSON.
  return [found, firstText(finding.risk_details)].filter(Boolean).join('\n\n')
}

function remediationOf(finding: OcsfFinding): { remediationText: string; remediationUrl: string } {
  const remediation = finding.remediation ?? (finding.finding_info ?? finding.finding)?.remediation
  const unmapped = isRecord(finding.unmapped) ? finding.unmapped.related_url : undefined
  if (!isRecord(remediation)) return { remediationText: '', remediationUrl: httpUrl(unmapped) }
  const { desc, references, kb_articles: articles } = remediation
  const links = [references, articles].flatMap(list => (Array.isArray(list) ? list.slice(0, 100) : []))
  const url = links.map(httpUrl).find(Boolean) ?? httpUrl(unmapped)
  return { remediationText: prose(typeof desc === 'string' ? desc : '', 'text'), remediationUrl: url }
}

function vulnerabilities(finding: OcsfFinding, base: Outcome, resources: ResourceRef[]): Outcome[] {
  const { accountId } = base
  const outcomes = new Map<string, Outcome>()
  for (const vulnerability of finding.vulnerabilities ?? []) {
    const uid = firstText(vulnerability.cve?.uid, vulnerability.advisory?.uid) || base.control
    if (uid === '') throw new RejectedRecord('missing_field', { field: 'vulnerabilities.cve.uid' }, accountId)
    const control = identify(uid, 'vulnerabilities.cve.uid', accountId)
    const facts = vulnerabilityFacts(vulnerability)
    const listed = vulnerability.affected_packages ?? vulnerability.packages ?? []
    for (const { name, version } of listed.length > 0 ? listed : [{ name: '', version: '' }]) {
      const packageName = identify([name, version].filter(Boolean).join(' '), 'affected_packages.name', accountId)
      for (const resource of resources) {
        const otherResources = resources.filter(other => other !== resource)
        outcomes.set(JSON.stringify([control, packageName, resource.id]), {
          ...base,
          title: base.title || prose(control, 'title'),
          control,
          packageName,
          resource,
          otherResources,
          facts,
        })
        if (outcomes.size > MAX_OUTCOMES) throw new RejectedRecord('bad_field', { field: 'vulnerabilities' }, accountId)
      }
    }
  }
  if (outcomes.size > 0) return [...outcomes.values()]
  if (base.control === '') throw new RejectedRecord('missing_field', { field: 'vulnerabilities' }, accountId)
  return [base]
}
