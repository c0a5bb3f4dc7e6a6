import { describe, expect, test } from 'vitest'
import { routeTo } from '../../../lib/domain/routing'
import { teams } from '../../../lib/domain/team'

const posture = (control: string) => routeTo({ class: 'posture', control }, 'sre')
/** An owner that no rule names here: what comes back as cit came from the account. */
const fallback = (control: string) => routeTo({ class: 'posture', control }, 'cit')

test.each(teams)('what no rule names goes to the owner of the account: %s', owner => {
  expect(routeTo({ class: 'posture', control: 'S3.2' }, owner)).toBe(owner)
})

test('an attack goes to CSIRT, whatever its control is called', () => {
  expect(routeTo({ class: 'threat', control: 'IAM.6' }, 'cit')).toBe('csirt')
})

test('a vulnerability goes to SRE, whoever owns the account', () => {
  expect(routeTo({ class: 'vulnerability', control: 'CVE-2026-0001' }, 'cit')).toBe('sre')
})

describe('controls', () => {
  test.each([
    'ELB.16',
    'APIGateway.4',
    'CloudFront.6',
    'AppSync.6',
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
    'IAM.26',
    'IAM.27',
    'iam_user_mfa_enabled_console_access',
    'iam_password_policy_minimum_length_14',
    'iam_rotate_access_key_90_days',
    'iam_disable_90_days_credentials',
    'iam_check_saml_providers_sts',
    'CIS 1.2.0/1.4',
    'CIS 1.2.0/1.11',
  ])("%s: people's access is CIT", control => expect(posture(control)).toBe('cit'))

  test.each(['IAM.2', 'IAM.28', 'IAM.33', 'CIS 1.2.0/2.4', 'CIS 1.2.0/1.41'])('%s is nobody’s by rule', control =>
    expect(posture(control)).toBe('sre'),
  )

  test.each([
    'IAM.1',
    'IAM.21',
    'IAM.24',
    'iam_policy_allows_privilege_escalation',
    'iam_inline_policy_no_administrative_privileges',
    'iam_aws_attached_policy_no_administrative_privileges',
  ])('%s: privileges are CSIRT', control => expect(fallback(control)).toBe('csirt'))

  test.each([
    'GuardDuty.1',
    'Macie.1',
    'Inspector.3',
    'guardduty_is_enabled',
    'inspector2_is_enabled',
    'macie_is_enabled',
  ])('%s: the watch is CSIRT', control => expect(fallback(control)).toBe('csirt'))

  test('the first rule that fits wins', () => {
    expect(fallback('iam_no_root_access_key')).toBe('sre')
    expect(routeTo({ class: 'vulnerability', control: 'Inspector.1' }, 'cit')).toBe('csirt')
  })
})
