import type { CheckFacts, Remote, ThreatFacts, VulnerabilityFacts } from '../../domain/findings/facts'
import { snippetsIn, toCheckFacts } from '../values/check-facts'
import { looseCount, looseInstant, looseList, looseNumber, looseText, looseTexts, valueAt } from '../values/loose'
import { isRecord } from '../values/text'
import { toPackageFix, toVulnerabilityFacts } from '../values/vulnerability'
import type { OcsfFinding } from './schema'

const LIMIT = 20

/** Facts of a detection: its evidence, actor and times. https://schema.ocsf.io/classes/detection_finding */
export function threatFacts(finding: OcsfFinding): ThreatFacts {
  const evidences = looseList(finding.evidences, LIMIT)
  const first = (...path: string[]) => evidences.map(each => looseText(valueAt(each, ...path))).find(Boolean) ?? null
  const info = finding.finding_info ?? finding.finding
  const user = [...evidences.map(each => valueAt(each, 'actor', 'user')), valueAt(finding.actor, 'user')].find(Boolean)
  const title = info?.title ?? ''
  return {
    kind: 'threat',
    principal: looseText(valueAt(user, 'name')) ?? identityId(valueAt(user, 'uid')),
    principalType: looseText(valueAt(user, 'type')),
    accessKeyId: looseText(valueAt(user, 'credential_uid')),
    remotes: remotesOf(evidences),
    action: first('connection_info', 'direction') === null ? null : 'NETWORK_CONNECTION',
    api: first('api', 'operation'),
    service: first('api', 'service', 'name'),
    domain: first('query', 'hostname'),
    port: evidences.map(each => looseCount(valueAt(each, 'dst_endpoint', 'port'))).find(port => port !== null) ?? null,
    protocol: first('connection_info', 'protocol_name'),
    direction: first('connection_info', 'direction'),
    userAgent: first('http_request', 'user_agent'),
    threatLists: looseTexts(looseList(finding.malware, LIMIT).map(each => valueAt(each, 'name'))),
    detectorId: null,
    firstSeen: looseInstant(info?.first_seen_time) ?? looseInstant(info?.first_seen_time_dt),
    lastSeen: looseInstant(info?.last_seen_time) ?? looseInstant(info?.last_seen_time_dt),
    count: looseCount(finding.count),
    sample: title.startsWith('[SAMPLE]'),
  }
}

/** The id of an identity of AWS. The number of a user of an operating system identifies nobody. */
function identityId(uid: unknown): string | null {
  const text = looseText(uid)
  return text === null || /^\d{1,10}$/.test(text) ? null : text
}

/** Networks of one's own: https://www.rfc-editor.org/rfc/rfc6890 */
const PRIVATE = /^(10\.|127\.|169\.254\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|f[cd][0-9a-f]{2}:|fe80:|::1$)/i

/** The other ends of connections. Evidence names both ends, and which is one's own only by direction and address. */
function remotesOf(evidences: readonly unknown[]): Remote[] {
  const ends = evidences.flatMap(each => {
    const pair = [valueAt(each, 'src_endpoint'), valueAt(each, 'dst_endpoint')]
    return /^outbound$/i.test(looseText(valueAt(each, 'connection_info', 'direction')) ?? '') ? pair.reverse() : pair
  })
  const remotes = ends.flatMap((end): Remote[] => {
    const ip = looseText(valueAt(end, 'ip'))
    if (ip === null) return []
    return [
      {
        ip,
        asn: looseCount(valueAt(end, 'autonomous_system', 'number')),
        organization: looseText(valueAt(end, 'autonomous_system', 'name')),
        country: looseText(valueAt(end, 'location', 'country')),
        city: looseText(valueAt(end, 'location', 'city')),
      },
    ]
  })
  const others = remotes.filter(({ ip }) => !PRIVATE.test(ip ?? ''))
  const named = others.length > 0 ? others : remotes
  return [...new Map(named.map(remote => [remote.ip, remote])).values()].slice(0, LIMIT)
}

type Vulnerability = NonNullable<OcsfFinding['vulnerabilities']>[number]

/** https://schema.ocsf.io/objects/vulnerability */
export function vulnerabilityFacts(vulnerability: Vulnerability): VulnerabilityFacts | null {
  const packages = vulnerability.affected_packages ?? vulnerability.packages ?? []
  const word = (value: unknown) => (value === true ? 'YES' : value === false ? 'NO' : undefined)
  return toVulnerabilityFacts({
    exploit: word(vulnerability.is_exploit_available),
    fix: word(vulnerability.is_fix_available),
    epss: looseNumber(valueAt(vulnerability.cve, 'epss', 'score')),
    cvss: looseList(valueAt(vulnerability.cve, 'cvss')).map(score => ({
      version: valueAt(score, 'version'),
      score: valueAt(score, 'base_score'),
      vector: valueAt(score, 'vector_string'),
      source: valueAt(score, 'vendor_name'),
    })),
    packages: packages.slice(0, LIMIT).flatMap(each =>
      toPackageFix({
        name: each.name,
        version: each.version,
        fixed: each.fixed_in_version,
        path: each.path,
        command: valueAt(each.remediation, 'desc'),
      }),
    ),
    references: looseList(vulnerability.references),
    vendorSeverity: vulnerability.severity,
  })
}

/** What Prowler writes about a check beside its result. */
export function checkFacts(finding: OcsfFinding): CheckFacts | null {
  const remediation = finding.remediation ?? (finding.finding_info ?? finding.finding)?.remediation
  const references = looseList(valueAt(remediation, 'references'))
  const compliance = valueAt(finding.unmapped, 'compliance')
  return toCheckFacts({
    categories: valueAt(finding.unmapped, 'categories'),
    frameworks: isRecord(compliance) ? Object.entries(compliance) : [],
    ...snippetsIn(references),
    references: [...references, ...looseList(valueAt(finding.unmapped, 'additional_urls'))],
  })
}
