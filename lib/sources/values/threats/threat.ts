import type { Remote, ThreatFacts } from '../../../domain/findings/facts'
import { looseCount, looseInstant, looseList, looseText, looseTexts, valueAt } from '../loose'
import { isRecord } from '../text'
import { sequenceParts } from './sequence'

/** Who was affected or acted, where another part of the record names it. */
export interface Identity {
  principal: string | null
  principalType: string | null
  accessKeyId: string | null
}

const MAX_REMOTES = 20

/**
 * Facts of a threat from the `service` of a finding in GuardDuty's shape, with keys in camelCase. Security Hub writes the
 * same object as paths of ProductFields, and its own Action has the same parts.
 * https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Service.html
 */
export function toThreatFacts(service: unknown, identity: Identity, title: string): ThreatFacts {
  const action = valueAt(service, 'action')
  const details = detailsOf(action)
  const info = additionalInfo(service)
  const probes = looseList(valueAt(details, 'portProbeDetails'), MAX_REMOTES)
  const ends = [details, ...probes].map(each => toRemote(valueAt(each, 'remoteIpDetails')))
  const lists = looseList(valueAt(service, 'evidence', 'threatIntelligenceDetails'))
  const port =
    looseCount(valueAt(details, 'remotePortDetails', 'port')) ??
    looseCount(valueAt(details, 'localPortDetails', 'port')) ??
    looseCount(valueAt(probes[0], 'localPortDetails', 'port'))
  const sample = valueAt(info, 'sample')
  const sequence = sequenceParts(valueAt(service, 'detection', 'sequence'))
  const [actor] = sequence?.sequence.actors ?? []
  return {
    kind: 'threat',
    ...(identity.principal === null && identity.accessKeyId === null && actor ? actor : identity),
    remotes: eachOnce([...ends.filter(end => end !== null), ...(sequence?.remotes ?? [])]),
    action: looseText(valueAt(action, 'actionType')),
    api:
      looseText(valueAt(details, 'api')) ??
      looseText(valueAt(details, 'requestUri')) ??
      looseText(valueAt(details, 'verb')),
    service: looseText(valueAt(details, 'serviceName')),
    domain: looseText(valueAt(details, 'domain')) ?? looseText(valueAt(details, 'domainDetails', 'domain')),
    port,
    protocol: looseText(valueAt(details, 'protocol')),
    direction: looseText(valueAt(details, 'connectionDirection')),
    userAgent: looseText(valueAt(info, 'userAgent', 'fullUserAgent')) ?? looseText(valueAt(details, 'userAgent')),
    threatLists: looseTexts([
      valueAt(info, 'threatListName'),
      ...lists.map(each => valueAt(each, 'threatListName')),
      ...lists.flatMap(each => looseList(valueAt(each, 'threatNames'))),
    ]),
    detectorId: looseText(valueAt(service, 'detectorId')),
    firstSeen: looseInstant(valueAt(service, 'eventFirstSeen')),
    lastSeen: looseInstant(valueAt(service, 'eventLastSeen')),
    count: looseCount(valueAt(service, 'count')),
    sample: sample === true || sample === 'true' || title.startsWith('[SAMPLE]'),
    ...(sequence && { sequence: sequence.sequence }),
  }
}

/** The part of an action that its kind names: each action has one. */
function detailsOf(action: unknown): unknown {
  if (!isRecord(action)) return undefined
  return Object.entries(action).find(([key, value]) => key.endsWith('Action') && isRecord(value))?.[1]
}

/** Newer findings put more into one text of JSON. */
function additionalInfo(service: unknown): unknown {
  const info = valueAt(service, 'additionalInfo')
  const text = valueAt(info, 'value')
  if (typeof text !== 'string' || !text.startsWith('{')) return info
  try {
    return { ...(isRecord(info) ? info : {}), ...JSON.parse(text) }
  } catch {
    return info
  }
}

function toRemote(details: unknown): Remote | null {
  const ip = looseText(valueAt(details, 'ipAddressV4')) ?? looseText(valueAt(details, 'ipAddressV6'))
  const organization = valueAt(details, 'organization')
  return ip === null
    ? null
    : {
        ip,
        asn: looseCount(valueAt(organization, 'asn')),
        organization: looseText(valueAt(organization, 'asnOrg')) ?? looseText(valueAt(organization, 'org')),
        country: looseText(valueAt(details, 'country', 'countryName')),
        city: looseText(valueAt(details, 'city', 'cityName')),
      }
}

function eachOnce(remotes: readonly Remote[]): Remote[] {
  return [...new Map(remotes.map(remote => [remote.ip, remote])).values()]
}
