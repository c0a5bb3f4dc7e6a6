import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import type { Category } from '../../../lib/domain/controls/categories'
import { categoryOf } from '../../../lib/domain/controls/category-of'
import { controlTable } from '../../../lib/domain/controls/table'
import { activeTeamOf, type TeamId } from '../../../lib/domain/people/team'
import { type Routable, routeTo as routeIn } from '../../../lib/domain/policies/route'
import { RoutingRule } from '../../../lib/domain/policies/routing'
import checkTable from '../../../lib/sources/trusted-advisor/checks.json'
import { firstTeams, teamOf } from '../../support/teams'

const route = (finding: Routable, rules: readonly RoutingRule[]) => routeIn(finding, rules, firstTeams)
const known = { accountId: '111111111111', environment: null, tags: {}, sources: [], severity: 3 }
const routeTo = (finding: Pick<Routable, 'class' | 'control'>, ownerTeam: TeamId) =>
  route({ ...known, ...finding, ownerTeam }, []).team
const posture = (control: string) => routeTo({ class: 'posture', control }, 'sre')
/** An owner that no rule names: a result of cit comes from the account. */
const fallback = (control: string) => routeTo({ class: 'posture', control }, 'cit')

test.each(['sre', 'csirt', 'cit'])('a control without a rule is routed to the owner of the account: %s', owner => {
  expect(routeTo({ class: 'posture', control: 'S3.2' }, owner)).toBe(owner)
})

test('an attack goes to CSIRT, whatever its control is called', () => {
  expect(routeTo({ class: 'threat', control: 'IAM.6' }, 'cit')).toBe('csirt')
})

test('a vulnerability is routed to SRE, whoever owns the account', () => {
  expect(routeTo({ class: 'vulnerability', control: 'CVE-2026-0001' }, 'cit')).toBe('sre')
})

describe('controls', () => {
  test.each([
    'ELB.16',
    'APIGateway.4',
    'CloudFront.6',
    'WAF.1',
    'WAF.12',
    'wafv2_webacl_logging_enabled',
    'elbv2_waf_acl_attached',
    'cloudfront_distributions_using_waf',
    'apigateway_restapi_waf_acl_attached',
  ])('%s: the firewall is CSIRT', control => expect(fallback(control)).toBe('csirt'))

  test.each(['ELB.1', 'ELB.160', 'XELB.16', 'CloudFront.61', 'software_update'])('%s is no firewall', control =>
    expect(fallback(control)).toBe('cit'),
  )

  test.each(['IAM.4', 'IAM.6', 'IAM.9', 'IAM.20', 'iam_root_mfa_enabled', 'iam_no_root_access_key'])(
    '%s: the root user is SRE',
    control => expect(fallback(control)).toBe('sre'),
  )

  test.each([
    'IAM.3',
    'IAM.5',
    'IAM.7',
    'IAM.8',
    'IAM.10',
    'IAM.19',
    'IAM.22',
    'iam_user_mfa_enabled_console_access',
    'iam_password_policy_minimum_length_14',
    'iam_rotate_access_key_90_days',
    'iam_disable_90_days_credentials',
    'iam_check_saml_providers_sts',
    'CIS 1.2.0/1.4',
    'CIS 1.2.0/1.11',
  ])("%s: people's access is CIT", control => expect(posture(control)).toBe('cit'))

  test.each(['IAM.2', 'IAM.33', 'CIS 1.2.0/2.4', 'CIS 1.2.0/1.41'])('%s is unassigned by a rule', control =>
    expect(posture(control)).toBe('sre'),
  )

  test.each([
    'IAM.1',
    'IAM.21',
    'iam_policy_allows_privilege_escalation',
    'iam_inline_policy_no_administrative_privileges',
    'iam_aws_attached_policy_no_administrative_privileges',
  ])('%s: privileges are CSIRT', control => expect(fallback(control)).toBe('csirt'))

  test.each([
    'GuardDuty.1',
    'Macie.1',
    'Inspector.3',
    'IAM.28',
    'accessanalyzer_enabled',
    'securityhub_enabled',
    'trustedadvisor_errors_and_warnings',
    'guardduty_is_enabled',
    'inspector2_is_enabled',
    'macie_is_enabled',
  ])('%s: the watch is CSIRT', control => expect(fallback(control)).toBe('csirt'))

  test.each([
    'route53_domains_transferlock_enabled',
    'account_maintain_current_contact_details',
    'trustedadvisor_premium_support_plan_subscribed',
    'github.org_mfa',
    'slack-two-factor',
  ])('%s: domains, contacts and software as a service are CIT', control => expect(posture(control)).toBe('cit'))

  test.each([
    'access-analyzer/UnusedIAMRole',
    'IAM.18',
    'IAM.26',
    'IAM.27',
    'iam_role_cross_service_confused_deputy_prevention',
    'CodeBuild.2',
    'codebuild_project_no_secrets_in_variables',
    'Account.1',
    'account_security_contact_information_is_registered',
    'organizations_account_part_of_organizations',
  ])('%s: roles, pipelines and accounts are SRE', control => expect(fallback(control)).toBe('sre'))

  test('an administrator’s role is a privilege, before it is a role', () => {
    expect(fallback('iam_role_administratoraccess_policy')).toBe('csirt')
  })

  test('the first rule that fits wins', () => {
    expect(fallback('iam_no_root_access_key')).toBe('sre')
    expect(routeTo({ class: 'vulnerability', control: 'Inspector.1' }, 'cit')).toBe('csirt')
  })
})

