import { expect, test } from 'vitest'
import type { ThreatFacts } from '../../../lib/domain/findings/facts'
import { outcomeOf } from './support'

const detection = (evidences: unknown[], more: Record<string, unknown> = {}) => ({
  class_uid: 2004,
  class_name: 'Detection Finding',
  activity_id: 1,
  severity_id: 4,
  status_id: 1,
  time: 1_760_000_000_000,
  metadata: { product: { name: 'GuardDuty', vendor_name: 'AWS', uid: 'arn:aws:guardduty' } },
  finding_info: {
    uid: 'arn:aws:guardduty:eu-west-1:123456789012:detector/d1/finding/b0b1',
    title: 'A threat',
    types: ['UnauthorizedAccess:EC2/SSHBruteForce'],
  },
  cloud: { account: { uid: '123456789012' }, region: 'eu-west-1', provider: 'AWS' },
  resources: [{ uid: 'i-0a1b2c3d4e5f60718', type: 'AWS::EC2::Instance' }],
  evidences,
  ...more,
})
function factsOf(evidences: unknown[]): ThreatFacts {
  const { facts } = outcomeOf(detection(evidences))
  if (facts?.kind !== 'threat') throw new Error('no facts of a threat')
  return facts
}
const [inside, outside] = [{ ip: '10.0.3.7' }, { ip: '198.51.100.7' }]

test.each([
  ['Inbound', outside, inside],
  ['Outbound', inside, outside],
])('the other end of an %s connection is not one’s own address', (direction, src_endpoint, dst_endpoint) => {
  const facts = factsOf([{ connection_info: { direction }, src_endpoint, dst_endpoint }])
  expect(facts.remotes.map(({ ip }) => ip)).toEqual(['198.51.100.7'])
})

test('of two public addresses the one that was called comes first, so that commands are about it', () => {
  const [own, other] = [{ ip: '203.0.113.9' }, { ip: '198.51.100.7' }]
  const connection_info = { direction: 'Outbound' }
  const facts = factsOf([{ connection_info, src_endpoint: own, dst_endpoint: other }])
  expect(facts.remotes.map(({ ip }) => ip)).toEqual(['198.51.100.7', '203.0.113.9'])
})

test('an address inside is kept where there is no other', () => {
  expect(factsOf([{ src_endpoint: inside }]).remotes.map(({ ip }) => ip)).toEqual(['10.0.3.7'])
})

test.each([
  [{ name: 'alice', uid: 'AIDAEXAMPLE' }, 'alice'],
  [{ name: '', uid: 'AIDAEXAMPLE' }, 'AIDAEXAMPLE'],
  // The superuser of the operating system.
  [{ name: '', uid: '0' }, null],
])('the principal of %j is %s', (user, principal) => {
  expect(factsOf([{ actor: { user } }]).principal).toBe(principal)
})
