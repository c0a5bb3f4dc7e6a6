import { expect, test } from 'vitest'
import { playbookFor } from '@/lib/domain/threats/playbook'
import { outcomesOf } from '@/lib/sources/registry'

const now = new Date('2026-11-20T00:00:00Z')
const account = '111122223333'

const sequence = {
  uid: 's-1',
  actors: [
    {
      id: 'a-1',
      user: { name: 'alice', uid: 'AIDAEXAMPLE1234567890', type: 'IAMUser', credentialUid: 'AKIAIOSFODNN7EXAMPLE' },
      session: { uid: 'x', issuer: '' },
    },
    {
      id: 'a-2',
      user: {
        name: 'session',
        uid: 'AROAEXAMPLE1234567890',
        type: 'AssumedRole',
        credentialUid: 'ASIAIOSFODNN7EXAMPLE',
      },
      session: { uid: 'y', issuer: `arn:aws:iam::${account}:role/app-role` },
    },
  ],
  endpoints: [
    {
      id: 'e-1',
      ip: '198.51.100.7',
      location: { city: 'Amsterdam', country: 'Netherlands' },
      autonomousSystem: { number: 64500, name: 'EXAMPLE-NET' },
    },
  ],
  resources: [
    { uid: 'arn:aws:s3:::first-bucket', resourceType: 'S3_BUCKET' },
    { uid: 'arn:aws:s3:::second-bucket', resourceType: 'S3_BUCKET' },
  ],
  signals: [
    {
      uid: 'f-2',
      type: 'FINDING',
      name: 'Exfiltration:S3/AnomalousBehavior',
      firstSeenAt: '2026-11-19T03:00:00Z',
      lastSeenAt: '2026-11-19T03:20:00Z',
      severity: 8,
      count: 12,
    },
    { uid: 'f-1', type: 'CLOUD_TRAIL', name: 's3:ListBuckets', firstSeenAt: '2026-11-19T02:00:00Z', count: 3 },
  ],
  sequenceIndicators: [{ key: 'ATTACK_TACTIC', title: 'MITRE ATT&CK tactics', values: ['Exfiltration', 'Discovery'] }],
}

const finding = {
  id: '8'.repeat(32),
  arn: `arn:aws:guardduty:us-east-1:${account}:detector/${'1'.repeat(32)}/finding/${'8'.repeat(32)}`,
  accountId: account,
  region: 'us-east-1',
  type: 'AttackSequence:S3/CompromisedData',
  title: 'Potential data compromise',
  severity: 9,
  schemaVersion: '2.0',
  createdAt: '2026-11-19T04:00:00Z',
  updatedAt: '2026-11-19T04:00:00Z',
  resource: { resourceType: 'AttackSequence' },
  service: { detectorId: '1'.repeat(32), count: 1, detection: { sequence } },
}

function subject(record: unknown) {
  const [outcome] = outcomesOf(record, { now })
  if (!outcome) throw new Error('No outcome')
  return {
    ...outcome,
    resourceId: outcome.resource.id,
    resourceType: outcome.resource.type,
    sightings: [{ nativeId: outcome.nativeId, source: outcome.source }],
    facts: outcome.facts ?? null,
  }
}

test('keeps the signals, actors, addresses and resources of a sequence', () => {
  const { facts, otherResources } = subject(finding)
  expect(facts).toMatchObject({
    kind: 'threat',
    principal: 'alice',
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    remotes: [{ ip: '198.51.100.7', asn: 64500, country: 'Netherlands' }],
    sequence: {
      signals: [
        { name: 's3:ListBuckets', kind: 'CLOUD_TRAIL', count: 3 },
        { name: 'Exfiltration:S3/AnomalousBehavior', kind: 'FINDING', severity: 8, count: 12 },
      ],
      actors: [
        { principal: 'alice', principalType: 'IAMUser' },
        { principal: 'app-role', principalType: 'AssumedRole', accessKeyId: 'ASIAIOSFODNN7EXAMPLE' },
      ],
      indicators: [{ title: 'MITRE ATT&CK tactics', values: ['Exfiltration', 'Discovery'] }],
    },
  })
  expect(otherResources.map(({ id, type }) => [id, type])).toEqual([
    ['arn:aws:s3:::first-bucket', 'AwsS3Bucket'],
    ['arn:aws:s3:::second-bucket', 'AwsS3Bucket'],
  ])
})

test('contains every actor and every resource of a sequence', async () => {
  const { steps } = await playbookFor('en', subject(finding))
  const of = (id: string) => steps.find(step => step.id === id)?.commands.map(({ text }) => text) ?? []
  expect(of('denyUser')).toEqual([expect.stringContaining('--user-name alice')])
  expect(of('deactivateKey')).toContain(
    'aws iam update-access-key --user-name alice --access-key-id AKIAIOSFODNN7EXAMPLE --status Inactive',
  )
  expect(of('revokeSessions')).toEqual([expect.stringContaining('--role-name app-role')])
  expect(of('blockBucket').map(line => /--bucket (\S+)/.exec(line)?.[1])).toEqual(['first-bucket', 'second-bucket'])
  expect(of('lookupEvents').join()).toContain('AttributeValue=ASIAIOSFODNN7EXAMPLE')
  expect(steps[0]?.id).toBe('sequenceScope')
  expect(steps.map(({ id }) => id)).not.toContain('isolateInstance')
})

test('reads the sequence of a record of Security Hub', () => {
  const upper = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(upper)
      : value !== null && typeof value === 'object'
        ? Object.fromEntries(
            Object.entries(value).map(([key, each]) => [`${key.charAt(0).toUpperCase()}${key.slice(1)}`, upper(each)]),
          )
        : value
  const { facts } = subject({
    SchemaVersion: '2018-10-08',
    Id: finding.arn,
    ProductArn: 'arn:aws:securityhub:us-east-1::product/aws/guardduty',
    ProductName: 'GuardDuty',
    GeneratorId: 'detector',
    AwsAccountId: account,
    Region: 'us-east-1',
    Types: ['TTPs/AttackSequence:S3-CompromisedData'],
    Severity: { Label: 'CRITICAL' },
    Title: finding.title,
    CreatedAt: finding.createdAt,
    UpdatedAt: finding.updatedAt,
    Resources: [{ Type: 'AwsS3Bucket', Id: 'arn:aws:s3:::first-bucket', Region: 'us-east-1' }],
    Detection: { Sequence: upper(sequence) },
  })
  expect(facts).toMatchObject({
    sequence: { signals: [{ count: 3 }, { count: 12 }], actors: [{ principal: 'alice' }, {}] },
  })
})
