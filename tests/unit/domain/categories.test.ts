import { describe, expect, test } from 'vitest'
import { categoryOf, otherChecks } from '../../../lib/domain/controls/category-of'
import unjoined from '../../../lib/domain/controls/data/unjoined.json'
import { controlsOf, requirementsOf } from '../../../lib/domain/controls/requirements'
import { controlTable } from '../../../lib/domain/controls/table'
import { type Routable, routeTo } from '../../../lib/domain/policies/route'
import { RoutingRule } from '../../../lib/domain/policies/routing'
import { outcomesOf } from '../../../lib/sources/registry'
import advisorChecks from '../../../lib/sources/trusted-advisor/checks.json'
import { firstTeams } from '../../support/teams'
import { now } from '../sources/support'

const category = (control: string) => categoryOf({ class: 'posture', control })
const share = (all: readonly string[]) => all.filter(name => category(name) === 'other').length / all.length

describe('the category of a control', () => {
  test('is a column of its row; under 5 % are "other"', () => {
    expect(controlTable.controls.length).toBeGreaterThan(400)
    expect(share(controlTable.controls.map(({ id }) => id))).toBeLessThan(0.05)
  })

  test('of a check that no other tool has, is in the list of those; under 10 % are "other"', () => {
    expect(otherChecks.length).toBeGreaterThan(500)
    expect(share(otherChecks.map(({ name }) => name))).toBeLessThan(0.1)
  })

  test('a check is in one of the two lists only', () => {
    expect(otherChecks.filter(({ name }) => controlTable.named(name)).map(({ name }) => name)).toEqual([])
    const names = otherChecks.map(({ name }) => name.toLowerCase())
    expect(new Set(names).size).toBe(names.length)
  })

  test.each([
    ['exposure', 'ECS.2', 'Opensearch.2', 'Neptune.3', 'DocumentDB.3', 'EMR.1', 'EMR.2', 'AutoScaling.5', 'SQS.3'],
    [
      'exposure',
      'ec2_instance_port_ssh_exposed_to_internet',
      'ec2_ami_public',
      'route53_dangling_ip_subdomain_takeover',
    ],
    ['exposure', 'ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_redis_6379', 'NETWORK_REACHABILITY TCP 22'],
    ['exposure', 'ec2_securitygroup_allow_ingress_from_internet_to_a_new_port', 'access-analyzer/ExternalAccess'],
    ['encryption', 'Opensearch.1', 'Opensearch.3', 'DocumentDB.1', 'CloudFront.3', 'ELB.1', 'ELB.8', 'ElastiCache.4'],
    ['encryption', 'MSK.1', 'Kinesis.1', 'ACM.1', 'ACM.2', 'CloudFront.7', 'AppSync.6', 'N425c450f2', 'N430c450f2'],
    ['secrets', 'ECS.8', 'SecretsManager.1', 'awslambda_function_no_secrets_in_code', 'ec2_instance_secrets_user_data'],
    ['logging', 'Route53.2', 'route53_public_hosted_zones_cloudwatch_logging_enabled', 'CIS 1.2.0/1.1', 'vjafUGJ9H0'],
    ['network', 'vpc_subnet_separate_private_public', 'workspaces_vpc_2private_1public_subnets_nat'],
    [
      'people',
      'access-analyzer/UnusedIAMUserAccessKey',
      'access-analyzer/UnusedIAMUserPassword',
      'IAM.22',
      'zXCkfM1nI3',
    ],
    ['root', 'IAM.20', 'iam_avoid_root_usage'],
    ['resilience', 'AutoScaling.2', 'RDS.5'],
  ])('is %s: %s, %s and more', (wanted, ...controls) => {
    for (const control of controls) expect(category(control), control).toBe(wanted)
  })

  test('of a name that neither list has, follows from the service that it begins with', () => {
    expect(category('guardduty_a_check_of_tomorrow')).toBe('watch')
    expect(category('IAM.99')).toBe('identity')
    expect(category('quantum_ledger_something')).toBe('other')
    expect(categoryOf({ class: 'vulnerability', control: 'CVE-2026-1' })).toBe('vulnerability')
  })
})

