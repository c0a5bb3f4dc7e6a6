import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findingHref, resourceHref } from '../../../components/findings/finding-links'
import { resourceConsoleLink } from '../../../lib/domain/resources/console-link'
import { exposureOf } from '../../../lib/domain/resources/exposure'

const account = '111122223333'
const link = (resourceId: string, region = 'eu-west-1') =>
  resourceConsoleLink({ accountId: account, region, resourceId })
const AWS = 'https://console.aws.amazon.com'
const arn = (service: string, resource: string, region = 'eu-west-1') =>
  `arn:aws:${service}:${region}:${account}:${resource}`
const digest = `sha256:${'a'.repeat(64)}`

test.each([
  ['arn:aws:s3:::payroll-2026', `${AWS}/s3/buckets/payroll-2026`],
  ['arn:aws:s3:::payroll/a/b.txt', `${AWS}/s3/object/payroll?prefix=a%2Fb.txt`],
  [arn('ec2', 'instance/i-0abc'), `${AWS}/ec2/home?region=eu-west-1#InstanceDetails:instanceId=i-0abc`],
  ['i-0abc', `${AWS}/ec2/home?region=eu-west-1#InstanceDetails:instanceId=i-0abc`],
  [arn('ec2', 'security-group/sg-0abc', 'us-east-2'), `${AWS}/ec2/home?region=us-east-2#SecurityGroup:groupId=sg-0abc`],
  [arn('ec2', 'volume/vol-0abc'), `${AWS}/ec2/home?region=eu-west-1#VolumeDetails:volumeId=vol-0abc`],
  [arn('ec2', 'snapshot/snap-0abc'), `${AWS}/ec2/home?region=eu-west-1#SnapshotDetails:snapshotId=snap-0abc`],
  ['arn:aws:ec2:eu-west-1::image/ami-0abc', `${AWS}/ec2/home?region=eu-west-1#ImageDetails:imageId=ami-0abc`],
  [arn('ec2', 'vpc/vpc-0abc'), `${AWS}/vpcconsole/home?region=eu-west-1#VpcDetails:VpcId=vpc-0abc`],
  [arn('rds', 'db:orders'), `${AWS}/rds/home?region=eu-west-1#database:id=orders;is-cluster=false`],
  [arn('rds', 'cluster:orders'), `${AWS}/rds/home?region=eu-west-1#database:id=orders;is-cluster=true`],
  [arn('iam', 'user/team/alice', ''), `${AWS}/iam/home#/users/details/alice`],
  [arn('iam', 'role/service-role/deploy', ''), `${AWS}/iam/home#/roles/details/deploy`],
  [arn('iam', 'policy/own', ''), `${AWS}/iam/home#/policies/details/arn%3Aaws%3Aiam%3A%3A${account}%3Apolicy%2Fown`],
  [arn('lambda', 'function:pay'), `${AWS}/lambda/home?region=eu-west-1#/functions/pay`],
  [arn('kms', 'key/1234-abcd'), `${AWS}/kms/home?region=eu-west-1#/kms/keys/1234-abcd`],
  [
    arn('cloudtrail', 'trail/main'),
    `${AWS}/cloudtrailv2/home?region=eu-west-1#/trails/arn%3Aaws%3Acloudtrail%3Aeu-west-1%3A${account}%3Atrail%2Fmain`,
  ],
  [
    arn('ecr', `repository/team/shop/${digest}`),
    `${AWS}/ecr/repositories/private/${account}/team%2Fshop/_/image/sha256%3A${'a'.repeat(64)}/details?region=eu-west-1`,
  ],
  [arn('ecs', 'service/main/web'), `${AWS}/ecs/v2/clusters/main/services/web?region=eu-west-1`],
  [arn('eks', 'cluster/main'), `${AWS}/eks/home?region=eu-west-1#/clusters/main`],
  [
    arn('elasticloadbalancing', 'loadbalancer/classic'),
    `${AWS}/ec2/home?region=eu-west-1#LoadBalancers:search=classic`,
  ],
  [arn('cloudfront', 'distribution/E1ABC', ''), `${AWS}/cloudfront/v4/home#/distributions/E1ABC`],
  [
    arn('sns', 'alerts'),
    `${AWS}/sns/v3/home?region=eu-west-1#/topic/arn%3Aaws%3Asns%3Aeu-west-1%3A${account}%3Aalerts`,
  ],
  [
    arn('sqs', 'jobs'),
    `${AWS}/sqs/v3/home?region=eu-west-1#/queues/https%3A%2F%2Fsqs.eu-west-1.amazonaws.com%2F${account}%2Fjobs`,
  ],
  [arn('dynamodb', 'table/orders'), `${AWS}/dynamodbv2/home?region=eu-west-1#table?name=orders`],
  [arn('secretsmanager', 'secret:db/main-AbCdEf'), `${AWS}/secretsmanager/secret?name=db%2Fmain&region=eu-west-1`],
  [
    arn('logs', 'log-group:/aws/lambda/pay:*'),
    `${AWS}/cloudwatch/home?region=eu-west-1#logsV2:log-groups/log-group/$252Faws$252Flambda$252Fpay`,
  ],
])('%s is found in the console', (id, url) => {
  expect(link(id)).toBe(url)
})

