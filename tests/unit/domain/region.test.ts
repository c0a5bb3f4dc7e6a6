import { describe, expect, test } from 'vitest'
import { controlTable } from '../../../lib/domain/controls/table'
import { findingIdOf } from '../../../lib/domain/identity/identity'
import { isGlobal, regionOfArn, resourceKey } from '../../../lib/domain/identity/region'
import type { Outcome } from '../../../lib/domain/imports/outcome'

const ACCOUNT = '123456789012'

describe('a resource belongs to no Region by its ARN', () => {
  test.each([
    `arn:aws:iam::${ACCOUNT}:role/admin`,
    `arn:aws-cn:iam::${ACCOUNT}:user/path/of/alice`,
    `arn:aws-us-gov:iam::${ACCOUNT}:policy/p`,
    `arn:aws:sts::${ACCOUNT}:assumed-role/admin/session`,
    `arn:aws:account::${ACCOUNT}:account`,
    `arn:aws:organizations::${ACCOUNT}:account/o-1/${ACCOUNT}`,
    `arn:aws:cloudfront::${ACCOUNT}:distribution/E1`,
    'arn:aws:route53:::hostedzone/Z1',
    `arn:aws:route53domains:us-east-1:${ACCOUNT}:example.com`,
    `arn:aws:shield::${ACCOUNT}:protection/p1`,
    `arn:aws:globalaccelerator::${ACCOUNT}:accelerator/a1`,
    `arn:aws:waf::${ACCOUNT}:webacl/w1`,
    `arn:aws:wafv2:us-east-1:${ACCOUNT}:global/webacl/w/1`,
    `arn:aws:support::${ACCOUNT}:case/1`,
    `arn:aws:trustedadvisor::${ACCOUNT}:check/c1`,
    // Placeholders of tools, with the Region in which the tool ran.
    `arn:aws:iam:eu-west-1:${ACCOUNT}:password-policy`,
    `arn:aws:trusted-advisor:eu-west-1:${ACCOUNT}:account`,
    `arn:aws:shield:eu-west-1:${ACCOUNT}:unknown`,
    `arn:aws:organizations:eu-west-1:${ACCOUNT}:unknown`,
    `arn:aws:cloudfront:eu-west-1:${ACCOUNT}:distribution`,
    `arn:aws:route53:eu-west-1:${ACCOUNT}:hostedzone`,
    `arn:aws:support:eu-west-1:${ACCOUNT}:plan`,
  ])('%s', resourceId => {
    expect(isGlobal({ control: 'a check that nobody knows', resourceId })).toBe(true)
    expect(regionOfArn(resourceId)).toBeNull()
  })
})

describe('a resource is in a Region', () => {
  test.each([
    [`arn:aws:ec2:eu-west-1:${ACCOUNT}:instance/i-1`, 'eu-west-1'],
    [`arn:aws:wafv2:us-east-1:${ACCOUNT}:regional/webacl/w/1`, 'us-east-1'],
    [`arn:aws:waf-regional:eu-west-1:${ACCOUNT}:webacl/w1`, 'eu-west-1'],
    [`arn:aws:route53resolver:eu-west-1:${ACCOUNT}:resolver-rule/r1`, 'eu-west-1'],
    [`arn:aws:access-analyzer:eu-west-1:${ACCOUNT}:analyzer/a`, 'eu-west-1'],
    [`arn:aws:s3:eu-west-1:${ACCOUNT}:accesspoint/a`, 'eu-west-1'],
    ['arn:aws:s3:::bucket', null],
  ])('%s', (resourceId, region) => {
    expect(isGlobal({ control: 'a check that nobody knows', resourceId })).toBe(false)
    expect(regionOfArn(resourceId)).toBe(region)
  })

  test('that its ARN names, although its check is of a global service', () => {
    const resourceId = `arn:aws:ec2:eu-west-1:${ACCOUNT}:elastic-ip/e1`
    expect(isGlobal({ control: 'route53_dangling_ip', resourceId })).toBe(false)
  })

  test.each(['cloudfront_distributions_s3_origin', 'iam_made_up', 'CloudFront.12'])(
    'where it is a bucket, also under the check %s',
    control => {
      expect(isGlobal({ control, resourceId: 'arn:aws:s3:::bucket', resourceType: 'AwsS3Bucket' })).toBe(false)
      expect(isGlobal({ control, resourceId: 'arn:aws:s3:::bucket/key', resourceType: 'AwsS3Object' })).toBe(false)
    },
  )
})

