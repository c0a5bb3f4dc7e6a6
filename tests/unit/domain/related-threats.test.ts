import { expect, test } from 'vitest'
import type { ThreatFacts } from '../../../lib/domain/findings/facts'
import { consoleLinks } from '../../../lib/domain/threats/console-link'
import { actorOf, sharedActor } from '../../../lib/domain/threats/related'

const remote = (ip: string | null) => ({ ip, asn: null, organization: null, country: null, city: null })
const facts = (parts: Partial<ThreatFacts>): ThreatFacts => ({
  kind: 'threat',
  principal: null,
  principalType: null,
  accessKeyId: null,
  remotes: [],
  action: null,
  api: null,
  service: null,
  domain: null,
  port: null,
  protocol: null,
  direction: null,
  userAgent: null,
  threatLists: [],
  detectorId: null,
  firstSeen: null,
  lastSeen: null,
  count: null,
  sample: false,
  ...parts,
})

test('actors share keys and addresses anywhere, and names only within an account', () => {
  const one = actorOf(facts({ principal: 'hanako', accessKeyId: 'AKIA1', remotes: [remote('198.51.100.7')] }))
  const two = actorOf(facts({ principal: 'hanako', accessKeyId: 'AKIA1', remotes: [remote('198.51.100.7')] }))
  expect(sharedActor(one, two, true)).toEqual(['key', 'ip', 'principal'])
  expect(sharedActor(one, two, false)).toEqual(['key', 'ip'])
  expect(sharedActor(one, actorOf(facts({})), true)).toEqual([])
})

test('a word of a few letters identifies nobody', () => {
  expect(actorOf(facts({ principal: 'ec2', remotes: [remote(null)] }))).toEqual({ key: null, ips: [], principal: null })
})

test.each([
  [
    'guardduty',
    'ap-northeast-1',
    'aa11',
    'https://console.aws.amazon.com/guardduty/home?region=ap-northeast-1#/findings?search=id%3Daa11',
  ],
  [
    'security-hub',
    'us-east-1',
    'arn:aws:guardduty:us-east-1:123456789012:detector/00/finding/bb22',
    'https://console.aws.amazon.com/guardduty/home?region=us-east-1#/findings?search=id%3Dbb22',
  ],
  [
    'guardduty',
    'cn-north-1',
    'cc33',
    'https://console.amazonaws.cn/guardduty/home?region=cn-north-1#/findings?search=id%3Dcc33',
  ],
  [
    'security-hub',
    'us-gov-west-1',
    'arn:aws-us-gov:macie2:us-gov-west-1:123456789012:finding/x',
    'https://console.amazonaws-us-gov.com/securityhub/home?region=us-gov-west-1#/findings?search=Id%3D%255Coperator%255C%253AEQUALS%255C%253Aarn:aws-us-gov:macie2:us-gov-west-1:123456789012:finding/x',
  ],
  [
    'inspector',
    'eusc-de-east-1',
    `arn:aws-eusc:inspector2:eusc-de-east-1:123456789012:finding/${'a'.repeat(32)}`,
    `https://console.amazonaws-eusc.eu/inspector/v2/home?region=eusc-de-east-1#/findings/details/arn%3Aaws-eusc%3Ainspector2%3Aeusc-de-east-1%3A123456789012%3Afinding/${'a'.repeat(32)}`,
  ],
  [
    'macie',
    'us-east-1',
    'b'.repeat(32),
    `https://console.aws.amazon.com/macie/home?region=us-east-1#findings?itemId=${'b'.repeat(32)}`,
  ],
  [
    'access-analyzer',
    'us-east-1',
    'dad90d5d-63b4-6575-b0fa-ef9c556ae798',
    'https://console.aws.amazon.com/access-analyzer/home?region=us-east-1#/findings/details/dad90d5d-63b4-6575-b0fa-ef9c556ae798',
  ],
  [
    'trusted-advisor',
    'global',
    '12Fnkpl8Y5/x',
    'https://console.aws.amazon.com/trustedadvisor/home?#/category/security',
  ],
  ['trusted-advisor', 'global', 'Qch7DwouX1/x', null],
  ['prowler', 'us-east-1', 'arn:aws:securityhub:us-east-1:123456789012:x', null],
  ['security-hub', 'us-iso-east-1', 'arn:aws-iso:macie2:us-iso-east-1:123456789012:finding/x', null],
  ['guardduty', 'us-east-1', 'x&y=<script>', null],
  ['guardduty', 'javascript:alert(1)', 'aa11', null],
] as const)('the console of a record of %s in %s with id %s', (source, region, nativeId, link) => {
  const [first] = consoleLinks(region, [{ source, nativeId }]).toSorted((a, b) => order(a.service) - order(b.service))
  expect(first?.url ?? null).toBe(link)
})

/** GuardDuty's own page comes first here. */
function order(service: string): number {
  return service === 'GuardDuty' ? 0 : 1
}

test('a threat that two services know has a page in each, and one in Detective', () => {
  const id = 'a'.repeat(32)
  const links = consoleLinks('us-east-1', [
    { source: 'guardduty', nativeId: id },
    { source: 'security-hub', nativeId: `arn:aws:guardduty:us-east-1:123456789012:detector/00/finding/${id}` },
  ])
  expect(links.map(({ service }) => service)).toEqual(['Security Hub CSPM', 'GuardDuty', 'Detective'])
  expect(links.at(-1)?.url).toBe(
    `https://console.aws.amazon.com/detective/home?region=us-east-1#findings/GuardDuty/${id}`,
  )
})
