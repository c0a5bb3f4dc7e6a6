import { describe, expect, test } from 'vitest'
import { findingIdOf, sightingIdOf } from '../../../lib/domain/identity/identity'
import { outcomesOf } from '../../../lib/sources/registry'
import { now, outcomeOf, read, rejectOf } from './support'

type Json = Record<string, unknown>

/** The same finding with keys as the other of GuardDuty's two ways of writing has them. */
function pascal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pascal)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key.charAt(0).toUpperCase() + key.slice(1), pascal(item)]),
  )
}

const threat: Json = {
  schemaVersion: '2.0',
  accountId: '012345678901',
  region: 'ap-northeast-1',
  partition: 'aws',
  id: 'aa11bb22cc33dd44ee55ff6600112233',
  arn: 'arn:aws:guardduty:ap-northeast-1:012345678901:detector/0011/finding/aa11bb22cc33dd44ee55ff6600112233',
  type: 'Recon:IAMUser/UserPermissions',
  title: 'Unusual reconnaissance by a user',
  description: 'A user asked for permissions in an unusual way.',
  severity: 5,
  createdAt: '2025-05-26T22:21:48.385Z',
  updatedAt: '2025-05-27T01:02:03.000Z',
  resource: { resourceType: 'AccessKey', accessKeyDetails: { userName: 'hanako', accessKeyId: 'not-a-key' } },
  service: {
    serviceName: 'guardduty',
    archived: false,
    count: 3,
    eventFirstSeen: '2025-05-26T22:02:24Z',
    eventLastSeen: '2025-05-27T01:00:00Z',
  },
}

describe('a native finding of GuardDuty', () => {
  test('becomes one complete threat', () => {
    expect(outcomeOf(threat)).toEqual({
      source: 'guardduty',
      product: 'GuardDuty',
      nativeId: threat.id,
      class: 'threat',
      accountId: '012345678901',
      region: 'ap-northeast-1',
      control: 'Recon:IAMUser/UserPermissions',
      result: 'failed',
      severity: 'medium',
      title: `${threat.title} (not-a-key)`,
      description: `${threat.description}\n\nAccess key: not-a-key\nUser: hanako`,
      remediationText: '',
      remediationUrl: '',
      resource: { id: 'hanako', type: 'AwsIamAccessKey' },
      otherResources: [],
      tags: null,
      packageName: '',
      facts: expect.objectContaining({ kind: 'threat', principal: 'hanako', count: 3 }),
      firstObservedAt: new Date('2025-05-26T22:02:24Z'),
      updatedAt: new Date('2025-05-27T01:02:03Z'),
    })
  })

  test('is the same from the API, from an event and from an export', async () => {
    const event = { 'detail-type': 'GuardDuty Finding', source: 'aws.guardduty', detail: threat }
    expect(outcomeOf(pascal(threat))).toEqual(outcomeOf(threat))
    expect(outcomeOf(event)).toEqual(outcomeOf(threat))
    for (const document of [JSON.stringify({ Findings: [pascal(threat)] }), `${JSON.stringify(threat)}\n`]) {
      expect((await read(document)).values.map(outcomeOf)).toEqual([outcomeOf(threat)])
    }
  })

  test.each([
    [1, 'low'],
    [3.9, 'low'],
    [4, 'medium'],
    [6.9, 'medium'],
    [7, 'high'],
    [8.9, 'high'],
    [9, 'critical'],
    [10, 'critical'],
    ['8.0', 'high'],
  ])('of severity %s is %s', (severity, label) => {
    expect(outcomeOf({ ...threat, severity }).severity).toBe(label)
  })

  test.each([[0], [11], ['HIGH'], [null]])('of severity %s is refused', severity => {
    expect(rejectOf({ ...threat, severity })).toMatchObject({ accountId: '012345678901' })
  })

  test('that was archived is closed by its source; a growing count changes only its facts', () => {
    expect(outcomeOf({ ...threat, service: { archived: true } }).result).toBe('archived')
    const later = { ...threat, service: { ...(threat.service as Json), count: 99 } }
    const { facts, ...rest } = outcomeOf(threat)
    expect(outcomeOf(later)).toEqual({ ...rest, facts: { ...facts, count: 99 } })
  })

  test('takes a missing account from its ARN', () => {
    const { accountId: _account, ...rest } = threat
    expect(outcomeOf(rest).accountId).toBe('012345678901')
    expect(rejectOf({ ...rest, arn: 'nothing' })).toMatchObject({ code: 'missing_field' })
  })

  test.each([
    [
      { resourceType: 'Instance', instanceDetails: { instanceId: 'i-1' } },
      'arn:aws:ec2:ap-northeast-1:012345678901:instance/i-1',
    ],
    [{ resourceType: 'S3Bucket', s3BucketDetails: [{ arn: 'arn:aws:s3:::b', name: 'b' }] }, 'arn:aws:s3:::b'],
    [{ resourceType: 'Lambda', lambdaDetails: { functionName: 'f' } }, 'f'],
    [{ resourceType: 'AttackSequence' }, threat.arn],
    [{ resourceType: 'constructor' }, threat.arn],
    [{ resourceType: '__proto__' }, threat.arn],
  ])('is about %j', (resource, id) => {
    expect(outcomeOf({ ...threat, resource }).resource.id).toBe(id)
  })

  test('may have no service, which the API does not require', () => {
    const { service: _service, ...rest } = threat
    expect(outcomeOf(rest)).toMatchObject({ source: 'guardduty', result: 'failed' })
    expect(outcomeOf(pascal(rest))).toEqual(outcomeOf(rest))
  })

  test('and its copy in Security Hub are one finding, seen twice', () => {
    const copy = outcomeOf({
      SchemaVersion: '2018-10-08',
      Id: threat.arn,
      ProductArn: 'arn:aws:securityhub:ap-northeast-1::product/aws/guardduty',
      ProductName: 'GuardDuty',
      GeneratorId: 'arn:aws:guardduty:ap-northeast-1:012345678901:detector/0011',
      AwsAccountId: '012345678901',
      Types: ['TTPs/Discovery/Recon:IAMUser-UserPermissions'],
      Severity: { Label: 'MEDIUM' },
      Title: 'Unusual reconnaissance by a user',
      Description: 'A user asked for permissions in an unusual way.',
      Resources: [{ Type: 'AwsIamAccessKey', Id: 'AWS::IAM::AccessKey:not-a-key' }],
      RecordState: 'ACTIVE',
    })
    const native = outcomeOf(threat)
    expect(findingIdOf(copy)).toBe(findingIdOf(native))
    expect(sightingIdOf(copy)).not.toBe(sightingIdOf(native))
  })
})

