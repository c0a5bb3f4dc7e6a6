import { describe, expect, test } from 'vitest'
import { fillCommand, isKnown, PLACEHOLDERS, placeholdersOf, quoted } from '@/lib/domain/threats/command'
import { commandValuesOf, identityOf } from '@/lib/domain/threats/command-values'
import { PlaybookText, phases, playbookFor, StepTable } from '@/lib/domain/threats/playbook'
import rawSteps from '@/lib/domain/threats/steps.json'
import english from '@/lib/domain/threats/text/en.json'
import japanese from '@/lib/domain/threats/text/ja.json'
import { threatTypeOf } from '@/lib/domain/threats/threat-type'
import types from '@/lib/domain/threats/types.json'
import { problemsOfPair } from '../../support/wording'

const { families, steps } = StepTable.parse(rawSteps)
const en = PlaybookText.parse(english)
const ja = PlaybookText.parse(japanese)
const templates = Object.values(steps).flatMap(step => step.commands.flat())

const subject = {
  control: 'Backdoor:EC2/C&CActivity.B',
  accountId: '111122223333',
  region: 'ap-northeast-1',
  resourceId: 'arn:aws:ec2:ap-northeast-1:111122223333:instance/i-0123456789abcdef0',
  resourceType: 'AwsEc2Instance',
  otherResources: [],
  sightings: [{ nativeId: 'a'.repeat(32) }],
}

describe('the texts', () => {
  test('exist in both languages for every family and every step', () => {
    for (const text of [en, ja]) {
      expect(Object.keys(text.families).sort()).toEqual(Object.keys(families).sort())
      expect(Object.keys(text.steps).sort()).toEqual(Object.keys(steps).sort())
    }
    const all = [en, ja].flatMap(text => [
      ...Object.values(text.families).flatMap(family => Object.values(family)),
      ...Object.values(text.steps),
    ])
    expect(all.filter(text => text.trim() === '')).toEqual([])
  })

  test('use the words of the product', () => {
    const pairs = [
      ...Object.entries(en.families).flatMap(([id, family]) =>
        (['name', 'meaning', 'harmless'] as const).map(part => [family[part], ja.families[id]?.[part] ?? ''] as const),
      ),
      ...Object.entries(en.steps).map(([id, text]) => [text, ja.steps[id] ?? ''] as const),
    ]
    expect(pairs.flatMap(([a, b]) => problemsOfPair(a, b))).toEqual([])
    expect(pairs.length).toBeGreaterThan(200)
  })
})