describe('without an ARN', () => {
  test.each([
    ['x', 'AwsIamUser'],
    ['x', 'AWS::IAM::Role'],
    ['x', 'AWS_IAM_USER'],
    ['x', 'AwsCloudFrontDistribution'],
    ['x', 'AWS::CloudFront::Distribution'],
    ['x', 'AwsRoute53HostedZone'],
    ['x', 'AWS::Route53::HostedZone'],
    ['x', 'AwsShieldProtection'],
    ['x', 'AWS::GlobalAccelerator::Accelerator'],
    ['x', 'AWS::WAF::WebACL'],
    ['x', 'AwsWafWebAcl'],
    ['iam_user_mfa', ''],
    ['IAM.3', ''],
    ['CloudFront.1', ''],
    ['trustedadvisor_errors_and_warnings', 'Other'],
    ['waf_global_webacl_with_rules', ''],
    ['WAF.1', ''],
  ])('the check %s and the type %s show that it is global', (control, resourceType) => {
    expect(isGlobal({ control, resourceId: 'name', resourceType })).toBe(true)
  })

  test.each([
    ['x', 'AwsS3Bucket'],
    ['x', 'AWS::WAFRegional::WebACL'],
    ['x', 'AwsWafRegionalRule'],
    ['x', 'AwsWafv2WebAcl'],
    ['x', 'AWS::WAFv2::WebACL'],
    ['x', 'AWS::Route53Resolver::ResolverRule'],
    ['x', 'AwsStepFunctionStateMachine'],
    ['iamlike', ''],
    ['WAF.10', ''],
    ['WAF.2', ''],
    ['s3_bucket_public', ''],
    ['accessanalyzer_enabled', ''],
  ])('the check %s and the type %s do not', (control, resourceType) => {
    expect(isGlobal({ control, resourceId: 'name', resourceType })).toBe(false)
  })
})

describe('an account as the resource', () => {
  const resourceId = `arn:aws:iam::${ACCOUNT}:root`

  test('is in each Region for a check of a regional service, so that one Region proves nothing about another', () => {
    for (const control of ['drs_job_exist', 'backup_vaults_exist', 'EC2.9999'])
      expect(isGlobal({ control, resourceId, resourceType: 'Other' }), control).toBe(false)
  })

  test('is in no Region for a check of a global service, or one whose name contains no service', () => {
    for (const control of ['iam_made_up', 'account_made_up', 'IAM.9999', 'root access key in use'])
      expect(isGlobal({ control, resourceId }), control).toBe(true)
  })
})

test('one global resource has one key, whichever Region a tool writes into its ARN', () => {
  const keys = ['', 'eu-west-1', 'us-east-1'].map(region =>
    resourceKey(ACCOUNT, `arn:aws:iam:${region}:${ACCOUNT}:password-policy`),
  )
  expect(new Set(keys).size).toBe(1)
  const user = ['user/alice', 'user/team/alice'].map(part => resourceKey(ACCOUNT, `arn:aws:iam::${ACCOUNT}:${part}`))
  expect(new Set(user).size).toBe(1)
  const colons = ['a:b', 'a:c'].map(part => resourceKey(ACCOUNT, `arn:aws:iam:us-east-1:${ACCOUNT}:${part}`))
  expect(new Set(colons).size).toBe(2)
})

describe('a finding of posture', () => {
  const outcome = (change: Partial<Outcome> & { resourceId: string; type?: string }): Outcome => ({
    source: 'prowler',
    product: 'Prowler',
    nativeId: 'n',
    class: 'posture',
    accountId: ACCOUNT,
    region: 'us-east-1',
    control: 'made_up_check',
    result: 'failed',
    severity: 'low',
    title: '',
    description: '',
    remediationText: '',
    remediationUrl: '',
    resource: { id: change.resourceId, type: change.type ?? '' },
    otherResources: [],
    packageName: '',
    firstObservedAt: null,
    updatedAt: null,
    ...change,
  })
  const idsIn = (
    regions: string[],
    parts: { resourceId: (region: string) => string; type?: string; control?: string },
  ) =>
    new Set(regions.map(region => findingIdOf(outcome({ ...parts, region, resourceId: parts.resourceId(region) }))))
      .size

  test('is one over all Regions for an unlisted global resource, and one per Region for a bucket', () => {
    const regions = ['us-east-1', 'eu-west-1', 'global']
    expect(controlTable.find('made_up_check', 'prowler')).toBeNull()
    expect(idsIn(regions, { resourceId: () => `arn:aws:iam::${ACCOUNT}:role/r` })).toBe(1)
    expect(idsIn(regions, { resourceId: region => `arn:aws:shield:${region}:${ACCOUNT}:unknown` })).toBe(1)
    expect(idsIn(regions, { resourceId: () => 'AIDAEXAMPLE', type: 'AWS::IAM::User' })).toBe(1)
    expect(idsIn(regions, { resourceId: () => 'arn:aws:s3:::bucket' })).toBe(3)
  })

  test('of the account is one per Region for a check of a regional service', () => {
    const root = { resourceId: () => `arn:aws:iam::${ACCOUNT}:root`, control: 'drs_job_exist' }
    expect(idsIn(['us-east-1', 'eu-west-1'], root)).toBe(2)
    expect(idsIn(['us-east-1', 'eu-west-1'], { ...root, control: 'iam_made_up' })).toBe(1)
  })
})
