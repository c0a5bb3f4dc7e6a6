import { describe, expect, test } from 'vitest'
import { toText } from '../../../../lib/domain/collection/policy/document'
import {
  callerPolicy,
  collectorPolicy,
  organizationPolicy,
  writeBackPolicy,
} from '../../../../lib/domain/collection/policy/policies'
import { type Principal, principalOf, withRolePath } from '../../../../lib/domain/collection/policy/principal'
import { pushTemplate } from '../../../../lib/domain/collection/policy/push-template'
import {
  memberRoleTemplate,
  organizationRoleTemplate,
  type Template,
  writeBackRoleTemplate,
} from '../../../../lib/domain/collection/policy/role-template'
import { stackSetTemplate } from '../../../../lib/domain/collection/policy/stackset-template'

function principal(arn: string): Principal {
  const found = principalOf(arn)
  if (!found) throw new Error(`no principal in ${arn}`)
  return found
}

const trust = {
  caller: principal('arn:aws:iam::999999999999:role/apps/Hinomi'),
  externalId: 'a'.repeat(32),
  roleName: 'HinomiReadOnly',
}

/** A template as CloudFormation reads it. */
interface Parsed {
  Parameters?: Record<string, { Default?: string }>
  Resources: Record<string, { Type: string; Properties: Record<string, unknown> }>
}

const parsed = (template: Template): Parsed => JSON.parse(toText(template))
const propertiesOf = (template: Template, name: string) => parsed(template).Resources[name]?.Properties ?? {}

describe('the principal of trust policies', () => {
  test.each([
    ['arn:aws:sts::999999999999:assumed-role/Hinomi/i-0123', 'arn:aws:iam::999999999999:role/Hinomi', false],
    [
      'arn:aws-cn:sts::999999999999:assumed-role/Hinomi/x@example.com',
      'arn:aws-cn:iam::999999999999:role/Hinomi',
      false,
    ],
    ['arn:aws:iam::999999999999:role/a/b/Hinomi', 'arn:aws:iam::999999999999:role/a/b/Hinomi', true],
    ['arn:aws:iam::999999999999:user/ops/hinomi', 'arn:aws:iam::999999999999:user/ops/hinomi', true],
  ])('%s', (caller, arn, pathKnown) => {
    expect(principalOf(caller)).toMatchObject({ arn, pathKnown, accountId: '999999999999' })
  })

  test.each([
    'arn:aws:iam::999999999999:root',
    'arn:aws:sts::999999999999:federated-user/bob',
    'arn:other:iam::999999999999:role/Hinomi',
    '',
  ])('none in %j', caller => {
    expect(principalOf(caller)).toBeNull()
  })

  test('a session has the path of its role, and not that of another role', () => {
    const session = principal('arn:aws:sts::999999999999:assumed-role/Hinomi/i-0123')
    const role = 'arn:aws:iam::999999999999:role/aws-reserved/sso.amazonaws.com/Hinomi'
    expect(withRolePath(session, role)).toMatchObject({ arn: role, pathKnown: true })
    expect(withRolePath(session, 'arn:aws:iam::111111111111:role/apps/Hinomi')).toBe(session)
    expect(withRolePath(session, '')).toBe(session)
  })
})

describe('a role', () => {
  test.each([
    ['of a member', memberRoleTemplate(trust)],
    ['of the organization', organizationRoleTemplate(trust)],
    ['for writing back', writeBackRoleTemplate(trust)],
  ])('%s trusts this principal alone, with the external ID', (_which, template) => {
    expect(propertiesOf(template, 'Role')).toMatchObject({
      RoleName: 'HinomiReadOnly',
      MaxSessionDuration: 3600,
      AssumeRolePolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Principal: { AWS: 'arn:aws:iam::999999999999:role/apps/Hinomi' },
            Action: 'sts:AssumeRole',
            Condition: { StringEquals: { 'sts:ExternalId': 'a'.repeat(32) } },
          },
        ],
      },
    })
    expect(JSON.stringify(template)).not.toContain('ManagedPolicyArns')
  })

  test('stays below the limit of inline policies: 10,240 characters', () => {
    const policies = [collectorPolicy('aws-us-gov'), organizationPolicy()]
    const length = policies.map(policy => JSON.stringify(policy).length).reduce((a, b) => a + b)
    expect(length).toBeLessThan(10_240)
  })

  test('never reads contents, even if another policy is attached to it', () => {
    const deny = collectorPolicy('aws').Statement.find(({ Effect }) => Effect === 'Deny')
    expect(deny?.Resource).toBe('*')
    const contents = [
      's3:GetObject',
      'dynamodb:Scan',
      'secretsmanager:GetSecretValue',
      'ssm:GetParameter*',
      'kms:Decrypt',
    ]
    expect(deny?.Action).toEqual(expect.arrayContaining([...contents, 'logs:FilterLogEvents', 'lambda:GetFunction']))
  })

  test('reads paths of API Gateway in its own partition', () => {
    const gateway = collectorPolicy('aws-cn').Statement.find(({ Sid }) => Sid === 'ApiGatewayRead')
    expect(gateway?.Resource).toContain('arn:aws-cn:apigateway:*::/restapis/*/stages')
    expect(JSON.stringify(collectorPolicy('aws-cn'))).not.toContain('arn:aws:')
  })
})

