import { describe, expect, test } from 'vitest'
import { controlSeverity } from '../../../lib/domain/controls/severities'
import { controlTable, toControlTable } from '../../../lib/domain/controls/table'
import { findingIdOf, problemOf } from '../../../lib/domain/identity/identity'
import type { Outcome } from '../../../lib/domain/imports/outcome'
import { outcomesOf } from '../../../lib/sources/registry'
import { controlRow } from '../../support/controls'
import { now } from '../sources/support'

const account = '012345678901'
const place = { accountId: account, region: 'ap-northeast-1', resourceId: 'x' }

describe('the table', () => {
  test('has at least 120 controls with names of more than one tool, and the source of each', () => {
    const named = controlTable.controls.filter(({ names }) =>
      Object.keys(names).some(column => column !== 'also' && column !== 'cis'),
    )
    expect(named.length).toBeGreaterThanOrEqual(120)
    for (const row of controlTable.controls) expect(row.source).toMatch(/^https:\/\//)
  })

  test('is refused if a name is in two rows, in any case', () => {
    const rows = [controlRow('A.1', { prowler: ['a_check'] }), controlRow('B.1', { prowler: ['A_check'] })]
    expect(() => toControlTable(rows)).toThrow('a_check is in two rows')
  })

  test('is refused if a column belongs to no source, or a name to no public origin', () => {
    expect(() => toControlTable([controlRow('A.1', { nobody: ['a'] })])).toThrow(
      'no source has the column nobody of A.1',
    )
    expect(() => toControlTable([controlRow('A.1', {}, { names: { prowler: { a: 'hearsay' } } })])).toThrow('origin')
  })

  test('has another digest if a row differs in what findings depend on', () => {
    const digestOf = (...row: Parameters<typeof controlRow>) => toControlTable([controlRow(...row)]).digest
    const one = digestOf('A.1', { prowler: ['a'] })
    expect(digestOf('A.1', { prowler: ['b'] })).not.toBe(one)
    expect(digestOf('A.1', { prowler: ['a'] }, { severity: 'high' })).not.toBe(one)
    expect(digestOf('A.1', { prowler: ['a'] }, { category: 'exposure' })).not.toBe(one)
    expect(digestOf('A.1', { prowler: ['a'] }, { checked: '2026-01-01' })).toBe(one)
  })

  test.each([
    ['IAM.9', 'IAM.9'],
    ['iam_root_mfa_enabled', 'IAM.9'],
    ['7DAFEmoDos', 'IAM.9'],
    ['CIS 3.0.0/1.5', 'IAM.9'],
    ['root-account-mfa-enabled', 'IAM.9'],
    ['s3-bucket-versioning-enabled-conformance-pack-a1b2c3', 'S3.14'],
    ['es.1', 'Opensearch.1'],
    ['OpenSearch.1', 'Opensearch.1'],
    ['check113', 'IAM.9'],
    ['extra763', 'S3.14'],
    ['PCI.Opensearch.1', 'Opensearch.2'],
    ['pci.opensearch.2', 'Opensearch.1'],
    ['PCI.ES.1', 'Opensearch.2'],
    ['PCI.EC2.5', 'EC2.13'],
    ['CIS 3.0.0/2.2.1', 'EC2.7'],
    ['CIS 5.0.0/5.1.1', 'EC2.7'],
    ['CIS 4.0.1/1.5', 'IAM.9'],
    ['eks_endpoints_not_publicly_accessible', 'EKS.1'],
    ['eks_cluster_not_publicly_accessible', 'EKS.1'],
    ['autoscaling.5', 'AutoScaling.5'],
    ['efs_have_backup_enabled', 'EFS.7'],
  ])('calls %s %s', (name, id) => {
    expect(controlTable.find(name, 'prowler')?.id).toBe(id)
  })

  test('knows the numbers of Prowler’s second version from Prowler alone, and not those that mean two controls', () => {
    expect(controlTable.find('check113', 'csv')).toBeNull()
    expect(controlTable.find('extra793', 'prowler')).toBeNull()
    expect(controlTable.controls.filter(({ names }) => names.prowler2).length).toBeGreaterThan(100)
  })

  test('does not change unknown names', () => {
    expect(controlTable.problemOf({ source: 'csv', control: 'my-own-check', ...place })).toEqual({
      control: 'my-own-check',
      ...place,
    })
  })
})

// https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-controls-reference.html
test.each([
  ['critical', 'Config.1', 'Neptune.3', 'SNS.4', 'SSM.7', 'IAM.9', 'MSK.4'],
  ['high', 'CloudFront.1', 'IAM.28', 'EC2.53', 'EC2.54', 'EC2.182', 'GuardDuty.5', 'Inspector.4', 'Macie.2', 'RDS.46'],
  [
    'medium',
    'Opensearch.10',
    'CloudTrail.5',
    'ServiceCatalog.1',
    'IAM.27',
    'S3.22',
    'S3.23',
    'GuardDuty.12',
    'RDS.7',
    'MQ.3',
  ],
  ['low', 'Opensearch.11', 'CloudFront.7', 'ELB.7', 'CloudWatch.1'],
])('AWS gives the severity %s to %s, %s and more', (severity, ...controls) => {
  for (const control of controls) {
    expect(controlSeverity(control), control).toBe(severity)
    expect(controlSeverity(control.toUpperCase()), control).toBe(severity)
  }
})

describe('the canonical place of a problem', () => {
  const where = (control: string, resourceId: string, region = 'ap-northeast-1') =>
    controlTable.problemOf({ source: 'config', control, accountId: account, region, resourceId })

  test.each([
    ['IAM.9', 'arn:aws:iam::012345678901:root', 'global', 'AWS::::Account:012345678901'],
    ['Config.1', 'anything', 'ap-northeast-1', 'AWS::::Account:012345678901'],
    ['IAM.3', 'hanako', 'global', 'AWS::IAM::User:hanako'],
    ['IAM.3', 'arn:aws:iam::012345678901:user/tokyo/hanako', 'global', 'arn:aws:iam::012345678901:user/tokyo/hanako'],
    ['S3.14', 'logs.example.com', 'ap-northeast-1', 'arn:aws:s3:::logs.example.com'],
    ['S3.14', 'arn:aws:s3:::logs', 'ap-northeast-1', 'arn:aws:s3:::logs'],
    ['EC2.19', 'sg-01 (vpc-02)', 'ap-northeast-1', 'arn:aws:ec2:ap-northeast-1:012345678901:security-group/sg-01'],
    ['RDS.5', 'main', 'ap-northeast-1', 'arn:aws:rds:ap-northeast-1:012345678901:db:main'],
    [
      'AutoScaling.1',
      'arn:aws:autoscaling:ap-northeast-1:012345678901:autoScalingGroup:11-22:autoScalingGroupName/web',
      'ap-northeast-1',
      'arn:aws:autoscaling:ap-northeast-1:012345678901:autoScalingGroup:*:autoScalingGroupName/web',
    ],
    [
      'CloudFront.1',
      'arn:aws:cloudfront::012345678901:distribution/E1',
      'global',
      'arn:aws:cloudfront::012345678901:distribution/E1',
    ],
    ['S3.14', 'two words', 'ap-northeast-1', 'two words'],
  ])('of %s on %s is %s, %s', (control, id, region, resourceId) => {
    expect(where(control, id)).toEqual({ control, accountId: account, region, resourceId })
  })

  test('keeps the partition of its Region', () => {
    expect(where('S3.14', 'logs', 'cn-north-1').resourceId).toBe('arn:aws-cn:s3:::logs')
    expect(where('EC2.8', 'i-1', 'us-gov-west-1').resourceId).toMatch(/^arn:aws-us-gov:ec2:/)
  })

  test('never treats two resources as one', () => {
    const ids = ['a', 'b', 'arn:aws:s3:::c'].map(id => where('S3.14', id).resourceId)
    expect(new Set(ids).size).toBe(3)
  })
})

const hub = (control: string, resource: { Type: string; Id: string }, region = 'us-east-1') => ({
  SchemaVersion: '2018-10-08',
  Id: `arn:aws:securityhub:${region}:${account}:security-control/${control}/finding/1`,
  ProductArn: `arn:aws:securityhub:${region}::product/aws/securityhub`,
  ProductName: 'Security Hub',
  Region: region,
  GeneratorId: `security-control/${control}`,
  AwsAccountId: account,
  Severity: { Label: 'HIGH' },
  Title: control,
  Description: '',
  Resources: [resource],
  Compliance: { Status: 'FAILED', SecurityControlId: control },
  RecordState: 'ACTIVE',
})

const prowler = (check: string, uid: string, region = 'ap-northeast-1') => ({
  class_uid: 2004,
  metadata: { product: { name: 'Prowler' }, event_code: check },
  finding_info: { uid: `prowler-${check}-${uid}`, title: check },
  severity: 'High',
  status_code: 'FAIL',
  cloud: { account: { uid: account }, provider: 'aws', region },
  resources: [{ uid, type: '', region }],
})

const advisor = (checkId: string, resource: Record<string, unknown> | null) => ({
  checkId,
  timestamp: '2025-06-01T00:00:00Z',
  status: 'error',
  account,
  resourcesSummary: { resourcesProcessed: 1, resourcesFlagged: 1, resourcesIgnored: 0, resourcesSuppressed: 0 },
  flaggedResources: resource ? [resource] : [],
})

const credential = (user: Record<string, string>) => ({
  password_enabled: 'true',
  password_last_used: '2025-06-01T00:00:00+00:00',
  mfa_active: 'true',
  access_key_1_active: 'false',
  access_key_2_active: 'false',
  user_creation_time: '2025-06-01T00:00:00+00:00',
  ...user,
})

function failing(raw: unknown): Outcome[] {
  return outcomesOf(raw, { now, account }).filter(outcome => outcome.result === 'failed')
}

const idsOf = (...raws: unknown[]) => raws.map(raw => failing(raw).map(outcome => findingIdOf(outcome)))

describe('one problem is one finding', () => {
  test('a root user without MFA, by Security Hub, Prowler, Trusted Advisor and the credential report', () => {
    const [hubId, prowlerId, advisorId, rootIds] = idsOf(
      hub('IAM.9', { Type: 'AwsAccount', Id: `AWS::::Account:${account}` }),
      prowler('iam_root_mfa_enabled', `arn:aws:iam::${account}:mfa`, 'us-east-1'),
      advisor('7DAFEmoDos', null),
      credential({ user: '<root_account>', arn: `arn:aws:iam::${account}:root`, mfa_active: 'false' }),
    )
    expect(prowlerId).toEqual(hubId)
    expect(advisorId).toEqual(hubId)
    expect(rootIds).toEqual(hubId)
    expect(hubId).toHaveLength(1)
  })

  test('a readable bucket, by Security Hub and AWS Config; whatever is public about one, by Prowler and Trusted Advisor', () => {
    const [hubId, prowlerId, advisorId, configId] = idsOf(
      hub('S3.2', { Type: 'AwsS3Bucket', Id: 'arn:aws:s3:::open' }, 'ap-northeast-1'),
      prowler('s3_bucket_public_access', 'arn:aws:s3:::open'),
      advisor('Pfx0RwqBli', {
        status: 'error',
        region: 'ap-northeast-1',
        resourceId: 'opaque',
        isSuppressed: false,
        metadata: ['ap-northeast-1', 'ap-northeast-1', 'open', 'Yes', 'No', 'Red', 'Yes', null],
      }),
      {
        EvaluationResultIdentifier: {
          EvaluationResultQualifier: {
            ConfigRuleName: 's3-bucket-public-read-prohibited',
            ResourceType: 'AWS::S3::Bucket',
            ResourceId: 'open',
          },
        },
        ComplianceType: 'NON_COMPLIANT',
        AccountId: account,
        AwsRegion: 'ap-northeast-1',
      },
    )
    expect(configId).toEqual(hubId)
    expect(hubId).toHaveLength(1)
    expect(advisorId).toEqual(prowlerId)
    expect(prowlerId).not.toEqual(hubId)
  })

  test('an old access key of a user, whichever Region and path is named', () => {
    const old = {
      access_key_1_active: 'true',
      access_key_1_last_rotated: '2020-01-01T00:00:00+00:00',
      access_key_1_last_used_date: '2025-12-31T00:00:00+00:00',
    }
    const arn = `arn:aws:iam::${account}:user/tokyo/hanako`
    const rotation = failing(credential({ user: 'hanako', arn, password_enabled: 'false', ...old })).filter(
      ({ control }) => control === 'IAM.3',
    )
    const [hubId, prowlerId, advisorId] = idsOf(
      hub('IAM.3', { Type: 'AwsIamUser', Id: arn }, 'us-west-2'),
      prowler('iam_rotate_access_key_90_days', arn),
      advisor('DqdJqYeRm5', {
        status: 'error',
        resourceId: 'opaque',
        isSuppressed: false,
        metadata: ['Red', 'hanako', 'access key 1', '2020-01-01', 'Access key older than 2 years'],
      }),
    )
    expect(prowlerId).toEqual(hubId)
    expect(advisorId).toEqual(hubId)
    expect(rotation.map(outcome => findingIdOf(outcome))).toEqual(hubId)
  })

  test('for a finding of IAM Access Analyzer and its copy in Security Hub', () => {
    const bucket = 'arn:aws:s3:::shared'
    const native = {
      id: 'a1',
      resource: bucket,
      resourceType: 'AWS::S3::Bucket',
      resourceOwnerAccount: account,
      status: 'ACTIVE',
      findingType: 'ExternalAccess',
      region: 'us-east-1',
      createdAt: '2025-06-01T00:00:00Z',
      analyzedAt: '2025-06-01T00:00:00Z',
      updatedAt: '2025-06-01T00:00:00Z',
    }
    const copy = {
      ...hub('none', { Type: 'AwsS3Bucket', Id: bucket }),
      Id: `arn:aws:access-analyzer:us-east-1:${account}:analyzer/org/${bucket}`,
      ProductArn: 'arn:aws:securityhub:us-east-1::product/aws/access-analyzer',
      ProductName: 'IAM Access Analyzer',
      GeneratorId: 'aws/access-analyzer',
      Types: ['Effects/Data Exposure/External Access Granted'],
      Compliance: undefined,
    }
    const [one, other] = idsOf(native, copy)
    expect(other).toEqual(one)
    expect(one).toHaveLength(1)
  })

  test('but a threat or a vulnerability is never moved by the table', () => {
    const [outcome] = failing(hub('IAM.9', { Type: 'AwsAccount', Id: `AWS::::Account:${account}` }))
    if (!outcome) throw new Error('the record says nothing')
    for (const kind of ['threat', 'vulnerability'] as const) {
      expect(problemOf({ ...outcome, class: kind, region: 'us-east-1' })).toMatchObject({ region: 'us-east-1' })
    }
  })
})
