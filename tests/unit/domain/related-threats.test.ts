import { expect, test } from 'vitest'
import type { ThreatFacts } from '../../../lib/domain/findings/facts'
import { consoleLink } from '../../../lib/domain/threats/console-link'
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
  ['security-hub', 'us-east-1', 'arn:aws:macie2:us-east-1:123456789012:finding/x', null],
  ['guardduty', 'us-east-1', 'x&y=<script>', null],
  ['guardduty', 'javascript:alert(1)', 'aa11', null],
] as const)('the console of a record of %s in %s with id %s', (source, region, nativeId, link) => {
  expect(consoleLink(region, [{ source, nativeId }])).toBe(link)
})