const vulnerability: Json = {
  findingArn: 'arn:aws:inspector2:ap-northeast-1:012345678901:finding/0011',
  awsAccountId: '012345678901',
  type: 'PACKAGE_VULNERABILITY',
  status: 'ACTIVE',
  severity: 'HIGH',
  title: 'CVE-2025-0001 - openssl',
  description: 'A flaw.',
  fixAvailable: 'YES',
  exploitAvailable: 'NO',
  epss: { score: 0.0421 },
  inspectorScore: 7.5,
  firstObservedAt: '2025-02-02T16:30:33.045000+01:00',
  updatedAt: '2025-02-03T00:00:00Z',
  remediation: { recommendation: { text: 'None Provided' } },
  resources: [{ id: 'i-1', type: 'AWS_EC2_INSTANCE', region: 'ap-northeast-1' }],
  packageVulnerabilityDetails: {
    vulnerabilityId: 'CVE-2025-0001',
    sourceUrl: 'https://example.com/CVE-2025-0001',
    vulnerablePackages: [
      { name: 'openssl', version: '3.0.1', fixedInVersion: '3.0.9', remediation: 'apt-get upgrade' },
      { name: 'libssl3', version: '3.0.1', fixedInVersion: 'NotAvailable' },
    ],
  },
}

describe('a native finding of Inspector', () => {
  test('is one outcome per package, with its exploit data', () => {
    const outcomes = outcomesOf(vulnerability, { now })
    expect(outcomes.map(({ control, packageName }) => [control, packageName])).toEqual([
      ['CVE-2025-0001', 'openssl 3.0.1'],
      ['CVE-2025-0001', 'libssl3 3.0.1'],
    ])
    expect(outcomes[0]).toMatchObject({
      source: 'inspector',
      class: 'vulnerability',
      region: 'ap-northeast-1',
      result: 'failed',
      severity: 'high',
      description: 'A flaw.',
      facts: { kind: 'vulnerability', exploit: false, fix: 'yes', epss: 4 },
      remediationText: 'openssl 3.0.9: apt-get upgrade',
      remediationUrl: 'https://example.com/CVE-2025-0001',
      firstObservedAt: new Date('2025-02-02T15:30:33.045Z'),
    })
  })

  test.each([
    ['ACTIVE', 'failed'],
    ['CLOSED', 'archived'],
    ['SUPPRESSED', 'suppressed'],
  ])('with status %s is %s', (status, result) => {
    const [outcome] = outcomesOf({ ...vulnerability, status }, { now })
    expect(outcome?.result).toBe(result)
    expect(outcome?.suppression?.means).toBe(result === 'suppressed' ? 'rule' : undefined)
  })

  test('with another status is refused', () => {
    expect(rejectOf({ ...vulnerability, status: 'MAYBE' })).toMatchObject({ code: 'bad_field' })
  })

  test.each([
    [{ severity: 'UNTRIAGED', inspectorScore: 9.8 }, 'critical'],
    [{ severity: 'UNTRIAGED', inspectorScore: undefined }, 'medium'],
    [{ severity: 'INFORMATIONAL' }, 'informational'],
  ])('rated %j is %s', (rating, severity) => {
    expect(outcomesOf({ ...vulnerability, ...rating }, { now })[0]?.severity).toBe(severity)
  })

  test.each([
    [{ epss: { score: 0.00075 } }, { exploit: false, fix: 'yes', epss: 0 }],
    [
      { epss: { score: 97 }, exploitAvailable: 'YES' },
      { exploit: true, fix: 'yes', epss: null },
    ],
    [
      { epss: null, exploitAvailable: 'PERHAPS', fixAvailable: 'PARTIAL' },
      { exploit: null, fix: 'partial', epss: null },
    ],
    [
      { epss: undefined, exploitAvailable: undefined, fixAvailable: undefined },
      { exploit: null, fix: null, epss: null },
    ],
  ])('that says %j helps to decide by no more than that', (told, rating) => {
    expect(outcomesOf({ ...vulnerability, ...told }, { now })[0]?.facts).toMatchObject(rating)
  })

  test('with an unknown severity is refused', () => {
    expect(rejectOf({ ...vulnerability, severity: 'SEVERE' })).toMatchObject({ code: 'bad_severity' })
  })

  test('may be about code or an open port', () => {
    const { packageVulnerabilityDetails: _package, ...rest } = vulnerability
    const code = { detectorId: 'python/log-injection@v1.0', filePath: { filePath: 'app/main.py' } }
    expect(outcomeOf({ ...rest, codeVulnerabilityDetails: code })).toMatchObject({
      class: 'vulnerability',
      control: 'python/log-injection@v1.0',
      packageName: 'app/main.py',
    })
    const port = { protocol: 'TCP', openPortRange: { begin: 22, end: 22 } }
    expect(outcomeOf({ ...rest, networkReachabilityDetails: port })).toMatchObject({
      class: 'posture',
      control: 'NETWORK_REACHABILITY TCP 22',
    })
    expect(rejectOf(rest)).toMatchObject({ code: 'missing_field' })
  })

  test('is read from pages and events', async () => {
    const event = { 'detail-type': 'Inspector2 Finding', detail: vulnerability }
    expect(outcomesOf(event, { now })).toEqual(outcomesOf(vulnerability, { now }))
    const { values } = await read(JSON.stringify({ findings: [vulnerability], nextToken: null }))
    expect(values).toEqual([vulnerability])
  })
})