describe('findings go where they belong by default', () => {
  const known = { accountId: '111111111111', environment: null, tags: {}, sources: [], severity: 3, ownerTeam: 'sre' }
  const teamOf = (control: string, kind: Routable['class'] = 'posture') =>
    routeTo({ ...known, class: kind, control }, [], firstTeams).team

  test.each(['ACM.1', 'ACM.2', 'CloudFront.7', 'IAM.18', 'IAM.26', 'IAM.27', 'route53_dangling_ip_subdomain_takeover'])(
    '%s is not for corporate IT',
    control => expect(teamOf(control)).not.toBe('cit'),
  )

  test.each(['access-analyzer/UnusedIAMUserAccessKey', 'access-analyzer/UnusedIAMUserPassword', 'IAM.8', 'IAM.22'])(
    '%s is for corporate IT, as every access of people',
    control => expect(teamOf(control)).toBe('cit'),
  )

  test('a rule by category holds for every spelling of a control', () => {
    const rules = [RoutingRule.parse({ name: 'x', categories: ['exposure'], team: 'csirt' })]
    for (const control of ['EC2.13', 'ECS.2', 'ec2_ami_public', 'ec2_instance_port_ssh_exposed_to_internet', 'SQS.3'])
      expect(routeTo({ ...known, class: 'posture', control }, rules, firstTeams).team, control).toBe('csirt')
  })

  test('a rule that names a control by a tool’s name holds after that name was joined', () => {
    const rules = [RoutingRule.parse({ name: 'x', control: 'PCI.EC2.5', team: 'csirt' })]
    expect(routeTo({ ...known, class: 'posture', control: 'EC2.13' }, rules, firstTeams).team).toBe('csirt')
    expect(routeTo({ ...known, class: 'posture', control: 'EC2.14' }, rules, firstTeams).team).toBe('sre')
  })
})

describe('Trusted Advisor', () => {
  const flagged = (checkId: string, status: string) =>
    outcomesOf(
      {
        checkId,
        timestamp: '2025-06-01T00:00:00Z',
        status,
        account: '012345678901',
        resourcesSummary: { resourcesProcessed: 1, resourcesFlagged: 1, resourcesIgnored: 0, resourcesSuppressed: 0 },
        flaggedResources: [{ status, region: 'us-east-1', resourceId: 'opaque', isSuppressed: false, metadata: [] }],
      },
      { now },
    ).filter(({ result }) => result === 'failed')

  test('an exposed access key is a critical threat for the security response team', () => {
    const [key] = flagged('12Fnkpl8Y5', 'warning')
    expect(key).toMatchObject({ class: 'threat', severity: 'critical' })
    expect(categoryOf({ class: 'posture', control: '12Fnkpl8Y5' })).toBe('threat')
    const finding = {
      accountId: '012345678901',
      environment: null,
      tags: {},
      sources: [],
      severity: 5,
      ownerTeam: 'sre',
    }
    expect(routeTo({ ...finding, class: 'threat', control: '12Fnkpl8Y5' }, [], firstTeams).team).toBe('csirt')
  })

  test('every check of the pillar security has a category and a severity', () => {
    const security = Object.entries(advisorChecks).filter(([, { pillar }]) => pillar === 'security')
    expect(security.length).toBeGreaterThan(20)
    for (const [id] of security) {
      expect(category(id), id).not.toBe('other')
      expect(['critical', 'high', 'medium', 'low'], id).toContain(flagged(id, 'error')[0]?.severity)
    }
  })
})

describe('names that are not joined', () => {
  test('are in no row of the controls that they are kept apart from', () => {
    for (const { name, controls } of unjoined) {
      const row = controlTable.named(name) ?? controlTable.find(name, 'prowler')
      expect(controls, name).not.toContain(row?.id)
    }
  })

  test.each([
    ['restricted-common-ports', 'parameter'],
    ['service-vpc-endpoint-enabled', 'parameter'],
    ['iam-policy-in-use', 'parameter'],
    ['access-keys-rotated', 'parameter'],
    ['Pfx0RwqBli', 'several'],
    ['vjafUGJ9H0', 'other-test'],
    ['s3_bucket_cross_account_access', 'other-test'],
    ['inspector2_is_enabled', 'several'],
    ['documentdb_cluster_cloudwatch_log_export', 'other-test'],
    ['opensearch_service_domains_cloudwatch_logging_enabled', 'other-test'],
    ['eks_control_plane_logging_all_types_enabled', 'other-test'],
  ])('%s, because of %s', (name, reason) => {
    expect(unjoined.find(each => each.name === name)?.reason).toBe(reason)
  })
})

describe('frameworks', () => {
  test('have the controls that prove their requirements', () => {
    expect(requirementsOf('EC2.7').find(({ framework }) => framework === 'cis-3.0.0')?.ids).toContain('2.2.1')
    expect(controlsOf(['cis-3.0.0'])).toEqual(expect.arrayContaining(['IAM.9', 'EC2.7', 'CloudTrail.1']))
    expect(controlsOf(['cis-3.0.0'])).not.toContain('SQS.1')
    expect(requirementsOf('no such control')).toEqual([])
  })
})