test.each([
  [
    `arn:aws-cn:ec2:cn-north-1:${account}:instance/i-0abc`,
    'cn-north-1',
    'https://console.amazonaws.cn/ec2/home?region=cn-north-1#InstanceDetails:instanceId=i-0abc',
  ],
  ['arn:aws-cn:s3:::payroll', 'global', 'https://console.amazonaws.cn/s3/buckets/payroll'],
  [
    `arn:aws-us-gov:iam::${account}:user/alice`,
    'global',
    'https://console.amazonaws-us-gov.com/iam/home#/users/details/alice',
  ],
  [
    `arn:aws-cn:sqs:cn-north-1:${account}:jobs`,
    'cn-north-1',
    `https://console.amazonaws.cn/sqs/v3/home?region=cn-north-1#/queues/https%3A%2F%2Fsqs.cn-north-1.amazonaws.com.cn%2F${account}%2Fjobs`,
  ],
])('%s is in the console of its partition', (id, region, url) => {
  expect(link(id, region)).toBe(url)
})

test.each([
  'alice',
  'AKIAIOSFODNN7EXAMPLE',
  `AWS::::Account:${account}`,
  arn('unheard-of', 'thing/1'),
  arn('__proto__', 'thing/1'),
  arn('ec2', 'instance/i-0abc', ''),
  arn('ec2', 'instance/i-0abc', 'cn-north-1'),
  arn('ec2', 'instance/i-0abc', 'evil.example'),
  arn('ec2', 'instance/i-0abc&x=1#y'),
  'arn:aws:s3:::Not_A_Bucket',
  'arn:aws:s3:::..',
  'javascript:alert(1)',
  'https://evil.example/',
  '',
])('%s has no link rather than a wrong one', id => {
  expect(link(id)).toBeNull()
})

test('no id leads to another host, or out of the address of its page', () => {
  const part = fc.constantFrom(
    'arn:aws:',
    's3',
    'ec2',
    'iam',
    'sqs',
    'logs',
    ':',
    '::',
    '/',
    '..',
    '#',
    '?',
    '&',
    '@',
    '%2f',
    '\n',
    'é',
    'user/',
    'eu-west-1',
    account,
    'x',
  )
  fc.assert(
    fc.property(
      fc.array(part, { maxLength: 10 }),
      fc.constantFrom('eu-west-1', 'global', '../', 'x@y'),
      (parts, region) => {
        const resourceId = parts.join('')
        const url = link(resourceId, region)
        if (url !== null) expect(new URL(url).host).toBe('console.aws.amazon.com')
        const page = new URL(resourceHref({ accountId: account, region, resourceId }), 'http://localhost')
        expect(page.pathname).toBe(`/accounts/${account}/resource`)
        expect(page.searchParams.get('id')).toBe(resourceId)
        expect(page.hash).toBe('')
      },
    ),
  )
  expect(findingHref(`${account}-${'a'.repeat(32)}`)).toContain(account)
})

function reported(control: string, change: Partial<Parameters<typeof exposureOf<string>>[0][number]> = {}) {
  return { id: control, control, status: 'new' as const, resolvedReason: null, isPublic: null, ...change }
}

test('a resource is public where a source says so, an exception or not', () => {
  expect(exposureOf([])).toEqual({ public: 'unknown', by: [] })
  expect(exposureOf([reported('S3.5')])).toEqual({ public: 'unknown', by: [] })
  expect(exposureOf([reported('S3.2'), reported('S3.5')])).toEqual({ public: 'yes', by: ['S3.2'] })
  expect(exposureOf([reported('S3.2', { status: 'accepted' })]).public).toBe('yes')
  expect(exposureOf([reported('S3.2', { status: 'suppressed' })]).public).toBe('yes')
  expect(exposureOf([reported('S3.2', { status: 'false_positive' })]).public).toBe('unknown')
  expect(exposureOf([reported('access-analyzer/ExternalAccess', { isPublic: false })]).public).toBe('unknown')
  expect(exposureOf([reported('access-analyzer/ExternalAccess', { isPublic: true })]).public).toBe('yes')
  expect(exposureOf([reported('ecr_repositories_not_publicly_accessible')]).public).toBe('yes')
})

test('it is private only where a check of that passes now', () => {
  const passed = reported('S3.2', { status: 'resolved', resolvedReason: 'passed' })
  expect(exposureOf([passed])).toEqual({ public: 'no', by: ['S3.2'] })
  expect(exposureOf([passed, reported('S3.3')])).toEqual({ public: 'yes', by: ['S3.3'] })
  expect(exposureOf([reported('S3.2', { status: 'resolved', resolvedReason: 'absent' })]).public).toBe('unknown')
  expect(exposureOf([reported('S3.2', { status: 'resolved', resolvedReason: 'hand' })]).public).toBe('unknown')
})