test('the StackSet contains the template of the member role as its own text', () => {
  const template = stackSetTemplate({ ...trust, units: ['r-abcd'], region: 'us-east-1' })
  const properties = propertiesOf(template, 'Roles')
  expect(JSON.parse(String(properties.TemplateBody))).toEqual(JSON.parse(JSON.stringify(memberRoleTemplate(trust))))
  expect(properties).not.toHaveProperty('TemplateURL')
  expect(parsed(template).Parameters?.OrganizationalUnitIds?.Default).toBe('r-abcd')
  // CloudFormation takes a template of this length without a bucket: 51,200 bytes.
  expect(Buffer.byteLength(toText(template))).toBeLessThan(51_200)
})

test.each([
  ['HinomiReadOnly', 'HinomiReadOnly'],
  ['a_b', 'a-b'],
  ['a+=,.@b', 'a-b'],
  ['=cmd', 'cmd'],
  ['-rf', 'rf'],
  ['1st', 'Hinomi-1st'],
  ['..', 'Hinomi'],
])('the StackSet of the role %s has a name that CloudFormation takes', (roleName, name) => {
  const template = stackSetTemplate({ ...trust, roleName, units: [], region: 'us-east-1' })
  expect(propertiesOf(template, 'Roles').StackSetName).toBe(name)
})

test('a StackSet without units leaves the choice to the person who deploys it', () => {
  const template = stackSetTemplate({ ...trust, units: [], region: 'us-east-1' })
  expect(parsed(template).Parameters?.OrganizationalUnitIds).not.toHaveProperty('Default')
})

describe('the queue of events', () => {
  const template = pushTemplate('HinomiReadOnly')

  test('gets the findings of all six services, and keeps what cannot be delivered', () => {
    const rule = JSON.stringify(propertiesOf(template, 'Findings'))
    for (const service of ['securityhub', 'guardduty', 'inspector2', 'access-analyzer', 'trustedadvisor', 'config']) {
      expect(rule).toContain(`"aws.${service}"`)
    }
    expect(rule).toContain('"DeadLetterConfig":{"Arn":{"Fn::GetAtt":["DeadLetterQueue","Arn"]}}')
    expect(propertiesOf(template, 'Queue')).toMatchObject({
      SqsManagedSseEnabled: true,
      MessageRetentionPeriod: 1_209_600,
    })
  })

  test('only the rule sends to it, only the role of its own account reads it, and only over TLS', () => {
    const policy = JSON.stringify(propertiesOf(template, 'QueuePolicy'))
    expect(policy).toContain('"Condition":{"ArnEquals":{"aws:SourceArn":{"Fn::GetAtt":["Findings","Arn"]}}}')
    expect(policy).toContain(`"Fn::Sub":"arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/HinomiReadOnly"`)
    expect(policy).toContain('"Effect":"Deny","Principal":"*","Action":"sqs:*"')
  })
})

test('writing back changes the workflow, and no field that others decide', () => {
  const text = JSON.stringify(writeBackPolicy())
  for (const field of ['Severity.Label', 'Confidence', 'Criticality', 'Types', 'VerificationState']) {
    expect(text).toContain(`{"Null":{"securityhub:ASFFSyntaxPath/${field}":"false"}}`)
  }
  expect(text).not.toContain('ASFFSyntaxPath/Workflow')
})

test('the identity of Hinomi may assume the roles in every account, and read its own role', () => {
  expect(callerPolicy(trust.caller, ['HinomiReadOnly', 'HinomiWriteBack']).Statement).toMatchObject([
    { Resource: ['arn:aws:iam::*:role/HinomiReadOnly', 'arn:aws:iam::*:role/HinomiWriteBack'] },
    { Action: ['iam:GetRole'], Resource: 'arn:aws:iam::999999999999:role/apps/Hinomi' },
  ])
  const user = principal('arn:aws:iam::999999999999:user/hinomi')
  expect(callerPolicy(user, ['HinomiReadOnly']).Statement).toHaveLength(1)
})

test('equal settings give equal text', () => {
  expect(toText(memberRoleTemplate(trust))).toBe(toText(memberRoleTemplate({ ...trust })))
})