const access: Json = {
  id: '0000-1111',
  resource: 'arn:aws:s3:::hinomi-example',
  resourceType: 'AWS::S3::Bucket',
  resourceOwnerAccount: '012345678901',
  status: 'ACTIVE',
  isPublic: false,
  principal: { AWS: '999988887777' },
  action: ['s3:GetObject'],
  condition: {},
  createdAt: '2025-01-01T00:00:00Z',
  analyzedAt: '2025-02-01T00:00:00Z',
  updatedAt: '2025-01-02T00:00:00Z',
}

describe('a native finding of IAM Access Analyzer', () => {
  test('becomes one outcome with principal and actions', () => {
    expect(outcomeOf(access)).toMatchObject({
      source: 'access-analyzer',
      class: 'posture',
      control: 'access-analyzer/ExternalAccess',
      result: 'failed',
      severity: 'medium',
      title: 'External access: hinomi-example',
      description: 'Principal: {"AWS":"999988887777"}\nAction: ["s3:GetObject"]',
      resource: { id: 'arn:aws:s3:::hinomi-example', type: 'AwsS3Bucket' },
      updatedAt: new Date('2025-01-02T00:00:00Z'),
    })
  })

  test('is more severe if the resource is public, in either version of the API', () => {
    expect(outcomeOf({ ...access, isPublic: true })).toMatchObject({ severity: 'high' })
    const { isPublic: _public, ...rest } = access
    const second = {
      ...rest,
      findingType: 'ExternalAccess',
      findingDetails: [{ externalAccessDetails: { isPublic: true } }],
    }
    expect(outcomeOf(second)).toMatchObject({ severity: 'high', control: 'access-analyzer/ExternalAccess' })
    expect(outcomeOf({ ...rest, findingType: 'UnusedIAMRole' })).toMatchObject({
      severity: 'low',
      title: 'Unused IAM Role: hinomi-example',
      control: 'access-analyzer/UnusedIAMRole',
    })
  })

  test.each([
    [{ status: 'ARCHIVED' }, 'archived'],
    [{ status: 'RESOLVED' }, 'passed'],
    [{ isDeleted: true }, 'passed'],
    [{ error: 'ACCESS_DENIED', principal: null }, 'not_available'],
    [{ error: null }, 'failed'],
  ])('with %j is %s', (change, result) => {
    expect(outcomeOf({ ...access, ...change }).result).toBe(result)
  })

  test('is read bare, from events and from the answer of GetFinding', () => {
    expect(outcomeOf({ finding: access })).toEqual(outcomeOf(access))
    const event = { source: 'aws.access-analyzer', 'detail-type': 'Access Analyzer Finding', detail: access }
    expect(outcomeOf(event)).toEqual(outcomeOf(access))
    expect(rejectOf({ ...event, detail: { accessPreviewId: 'x', status: 'CREATING' } })).toMatchObject({
      code: 'not_a_finding',
    })
  })
})

