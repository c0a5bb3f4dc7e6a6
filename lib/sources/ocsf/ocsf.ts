import type { Outcome, ResourceRef } from '../../domain/outcome'
import { RejectedRecord } from '../../domain/reject'
import { arnParts, derivedId, firstRegion, identify, parseWith, prose, requireAccount } from '../fields'
import type { ReadingContext, Source } from '../source'
import { toTags } from '../tags'
import { firstText, httpUrl, isRecord, shown } from '../text'
import { readTime } from '../time'
import { classOf, controlOf, kindOf } from './control'
import { originOf, requireAws } from './origin'
import { resultOf } from './result'
import { OcsfFinding, type OcsfResource } from './schema'
import { readSeverity } from './severity'

/** See asff: CVEs times resources times packages must not grow without end. */
const MAX_OUTCOMES = 1000
/** The category of findings among OCSF's classes. */
const FINDINGS = /^2\d{3}$/

/** Open Cybersecurity Schema Framework, finding classes 2001 to 2004: https://schema.ocsf.io */
export const ocsf: Source<OcsfFinding> = {
  id: 'ocsf',
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

function normalise(finding: OcsfFinding, { now }: ReadingContext): Outcome[] {
  requireAws(finding)
  const found = [...(finding.resources ?? []), ...(finding.resource ? [finding.resource] : [])]
  const accountId = accountOf(finding, found)
  const kind = kindOf(finding.class_uid, finding.class_name)
  if (!kind) throw new RejectedRecord('unknown_format', {}, accountId)
  const { source, product } = originOf(finding)
  const findingClass = classOf(finding, kind, source === 'prowler')
  const resources = found.map(resource => toResource(resource, accountId)).filter(({ id }) => id !== '')
  const [resource] = resources
  if (!resource) throw new RejectedRecord('missing_field', { field: 'resources' }, accountId)
  const control = identify(controlOf(finding, findingClass), 'control', accountId)
  if (control === '' && findingClass !== 'vulnerability') {
    throw new RejectedRecord('missing_field', { field: 'control' }, accountId)
  }
  const region = firstRegion(finding.cloud?.region, found[0]?.region, arnParts(resource.id)?.region)
  const info = finding.finding_info ?? finding.finding
  const nativeId = placeholderFree(firstText(info?.uid, finding.metadata?.uid), 'finding_info.uid', accountId)
  const time = (field: string, value: unknown) => readTime(value, field, now, accountId)
  const base: Outcome = {
    source,
    product: prose(product, 'name'),
    nativeId: nativeId || derivedId(product, control, region, resource.id),
    class: findingClass,
    accountId,
    region,
    control,
    result: resultOf(finding),
    severity: readSeverity(finding, accountId),
    title: prose(firstText(info?.title, finding.message, control), 'title'),
    description: prose(descriptionOf(finding, source === 'prowler'), 'text'),
    ...remediationOf(finding),
    resource,
    otherResources: resources.slice(1),
    tags: toTags(found[0]?.tags) ?? toTags(found[0]?.labels),
    packageName: '',
    firstObservedAt:
      time('first_seen_time', info?.first_seen_time_dt ?? info?.first_seen_time) ??
      time('created_time', info?.created_time_dt ?? info?.created_time),
    updatedAt:
      time('modified_time', info?.modified_time_dt ?? info?.modified_time) ??
      time('time', finding.time_dt ?? finding.time ?? finding.event_time) ??
      time('last_seen_time', info?.last_seen_time_dt ?? info?.last_seen_time),
  }
  return findingClass === 'vulnerability' ? vulnerabilities(finding, base, resources) : [base]
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
  // ASFF names an account this way; with both formats on, the same control on it is one finding.
  return { id: type === 'AWS::::Account' && /^\d{12}$/.test(id) ? `${type}:${id}` : id, type }
}

/** Templates of reports leave `<finding_uid>` and the like, the same for every record: no identity. */
function placeholderFree(id: string, field: string, accountId: string): string {
  if (/^<[^>]*>$/.test(id)) throw new RejectedRecord('bad_field', { field }, accountId)
  return identify(id, field, accountId)
}

/** Prowler's description is the check's; what was found on this resource stands in status_detail or message. */
function descriptionOf(finding: OcsfFinding, isProwler: boolean): string {
  const info = finding.finding_info ?? finding.finding
  return isProwler ? firstText(finding.message, info?.desc) : firstText(info?.desc, finding.message)
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
        })
        if (outcomes.size > MAX_OUTCOMES) throw new RejectedRecord('bad_field', { field: 'vulnerabilities' }, accountId)
      }
    }
  }
  if (outcomes.size > 0) return [...outcomes.values()]
  if (base.control === '') throw new RejectedRecord('missing_field', { field: 'vulnerabilities' }, accountId)
  return [base]
}
