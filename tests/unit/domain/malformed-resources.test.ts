import { describe, expect, test } from 'vitest'
import type { CheckDefinition } from '../../../lib/domain/checks/check'
import { evaluate } from '../../../lib/domain/checks/evaluate'
import { alarmsIdle } from '../../../lib/domain/checks/neglect/alarms'
import { standardChecks } from '../../../lib/domain/checks/standard/checks'
import {
  ACCOUNT,
  bucket,
  type Given,
  inventory,
  password,
  REGION,
  settings,
  trail,
  user,
} from '../../support/checks/inventory'

function check(id: string): CheckDefinition {
  const found = [...standardChecks, alarmsIdle].find(one => one.id === id)
  if (!found) throw new Error(`no check ${id}`)
  return found
}

const odd = (type: string, arn: string, more: Partial<Given> = {}): Given => ({
  type,
  arn,
  data: { odd: true },
  ...more,
})
const here = { region: REGION }
const instance = `arn:aws:ec2:${REGION}:${ACCOUNT}:instance/i-1`

const defaults = [REGION, 'us-east-1'].map(region => ({
  type: 'AWS::EC2::AccountSettings',
  region,
  data: { ebsEncryption: true, snapshotBlock: null, imageBlock: null, httpTokens: null, httpTokensEnforced: null },
}))

describe('a resource whose data cannot be read', () => {
  test.each<[id: string, given: Given]>([
    ['user-mfa', odd('AWS::IAM::User', 'user/ann')],
    ['key-rotation', odd('AWS::IAM::User', 'user/ann')],
    ['no-admin-policies', odd('AWS::IAM::ManagedPolicy', 'policy/all')],
    ['no-cloudshell-access', odd('AWS::IAM::Role', 'role/ci')],
    ['no-expired-certificates', odd('AWS::IAM::ServerCertificate', 'certificate/old')],
    ['trail-encryption', odd('AWS::CloudTrail::Trail', `arn:aws:cloudtrail:${REGION}:${ACCOUNT}:trail/t`, here)],
    ['s3-bucket-block', odd('AWS::S3::Bucket', 'bucket', { data: { region: REGION } })],
    ['kms-rotation', odd('AWS::KMS::Key', 'key', here)],
    ['rds-private', odd('AWS::RDS::DBInstance', 'db', here)],
    ['vpc-flow-logs', odd('AWS::EC2::VPC', 'vpc', here)],
    ['default-security-group', odd('AWS::EC2::SecurityGroup', 'sg', { ...here, name: 'default' })],
    ['open-ports', odd('AWS::EC2::SecurityGroup', 'sg', here)],
    ['imdsv2', odd('AWS::EC2::Instance', instance, here)],
    ['alarms-idle', odd('AWS::CloudWatch::Alarm', 'alarm', here)],
  ])('is not known to the check %s, which says nothing of it', (id, given) => {
    const { records, examined, errors } = evaluate(inventory([given, ...defaults]), [check(id)])
    expect(errors).toEqual([])
    // The other control is about the account.
    const controls = id === 'imdsv2' ? ['EC2.8'] : check(id).controls
    const region = given.type === 'AWS::S3::Bucket' ? REGION : (given.region ?? 'global')
    expect(records.filter(({ resource }) => resource.id === given.arn)).toMatchObject(
      controls.map(control => ({ control, region, result: 'not_available' })),
    )
    expect(examined).toMatchObject([{ unknown: 1 }])
  })

  test('of a bucket of a trail is not known either, as one that refuses', () => {
    const denied = bucket({ denied: 's3:GetBucketPolicy' })
    const of = trail({ bucket: denied.name })
    const { records } = evaluate(
      inventory([of, { ...denied, data: { region: REGION, denied: 's3:GetBucketPolicy' } }]),
      [check('trail-bucket')],
    )
    expect(records.map(({ control, region, result }) => [control, region, result])).toEqual([
      ['CloudTrail.6', REGION, 'not_available'],
      ['CloudTrail.7', REGION, 'not_available'],
    ])
  })

  test.each<[id: string, given: Given[]]>([
    ['no-console-users', [user(password()), odd('AWS::IAM::User', 'user/odd')]],
    ['password-policy', [user(password()), settings({}), odd('AWS::IAM::User', 'user/odd')]],
    ['root-mfa', [odd('AWS::IAM::AccountSettings', 'settings')]],
    ['security-contact', [odd('AWS::Account::Contacts', 'contacts')]],
    ['trail-all-regions', [odd('AWS::CloudTrail::Trail', 'trail')]],
    ['support-role', [odd('AWS::IAM::Role', 'role')]],
    ['ebs-encryption', [odd('AWS::EC2::AccountSettings', 'settings', here)]],
  ])('leaves the whole check %s without a result', (id, given) => {
    const { records, examined, errors } = evaluate(inventory(given), [check(id)])
    expect(records).toEqual([])
    expect(errors).toMatchObject([{ check: id, error: { name: 'MalformedResource' } }])
    expect(examined).toMatchObject([{ unexamined: [{ state: 'not_evaluated' }] }])
  })
})
