import { expect, test } from 'vitest'
import { standardChecks } from '../../../lib/domain/checks/standard/checks'
import { ACCOUNT, type Given, inventory, REGION, service, settings } from '../../support/checks/inventory'

const denied = (action: string) => ({ state: 'denied', action })

const unit: Given = {
  type: 'AWS::Organizations::Account',
  data: { id: ACCOUNT, parent: 'ou-1', tags: { owner: 'a' } },
}
const organization = (unread: object, managementAccount: string = ACCOUNT): Given => ({
  type: 'AWS::Organizations::Organization',
  data: { managementAccount, rootFeatures: null, trustedServices: [], unread },
})

function examined(id: string, given: readonly Given[], own: Given[] = []) {
  const check = standardChecks.find(one => one.id === id)
  if (!check) throw new Error(`no check ${id}`)
  const place = check.regional ? REGION : 'global'
  const all = inventory(own, { organization: [...given] })
  return { missing: check.unexamined?.(all, place) ?? null, results: [...check.run(all, place)].map(one => one.result) }
}

test.each([
  ['root-centralized', 'rootFeatures', 'iam:ListOrganizationsFeatures'],
  ['service-control-policies', 'policies', 'organizations:ListPolicies'],
  ['delegated-administrators', 'administrators', 'organizations:ListDelegatedAdministrators'],
])('%s is not examined where %s could not be read, and others are', (id, datum, action) => {
  const given = [organization({ [datum]: denied(action) }), unit]
  expect(examined(id, given).missing).toEqual({
    region: 'global',
    collector: 'organization',
    state: 'denied',
    action,
  })
  expect(examined('organizational-unit', given).missing).toBeNull()
  expect(examined('account-tags', given).missing).toBeNull()
  expect(examined(id, [organization({}), unit]).missing).toBeNull()
})

test('tags that could not be read are not missing tags', () => {
  const action = 'organizations:ListTagsForResource'
  const data = { ...unit.data, tags: null, tagsUnread: denied(action) }
  const { missing, results } = examined('account-tags', [organization({}), { ...unit, data }])
  expect(missing).toMatchObject({ state: 'denied', action })
  expect(results).toEqual([])
})

test('a root user without a password is judged only where it is known whether the organization manages it', () => {
  const own = [settings({ AccountMFAEnabled: 0, AccountPasswordPresent: 0 })]
  const unread = organization({ rootFeatures: denied('iam:ListOrganizationsFeatures') })
  expect(examined('root-mfa', [unread], own).results).toEqual(['unknown'])
  expect(examined('root-mfa', [organization({})], own).results).toEqual(['failed'])
  const withPassword = [settings({ AccountMFAEnabled: 0, AccountPasswordPresent: 1 })]
  expect(examined('root-mfa', [unread], withPassword).results).toEqual(['failed'])
})

test('Security Hub does not pass where it is not known who has to aggregate its Regions', () => {
  const hub = service('SecurityHub', {
    state: 'enabled',
    standards: [
      { arn: 'arn:aws:securityhub:::standards/aws-foundational-security-best-practices/v/1.0.0', status: 'READY' },
    ],
    generator: 'SECURITY_CONTROL',
    aggregated: false,
  })
  const unread = organization({ administrators: denied('organizations:ListDelegatedAdministrators') })
  expect(examined('security-hub', [unread], [hub]).results).toEqual(['unknown'])
  expect(examined('security-hub', [organization({})], [hub]).results).toEqual(['passed'])
})