const sensitive: Json = {
  id: 'aaaa1111',
  accountId: '012345678901',
  region: 'ap-northeast-1',
  type: 'SensitiveData:S3Object/Personal',
  category: 'CLASSIFICATION',
  title: 'The object holds personal information.',
  description: 'Names were found.',
  severity: { description: 'Low', score: 1 },
  archived: false,
  createdAt: '2025-10-26 13:47:03.127000+00:00',
  updatedAt: '2025-10-26 13:47:03.127000+00:00',
  resourcesAffected: {
    s3Bucket: { arn: 'arn:aws:s3:::hinomi-example', name: 'hinomi-example' },
    s3Object: { bucketArn: 'arn:aws:s3:::hinomi-example', key: 'people/list.xlsx' },
  },
  classificationDetails: {
    result: { sensitiveData: [{ category: 'PERSONAL_INFORMATION', detections: [{ type: 'NAME', count: 4 }] }] },
  },
}

describe('a native finding of Macie', () => {
  test('is about the object, with the detected data', () => {
    expect(outcomeOf(sensitive)).toMatchObject({
      source: 'macie',
      class: 'posture',
      control: 'SensitiveData:S3Object/Personal',
      result: 'failed',
      severity: 'low',
      description: 'Names were found.\nNAME',
      resource: { id: 'arn:aws:s3:::hinomi-example/people/list.xlsx', type: 'AwsS3Object' },
      updatedAt: new Date('2025-10-26T13:47:03.127Z'),
    })
  })

  test('of the next run of a job is the same finding', () => {
    const again = outcomeOf({ ...sensitive, id: 'bbbb2222' })
    expect(findingIdOf(again)).toBe(findingIdOf(outcomeOf(sensitive)))
    expect(sightingIdOf(again)).not.toBe(sightingIdOf(outcomeOf(sensitive)))
  })

  test('of a policy is about the bucket, from the API and in an event', () => {
    const policy = {
      ...sensitive,
      type: 'Policy:IAMUser/S3BucketPublic',
      severity: { score: 3 },
      resourcesAffected: { s3Bucket: { arn: 'arn:aws:s3:::hinomi-example' } },
    }
    expect(outcomeOf(policy)).toMatchObject({
      severity: 'high',
      resource: { id: 'arn:aws:s3:::hinomi-example', type: 'AwsS3Bucket' },
    })
    expect(outcomeOf({ 'detail-type': 'Macie Finding', detail: policy })).toEqual(outcomeOf(policy))
  })

  test.each([
    // A suppression rule of Macie archives.
    [{ archived: true }, 'suppressed'],
    [{ archived: null }, 'failed'],
  ])('with %j is %s', (change, result) => {
    expect(outcomeOf({ ...sensitive, ...change }).result).toBe(result)
  })

  test.each([
    [{ severity: { description: 'Awful' } }, 'bad_severity'],
    [{ severity: {} }, 'bad_severity'],
    [{ accountId: '' }, 'missing_field'],
    [{ resourcesAffected: {} }, 'missing_field'],
  ])('with %j is refused', (change, code) => {
    expect(rejectOf({ ...sensitive, ...change }).code).toBe(code)
  })
})
