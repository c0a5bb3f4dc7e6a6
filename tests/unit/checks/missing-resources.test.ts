import { describe, expect, test } from 'vitest'
import { evaluate } from '../../../lib/domain/checks/evaluate'
import { standardChecks } from '../../../lib/domain/checks/standard/checks'
import { ACCOUNT, type Given, inventory, REGION } from '../../support/checks/inventory'

function examined(id: string, given: Parameters<typeof inventory>) {
  const check = standardChecks.filter(one => one.id === id)
  expect(check).toHaveLength(1)
  return evaluate(inventory(...given), check)
}

const organization = (managementAccount: string): Given => ({
  type: 'AWS::Organizations::Organization',
  data: { managementAccount, rootFeatures: [] },
})
const notEvaluated = [{ passed: 0, failed: 0, regions: [], unexamined: [{ state: 'not_evaluated' }] }]

describe('an account whose cells are read without what every account has', () => {
  test.each([
    'root-mfa',
    'root-hardware-mfa',
    'root-no-keys',
    'root-not-used',
    'password-policy',
    'security-contact',
    'other-contacts',
    'contacts-confirmed',
    's3-account-block',
    'ebs-encryption',
    'imdsv2',
    'public-snapshots',
  ])('was not examined by %s', id => {
    const { examined: lines, errors, records } = examined(id, [[]])
    expect(records).toEqual([])
    expect(lines).toMatchObject(notEvaluated)
    expect(errors).toMatchObject([{ check: id, error: { name: 'MalformedResource', message: /: missing/ } }])
  })

  test.each([
    'root-centralized',
    'service-control-policies',
    'management-account-clean',
    'organizational-unit',
    'delegated-administrators',
    'account-tags',
  ])('was not examined by %s without the organization', id => {
    expect(examined(id, [[], { organization: [] }]).examined).toMatchObject(notEvaluated)
    expect(examined(id, [[]]).errors).toEqual([])
  })

  test.each(['service-control-policies', 'organizational-unit', 'account-tags'])(
    'was not examined by %s where the organization lacks the account',
    id => {
      expect(examined(id, [[], { organization: [organization('222222222222')] }]).examined).toMatchObject(notEvaluated)
      const own = { type: 'AWS::Organizations::Account', data: { id: ACCOUNT, parent: 'ou-1', tags: {} } }
      expect(examined(id, [[], { organization: [organization('222222222222'), own] }]).errors).toEqual([])
    },
  )

  test.each(['user-mfa', 's3-bucket-block', 'open-ports', 'vpc-flow-logs', 'kms-rotation'])(
    'has an empty list, which %s judges',
    id => {
      expect(examined(id, [[]])).toMatchObject({ errors: [], records: [], examined: [{ unexamined: [] }] })
    },
  )

  test('is not examined where one Region lacks its settings', () => {
    const data = {
      ebsEncryption: true,
      snapshotBlock: null,
      imageBlock: null,
      httpTokens: null,
      httpTokensEnforced: null,
    }
    const here = { type: 'AWS::EC2::AccountSettings', region: REGION, data }
    expect(examined('ebs-encryption', [[here]]).examined).toMatchObject(notEvaluated)
    expect(examined('ebs-encryption', [[here, { ...here, region: 'us-east-1' }]]).errors).toEqual([])
  })
})

test('a check that always has something to judge says so of every account', () => {
  expect(
    standardChecks
      .filter(({ always }) => always)
      .map(({ id }) => id)
      .sort(),
  ).toEqual([
    'budget-alert',
    'contacts-confirmed',
    'ebs-encryption',
    'imdsv2',
    'no-console-users',
    'other-contacts',
    'public-snapshots',
    'root-hardware-mfa',
    'root-mfa',
    'root-no-keys',
    'root-not-used',
    's3-account-block',
    'security-contact',
    'support-role',
    'trail-all-regions',
  ])
})
