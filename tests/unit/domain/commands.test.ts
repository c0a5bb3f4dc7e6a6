import { describe, expect, test } from 'vitest'
import { fillCommand, isKnown, quoted } from '@/lib/domain/commands/command'
import { commandValuesOf } from '@/lib/domain/commands/command-values'
import { INPUTS, PLACEHOLDERS } from '@/lib/domain/commands/placeholders'
import type { ThreatFacts } from '@/lib/domain/findings/facts'

const subject = {
  accountId: '111122223333',
  region: 'ap-northeast-1',
  resourceId: 'arn:aws:ec2:ap-northeast-1:111122223333:instance/i-0123456789abcdef0',
  resourceType: 'AwsEc2Instance',
  otherResources: [],
  sightings: [{ nativeId: 'a'.repeat(32), source: 'guardduty' }],
  facts: null,
}

describe('a command', () => {
  test('is filled in with the values of the finding', () => {
    const template = 'aws iam update-access-key --user-name {userName} --access-key-id {longTermKeyId}'
    expect(fillCommand(template, { userName: 'ci+x@corp', longTermKeyId: 'AKIAIOSFODNN7EXAMPLE' })).toEqual({
      text: 'aws iam update-access-key --user-name ci+x@corp --access-key-id AKIAIOSFODNN7EXAMPLE',
      unset: [],
    })
    expect(fillCommand(template, {})).toEqual({
      text: 'aws iam update-access-key --user-name "$USER_NAME" --access-key-id "$LONG_TERM_KEY_ID"',
      unset: ['USER_NAME', 'LONG_TERM_KEY_ID'],
    })
    expect(fillCommand('tail /aws/lambda/{functionName} {functionName}', {})).toEqual({
      text: 'tail /aws/lambda/"$FUNCTION_NAME" "$FUNCTION_NAME"',
      unset: ['FUNCTION_NAME'],
    })
  })

  const options = ['--profile', '-x', 'file:///etc/passwd', 'https://example.com/x']
  const hidden = ['a\nb', 'a\u202Eb', '']
  const shell = ["a'; rm -rf ~; '", '$(id)', '`id`', 'a b', '"', 'a;b', 'a|b', 'a&b', '>x']

  test.each(Object.keys(PLACEHOLDERS).filter(name => name !== 'objectKey'))('takes no hostile %s', name => {
    for (const value of [...options, ...hidden, ...shell]) {
      expect(isKnown(`{${name}}`, { [name]: value })).toBe(false)
      expect(fillCommand(`x {${name}}`, { [name]: value }).text).toMatch(/^x "\$[A-Z_]+"$/)
    }
  })

  test('takes no value for what only the reader has', () => {
    for (const name of INPUTS) {
      expect(PLACEHOLDERS).not.toHaveProperty(name)
      expect(isKnown(`{${name}}`, { [name]: 'value' })).toBe(false)
    }
  })

  test('quotes free text', () => {
    const text = (objectKey: string) => fillCommand('x {objectKey}', { objectKey }).text
    for (const value of shell) expect(text(value)).toBe(`x ${quoted(value)}`)
    for (const value of [...options, ...hidden]) expect(text(value)).toBe('x "$OBJECT_KEY"')
    expect(quoted("it's $(id)")).toBe(String.raw`'it'\''s $(id)'`)
    expect([quoted('a'), quoted('')]).toEqual(['a', "''"])
  })

  test('does not let a value add a key to a list of the AWS CLI', () => {
    const template = 'lookup AttributeKey=Username,AttributeValue={userName}'
    expect(fillCommand(template, { userName: 'a' }).text).toBe('lookup AttributeKey=Username,AttributeValue=a')
    expect(fillCommand(template, { userName: 'a,AttributeKey=EventId' }).text).toBe(
      'lookup AttributeKey=Username,AttributeValue="$USER_NAME"',
    )
  })

  test('keeps quoted parts of its template as they are', () => {
    const policy = `x --role-name {roleName} --document '{"aws:TokenIssueTime":"'$(date -u +%Y-%m-%dT%H:%M:%SZ)'"}'`
    const { text } = fillCommand(policy, { roleName: 'app-role' })
    expect(text).toContain('--role-name app-role')
    expect(text).toContain(`"aws:TokenIssueTime":"'$(date -u +%Y-%m-%dT%H:%M:%SZ)'"`)
  })
})

describe('the values of a finding', () => {
  const valuesOf = (resourceId: string, resourceType = '') => commandValuesOf({ ...subject, resourceId, resourceType })

  test.each([
    [subject.resourceId, '', 'instanceId', 'i-0123456789abcdef0'],
    ['arn:aws:iam::111122223333:user/ops/alice', '', 'userName', 'alice'],
    ['arn:aws:sts::111122223333:assumed-role/app-role/i-0123', '', 'roleName', 'app-role'],
    ['arn:aws:s3:::my-bucket', '', 'bucket', 'my-bucket'],
    ['my-bucket', 'AwsS3Bucket', 'bucket', 'my-bucket'],
    ['arn:aws:lambda:ap-northeast-1:111122223333:function:pay:7', '', 'functionName', 'pay'],
    ['arn:aws:eks:ap-northeast-1:111122223333:cluster/prod', 'AwsEksCluster', 'clusterName', 'prod'],
    ['arn:aws:rds:ap-northeast-1:111122223333:db:orders', '', 'dbInstance', 'orders'],
    ['AWS::IAM::AccessKey:AKIAIOSFODNN7EXAMPLE', 'AwsIamAccessKey', 'longTermKeyId', 'AKIAIOSFODNN7EXAMPLE'],
  ])('%s', (id, type, name, value) => {
    expect(valuesOf(id, type)[name]).toBe(value)
  })

  test('include the ids of the detector and the finding', () => {
    const [detector, id] = ['1'.repeat(32), '2'.repeat(32)]
    const nativeId = `arn:aws:guardduty:ap-northeast-1:111122223333:detector/${detector}/finding/${id}`
    const values = commandValuesOf({ ...subject, sightings: [{ nativeId, source: 'security-hub' }] })
    expect([values.detectorId, values.findingId]).toEqual([detector, id])
  })

  const facts: ThreatFacts = {
    kind: 'threat',
    principal: 'alice',
    principalType: 'IAMUser',
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    remotes: [{ ip: '198.51.100.7', asn: null, organization: null, country: null, city: null }],
    action: null,
    api: null,
    service: null,
    domain: null,
    port: 22,
    protocol: null,
    direction: null,
    userAgent: null,
    threatLists: [],
    detectorId: '3'.repeat(32),
    firstSeen: null,
    lastSeen: null,
    count: null,
    sample: false,
  }

  test('include what the source says of the actor', () => {
    const of = (more: Partial<ThreatFacts>) => commandValuesOf({ ...subject, facts: { ...facts, ...more } })
    expect(of({})).toMatchObject({
      userName: 'alice',
      accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
      longTermKeyId: 'AKIAIOSFODNN7EXAMPLE',
      remoteIp: '198.51.100.7',
      localPort: '22',
      detectorId: '3'.repeat(32),
    })
    expect(of({ accessKeyId: 'ASIAIOSFODNN7EXAMPLE' }).longTermKeyId).toBeUndefined()
    expect(of({ principal: 'app', principalType: 'AssumedRole' })).toMatchObject({ roleName: 'app' })
    expect(of({ principal: 'AIDAEXAMPLE1234567890' }).userName).toBeUndefined()
    expect(of({ principal: 'x', principalType: 'Root' }).userName).toBe('root')
  })
})
