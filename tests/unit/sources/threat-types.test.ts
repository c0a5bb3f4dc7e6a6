import { expect, test } from 'vitest'
import { threatTypeOf } from '../../../lib/domain/threats/threat-type'
import types from '../../../lib/domain/threats/types.json'
import { outcomeOf } from './support'

const copy = (type: string) => ({
  SchemaVersion: '2018-10-08',
  Id: 'arn:aws:guardduty:eu-west-1:123456789012:detector/d1/finding/b0b1',
  ProductArn: 'arn:aws:securityhub:eu-west-1::product/aws/guardduty',
  GeneratorId: 'arn:aws:guardduty:eu-west-1:123456789012:detector/d1',
  AwsAccountId: '123456789012',
  Types: [type],
  Severity: { Label: 'HIGH' },
  Title: 'A threat',
  Resources: [{ Type: 'AwsIamAccessKey', Id: 'AWS::IAM::AccessKey:AKIAEXAMPLE' }],
})
const familyOf = (type: string) => Object.entries(types.types).find(([name]) => name === type)?.[1].family

/** Names in Security Hub: https://docs.aws.amazon.com/guardduty/latest/ug/securityhub-integration.html */
test.each([
  ['TTPs/Command and Control/Backdoor:EC2-C&CActivity.B!DNS', 'Backdoor:EC2/C&CActivity.B!DNS'],
  ['TTPs/AttackSequence:IAM/CompromisedCredentials', 'AttackSequence:IAM/CompromisedCredentials'],
  ['TTPs/AttackSequence:S3/CompromisedData', 'AttackSequence:S3/CompromisedData'],
  ['TTPs/PenTest:IAMUser/KaliLinux', 'PenTest:IAMUser/KaliLinux'],
  ['TTPs/PenTest:S3-KaliLinux', 'PenTest:S3/KaliLinux'],
  ['TTPs/DefenseEvasion/EC2:Unusual-DNS-Resolver', 'DefenseEvasion:EC2/UnusualDNSResolver'],
  ['TTPs/Discovery/IAMUser-AnomalousBehavior', 'Discovery:IAMUser/AnomalousBehavior'],
  ['TTPs/Credential Access/IAMUser-AnomalousBehavior', 'CredentialAccess:IAMUser/AnomalousBehavior'],
  ['TTPs/Privilege Escalation/IAMUser-AnomalousBehavior', 'PrivilegeEscalation:IAMUser/AnomalousBehavior'],
  ['TTPs/Discovery/RDS-TorIPCaller', 'Discovery:RDS/TorIPCaller'],
  ['Effects/Data Exposure/Policy:S3-BucketBlockPublicAccessDisabled', 'Policy:S3/BucketBlockPublicAccessDisabled'],
  ['Unusual Behaviors/User/UnauthorizedAccess:IAMUser-ConsoleLogin', 'UnauthorizedAccess:IAMUser/ConsoleLogin'],
])('%s of Security Hub is the type %s', (type, own) => {
  const { class: kind, control } = outcomeOf(copy(type))
  expect(kind).toBe('threat')
  const found = threatTypeOf(control)
  expect(found).toEqual(threatTypeOf(own))
  expect(familyOf(own)).toBe(found.family)
  expect(found.url).not.toBeNull()
})

test('tactics of unusual calls are different kinds of threats', () => {
  const kinds = ['Discovery', 'Impact', 'Initial Access'].map(
    tactic => outcomeOf(copy(`TTPs/${tactic}/IAMUser-AnomalousBehavior`)).control,
  )
  expect(kinds).toEqual([
    'Discovery:IAMUser-AnomalousBehavior',
    'Impact:IAMUser-AnomalousBehavior',
    'InitialAccess:IAMUser-AnomalousBehavior',
  ])
})

test('a key that Security Hub writes as null is no key', () => {
  const resource = {
    Type: 'AwsIamAccessKey',
    Id: 'AWS::IAM::AccessKey:null',
    Details: { AwsIamAccessKey: { PrincipalName: 'alice' } },
  }
  const record = { ...copy('TTPs/UnauthorizedAccess:IAMUser-ConsoleLoginSuccess.B'), Resources: [resource] }
  expect(outcomeOf(record).facts).toMatchObject({ principal: 'alice', accessKeyId: null })
})