describe('the table', () => {
  test('has a family with steps for every type, in the order of the phases', () => {
    for (const { family } of Object.values(types.types)) expect(families).toHaveProperty([family])
    expect(Object.keys(types.types).length).toBeGreaterThan(240)
    for (const [family, ids] of Object.entries(families)) {
      // Where a mistake is likely, the owner comes first.
      const ordered = ids[0] === 'confirmOwner' ? ids.slice(1) : ids
      const order = ordered.map(id => phases.indexOf(steps[id]?.phase ?? 'contain'))
      expect([family, order]).toEqual([family, order.toSorted((a, b) => a - b)])
      expect(new Set(ids).size).toBe(ids.length)
    }
  })

  test('uses every family and every step', () => {
    const used = new Set(Object.values(families).flat())
    expect(Object.keys(steps).filter(id => !used.has(id))).toEqual([])
    const named = new Set(Object.values(types.types).map(({ family }) => family))
    const others = ['other', 'exposed-access-key', 'sensitive-data']
    expect(Object.keys(families).filter(id => !named.has(id) && !others.includes(id))).toEqual([])
  })

  test('uses only known placeholders, and quotes that are closed', () => {
    expect(templates.flatMap(placeholdersOf).filter(name => !Object.hasOwn(PLACEHOLDERS, name))).toEqual([])
    expect(templates.filter(each => (each.match(/'/g) ?? []).length % 2 === 1)).toEqual([])
  })

  test('has a tactic, a resource and a page for every type', () => {
    for (const [type, { page, anchor }] of Object.entries(types.types)) {
      expect(type).toMatch(/^[A-Za-z]+:[A-Za-z0-9]+\/[\w.!&-]+$/)
      expect(`${page}#${anchor}`).toMatch(/^[\w-]+#[A-Za-z0-9-]+$/)
    }
    for (const type of Object.values(types.aliases)) expect(types.types).toHaveProperty([type])
  })
})

describe('the family of a type', () => {
  test.each([
    ['UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.OutsideAWS', 'iam-stolen-role-credentials'],
    ['Backdoor:EC2-C&CActivity.B!DNS', 'ec2-command-and-control'],
    ['TTPs/Backdoor:Runtime-C&CActivity.B', 'runtime-command-and-control'],
    ['EC2:Unusual-DNS-Resolver', 'ec2-unusual-dns'],
    ['CredentialAccess:Kubernetes-SecretsAccessed', 'kubernetes-anomalous'],
    ['attacksequence:s3/compromiseddata', 'sequence-s3'],
    ['SensitiveData:S3Object/Personal', 'sensitive-data'],
    ['12Fnkpl8Y5', 'exposed-access-key'],
    ['Backdoor:EC2/NotYetInvented', 'other'],
    ['x:constructor/y', 'other'],
    ['__proto__', 'other'],
    ['', 'other'],
  ])('%s: %s', (type, family) => {
    expect(threatTypeOf(type).family).toBe(family)
  })

  // Links of https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format-type-taxonomy.html
  test.each([
    ['Backdoor:EC2/C&CActivity.B!DNS', 'guardduty_finding-types-ec2.html#backdoor-ec2-ccactivitybdns'],
    ['Discovery:IAMUser/AnomalousBehavior', 'guardduty_finding-types-iam.html#discovery-iam-anomalousbehavior'],
    ['Impact:S3/AnomalousBehavior.Delete', 'guardduty_finding-types-s3.html#impact-s3-anomalousbehavior-delete'],
    ['Object:S3/MaliciousFile', 'gdu-malware-protection-s3-finding-types.html#s3-object-s3-malicious-file'],
    ['Trojan:Lambda/DropPoint', 'lambda-protection-finding-types.html#trojan-lambda-drop-point'],
  ])('%s is described at %s', (type, place) => {
    expect(threatTypeOf(type).url).toBe(`https://docs.aws.amazon.com/guardduty/latest/ug/${place}`)
  })
})

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
    const policy = templates.find(each => each.includes('AWSRevokeOlderSessions')) ?? ''
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
    const values = commandValuesOf({ ...subject, sightings: [{ nativeId }] })
    expect([values.detectorId, values.findingId]).toEqual([detector, id])
  })

  test('show who acted', () => {
    const who = (id: string) => identityOf(valuesOf(id))
    expect(who('arn:aws:iam::111122223333:user/alice')).toBe('user')
    expect(who('arn:aws:iam::111122223333:role/app')).toBe('role')
    expect(who(subject.resourceId)).toBeNull()
  })
})

describe('the playbook', () => {
  test('of an instance isolates it, with its id in the commands', async () => {
    const { family, steps: shown } = await playbookFor('en', subject)
    expect(family).toBe('ec2-command-and-control')
    const commands = shown.flatMap(step => step.commands.map(({ text }) => text))
    expect(commands).toContain(
      'aws ec2 modify-instance-attribute --instance-id i-0123456789abcdef0 --groups "$QUARANTINE_GROUP_ID" --region ap-northeast-1',
    )
    expect(shown[0]?.phase).toBe('contain')
  })

  test('leaves out steps for other identities and other kinds of resources', async () => {
    const ids = async (control: string, resourceId: string, resourceType = '') =>
      (await playbookFor('ja', { ...subject, control, resourceId, resourceType })).steps.map(({ id }) => id)
    const user = await ids('UnauthorizedAccess:IAMUser/TorIPCaller', 'arn:aws:iam::111122223333:user/alice')
    expect(user).toContain('deactivateKey')
    expect(user).not.toContain('revokeSessions')
    const unknown = await ids('UnauthorizedAccess:IAMUser/TorIPCaller', 'somebody')
    expect(unknown).toEqual(expect.arrayContaining(['deactivateKey', 'revokeSessions', 'secureRoot']))
    const pod = await ids('Execution:Runtime/ReverseShell', 'arn:aws:eks:x:1:cluster/prod', 'AwsEksCluster')
    expect(pod).toContain('isolatePod')
    expect(pod).not.toContain('isolateInstance')
  })

  test('of every type has a text, and steps that contain the threat', async () => {
    for (const locale of ['en', 'ja'] as const) {
      for (const control of [...Object.keys(types.types), 'unknown']) {
        const of = { ...subject, control, resourceId: 'x', resourceType: '' }
        const { name, meaning, harmless, steps: shown } = await playbookFor(locale, of)
        expect([name, meaning, harmless].every(text => text !== '')).toBe(true)
        expect([control, shown.some(step => step.phase === 'contain')]).toEqual([control, true])
        expect(shown.every(step => step.text !== '')).toBe(true)
      }
    }
  })
})