describe('rules of the organisation', () => {
  const finding: Routable = {
    class: 'posture',
    control: 'S3.2',
    accountId: '111111111111',
    environment: 'production',
    tags: { unit: 'shop' },
    ownerTeam: 'sre',
    sources: ['security-hub'],
    severity: 4,
  }
  const rule = (match: Partial<z.input<typeof RoutingRule>>) => RoutingRule.parse({ name: 'x', team: 'cit', ...match })

  test.each([
    [{}, null],
    [{ categories: ['exposure' as const] }, { control: 'ELB.9' }],
    [{ control: 'S3.*' }, { control: 'EC2.2' }],
    [{ sources: ['security-hub' as const] }, { sources: ['prowler' as const] }],
    [{ accounts: ['111111111111'] }, { accountId: '222222222222' }],
    [{ environments: ['production' as const] }, { environment: null }],
    [{ tag: { key: 'unit', value: 'shop' } }, { tags: { unit: 'bank' } }],
    [{ tag: { key: 'unit', value: null } }, { tags: {} }],
    [{ severityAtLeast: 'high' as const }, { severity: 3 }],
  ])('%j fits, and not %j', (match, other) => {
    expect(route(finding, [rule(match)]).team).toBe('cit')
    if (other) expect(route({ ...finding, ...other, ownerTeam: 'sre' }, [rule(match)]).team).not.toBe('cit')
  })

  test('the first that fits wins, before any default', () => {
    const owner = crypto.randomUUID()
    expect(route(finding, [rule({ control: 'EC2.*' }), rule({ team: 'csirt', owner }), rule({})])).toEqual({
      team: 'csirt',
      owner,
    })
    expect(route({ ...finding, class: 'threat' }, [rule({})]).team).toBe('cit')
  })

  test('without one, the owner-team tag of the account decides if no default matches', () => {
    const tagged = { ...finding, tags: { 'owner-team': 'CSIRT' } }
    expect(route(tagged, []).team).toBe('csirt')
    expect(route({ ...tagged, control: 'IAM.5' }, []).team).toBe('cit')
    expect(route({ ...tagged, tags: { 'owner-team': 'nobody' } }, []).team).toBe('sre')
  })
})

test('every check of Trusted Advisor about money, limits or resilience has that category', () => {
  const table = Object.entries(checkTable)
  expect(table.length).toBeGreaterThan(100)
  const inCategory = (control: string, category: Category) => categoryOf({ class: 'posture', control }) === category
  for (const [id, { pillar }] of table) {
    // A check that other tools have too has the category of its row.
    if (controlTable.named(id)) continue
    expect(inCategory(id, 'cost'), id).toBe(pillar === 'cost_optimizing' || pillar === 'service_limits')
    expect(inCategory(id, 'resilience'), id).toBe(pillar === 'fault_tolerance')
  }
})

describe('a company with its own teams', () => {
  const teams = [
    teamOf('product', 'security_response'),
    teamOf('sre', 'infrastructure', { retired: true, successor: 'core' }),
    teamOf('core', 'infrastructure', { retired: true, successor: 'platform' }),
    teamOf('platform', 'infrastructure'),
    teamOf('network', 'infrastructure'),
    teamOf('it', 'corporate_it'),
  ]
  const finding: Routable = { ...known, class: 'posture', control: 'EC2.8', ownerTeam: 'network' }

  test.each([
    ['GuardDuty', { class: 'threat' as const }, 'product'],
    ['a CVE', { class: 'vulnerability' as const, control: 'CVE-2026-1' }, 'platform'],
    ["people's access", { control: 'IAM.5' }, 'it'],
    ['what no default names', {}, 'network'],
  ])('%s goes to the first active team of the kind, or to the owner of the account', (_name, about, team) => {
    expect(routeIn({ ...finding, ...about }, [], teams).team).toBe(team)
  })

  test('a retired team is replaced by its successor, and recursively', () => {
    const rule = RoutingRule.parse({ name: 'x', control: 'S3.*', team: 'sre' })
    expect(routeIn({ ...finding, control: 'S3.1' }, [rule], teams).team).toBe('platform')
    expect(routeIn({ ...finding, tags: { 'owner-team': 'SRE' } }, [], teams).team).toBe('platform')
    expect(routeIn({ ...finding, ownerTeam: 'core' }, [], teams).team).toBe('platform')
  })

  test('a rule of an unknown team has no effect', () => {
    const rule = RoutingRule.parse({ name: 'x', team: 'nobody' })
    expect(routeIn(finding, [rule], teams).team).toBe('network')
  })

  test('a cycle of successor teams ends without a team', () => {
    const circle = [
      teamOf('a', 'infrastructure', { retired: true, successor: 'b' }),
      teamOf('b', 'infrastructure', { retired: true, successor: 'a' }),
    ]
    expect(activeTeamOf(circle, 'a')).toBeNull()
  })
})
