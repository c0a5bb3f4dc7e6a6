import { describe, expect, test } from 'vitest'
import { outcomesOf } from '../../../lib/sources/registry'
import { now } from './support'

const account = '111122223333'
const tags = [
  { key: 'Team', value: 'payments' },
  { key: 'Env', value: 'prod' },
]
const expected = { Env: 'prod', Team: 'payments' }
const tagsOf = (record: unknown) => outcomesOf(record, { now }).map(outcome => outcome.tags)

const guardDuty = (resource: Record<string, unknown>) => ({
  schemaVersion: '2.0',
  accountId: account,
  region: 'us-east-1',
  id: 'a',
  arn: `arn:aws:guardduty:us-east-1:${account}:detector/d/finding/a`,
  type: 'Backdoor:EC2/C&CActivity.B',
  severity: 8,
  resource,
  service: {},
})

describe('the tags of the resource are read', () => {
  test.each([
    ['Instance', { instanceDetails: { instanceId: 'i-0123456789abcdef0', tags } }],
    ['S3Bucket', { s3BucketDetails: [{ arn: 'arn:aws:s3:::b', name: 'b', tags }] }],
    ['EKSCluster', { eksClusterDetails: { name: 'c', arn: `arn:aws:eks:us-east-1:${account}:cluster/c`, tags } }],
    ['ECSCluster', { ecsClusterDetails: { name: 'c', arn: `arn:aws:ecs:us-east-1:${account}:cluster/c`, tags } }],
    ['RDSDBInstance', { rdsDbInstanceDetails: { dbInstanceIdentifier: 'd', tags } }],
    ['Lambda', { lambdaDetails: { functionName: 'f', tags } }],
  ])('from GuardDuty, of the kind %s', (resourceType, details) => {
    expect(tagsOf(guardDuty({ resourceType, ...details }))).toEqual([expected])
  })

  test('from GuardDuty, as its API writes them, and only those of the resource itself', () => {
    const api = {
      resourceType: 'Instance',
      instanceDetails: { instanceId: 'i-1', tags: [{ Key: 'Team', Value: 'a' }] },
    }
    expect(tagsOf(guardDuty(api))).toEqual([{ Team: 'a' }])
    const key = { resourceType: 'AccessKey', accessKeyDetails: { userName: 'u' }, instanceDetails: { tags } }
    expect(tagsOf(guardDuty(key))).toEqual([null])
  })

  test('from Inspector, of each resource its own', () => {
    const of = (name: string, own: unknown) => ({
      type: 'AWS_EC2_INSTANCE',
      id: `arn:aws:ec2:us-east-1:${account}:instance/${name}`,
      region: 'us-east-1',
      tags: own,
    })
    const record = {
      findingArn: `arn:aws:inspector2:us-east-1:${account}:finding/1`,
      awsAccountId: account,
      status: 'ACTIVE',
      severity: 'HIGH',
      type: 'PACKAGE_VULNERABILITY',
      resources: [of('i-1', { Team: 'payments', Env: 'prod' }), of('i-2', null)],
      packageVulnerabilityDetails: { vulnerabilityId: 'CVE-2021-44228', vulnerablePackages: [{ name: 'log4j' }] },
    }
    expect(tagsOf(record)).toEqual([expected, null])
  })

  test('from Macie', () => {
    const record = {
      accountId: account,
      region: 'us-east-1',
      id: 'm',
      type: 'Policy:IAMUser/S3BucketPublic',
      severity: { description: 'High' },
      resourcesAffected: { s3Bucket: { arn: 'arn:aws:s3:::b', name: 'b', tags } },
    }
    expect(tagsOf(record)).toEqual([expected])
  })
})
