import { describe, expect, test } from 'vitest'
import { outcomesOf } from '../../../lib/sources/registry'
import { example, fixture, now, outcomeOf, read, rejectOf } from './support'

const hub = example('asff/security-hub-control.json')
const prowler = example('asff/prowler.asff.json')
const [, inspector = {}, guardduty = {}] = example('asff/page.json').Findings as Record<string, unknown>[]

const without = (record: Record<string, unknown>, ...keys: string[]) =>
  Object.fromEntries(Object.entries(record).filter(([key]) => !keys.includes(key)))

describe('a finding of Security Hub', () => {
  test('becomes one complete outcome', () => {
    expect(outcomeOf(hub)).toEqual({
      source: 'security-hub',
      product: 'Security Hub',
      nativeId: hub.Id,
      class: 'posture',
      accountId: '012345678901',
      region: 'ap-northeast-1',
      control: 'S3.2',
      result: 'failed',
      severity: 'critical',
      title: 'S3.2 S3 buckets should prohibit public read access',
      description: 'This control checks whether a bucket allows public read access.',
      remediationText: 'See the documentation of the control.',
      remediationUrl: 'https://docs.aws.amazon.com/console/securityhub/S3.2/remediation',
      resource: { id: 'arn:aws:s3:::hinomi-example-open', type: 'AwsS3Bucket' },
      otherResources: [],
      tags: null,
      packageName: '',
      firstObservedAt: new Date('2025-01-10T01:02:03.456Z'),
      updatedAt: new Date('2025-03-01T01:02:04Z'),
    })
  })

  test('is read the same from every container', async () => {
    const names = ['security-hub-control.json', 'page.json', 'eventbridge.json', 'http-body.json', 'findings.ndjson']
    for (const name of names) expect(outcomeOf((await read(fixture(`asff/${name}`))).values[0])).toEqual(outcomeOf(hub))
    expect((await read(fixture('asff/empty-page.json'))).records).toEqual([])
  })

  test('gets the feed that the importer names', () => {
    expect(outcomesOf(hub, { now, source: 'asff' })[0]?.source).toBe('asff')
  })
})

describe('source and product', () => {
  test.each([
    [{ ProductFields: { ProviderName: 'Prowler' } }, 'prowler', 'Prowler'],
    [{ ProductName: 'Prowler', ProductFields: {} }, 'prowler', 'Prowler'],
    [{ GeneratorId: 'prowler-s3_x' }, 'prowler', 'Prowler'],
    [{ ProductName: 'Default', ProductFields: { ProviderName: 'CloudCustodian' } }, 'security-hub', 'CloudCustodian'],
    [
      { ProductName: null, ProductFields: {}, ProductArn: 'arn:aws:securityhub:x-y-1::product/aws/guardduty' },
      'security-hub',
      'GuardDuty',
    ],
    [
      {
        ProductName: undefined,
        ProductFields: null,
        ProductArn: 'arn:aws:securityhub:x-y-1::product/aquasecurity/trivy',
      },
      'security-hub',
      'Trivy',
    ],
    [{ ProductName: 'Own tool', ProductArn: 'somewhere' }, 'asff', 'Own tool'],
  ])('%j is of %s, %s', (change, source, product) => {
    expect(outcomeOf({ ...hub, ...change })).toMatchObject({ source, product })
  })

  test('ProductFields may be a text', () => {
    expect(outcomeOf({ ...hub, ProductFields: '{"ControlId":"X"}' }).control).toBe('S3.2')
  })
})

describe('control', () => {
  const cis = 'arn:aws:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0/rule/1.4'
  test.each([
    [{ GeneratorId: 'security-control/S3.2' }, 'S3.2'],
    [{ GeneratorId: 'pci-dss/v/3.2.1/PCI.S3.2' }, 'PCI.S3.2'],
    [{ GeneratorId: 'nist-800-53/v/5.0.0/S3.2' }, 'S3.2'],
    [{ GeneratorId: cis, ProductFields: { RuleId: '1.4' } }, 'CIS 1.2.0/1.4'],
    [
      { GeneratorId: 'cis-aws-foundations-benchmark/v/1.4.0/3.7', ProductFields: { ControlId: '3.7' } },
      'CIS 1.4.0/3.7',
    ],
    [{ GeneratorId: cis, Compliance: { Status: 'FAILED', SecurityControlId: 'IAM.3' } }, 'IAM.3'],
    [{ GeneratorId: 'else', ProductFields: { ControlId: 'EC2.1' } }, 'EC2.1'],
    [{ GeneratorId: 'prowler-s3_bucket_public_access' }, 's3_bucket_public_access'],
    [{ GeneratorId: 'ebs-finding', ProductFields: {} }, 'ebs-finding'],
    [
      {
        GeneratorId: 'arn:aws:config:x:1:config-rule/r-1',
        ProductFields: { 'aws/config/ConfigRuleName': 'no-open-ssh' },
      },
      'no-open-ssh',
    ],
    [
      {
        GeneratorId: 'arn:aws:s3:::hinomi-example-open',
        Id: 'arn:aws:s3:::hinomi-example-open/acl-check',
        ProductFields: {},
      },
      'acl-check',
    ],
  ])('%j is %s', (change, control) => {
    expect(outcomeOf({ ...hub, ...change }).control).toBe(control)
  })

  test('a finding of no control at all is refused', () => {
    expect(rejectOf({ ...without(hub, 'GeneratorId'), ProductFields: {} })).toMatchObject({
      code: 'missing_field',
      params: { field: 'GeneratorId' },
    })
  })
})

describe('result', () => {
  test.each([
    [{ RecordState: 'ARCHIVED', Workflow: { Status: 'SUPPRESSED' } }, 'archived'],
    [{ Workflow: { Status: 'SUPPRESSED' }, WorkflowState: 'NEW' }, 'suppressed'],
    [{ Workflow: { Status: 'RESOLVED' }, WorkflowState: 'NEW', Compliance: { Status: 'PASSED' } }, 'passed'],
    [{ Workflow: { Status: 'NOTIFIED' }, WorkflowState: 'RESOLVED', Compliance: null }, 'failed'],
    [{ Workflow: { Status: 'RESOLVED' }, Compliance: undefined }, 'archived'],
    [{ Workflow: undefined, RecordState: undefined, Compliance: undefined }, 'failed'],
    [{ Compliance: { Status: 'WARNING' } }, 'failed'],
    [{ Compliance: { Status: 'NOT_AVAILABLE' } }, 'not_available'],
    [{ Compliance: { Status: 'INFOED' } }, 'not_available'],
  ])('%j is %s', (change, result) => {
    expect(outcomeOf({ ...hub, ...change }).result).toBe(result)
  })

  test("Prowler's warning is a muted finding", () => {
    expect(outcomeOf({ ...prowler, Compliance: { Status: 'WARNING' } })).toMatchObject({
      result: 'suppressed',
      suppression: { by: '', means: 'mutelist' },
    })
  })

  test('an unknown status is refused', () => {
    expect(rejectOf({ ...hub, Compliance: { Status: 'PERHAPS' } })).toMatchObject({
      code: 'bad_field',
      accountId: '012345678901',
    })
  })
})

describe('severity', () => {
  test.each([
    [{ Label: 'LOW', Normalized: 90 }, 'low'],
    [{ Label: 'High' }, 'high'],
    [{ Normalized: 0 }, 'informational'],
    [{ Normalized: 1, Product: 0 }, 'low'],
    [{ Normalized: 39 }, 'low'],
    [{ Normalized: 40 }, 'medium'],
    [{ Normalized: 69 }, 'medium'],
    [{ Normalized: 70 }, 'high'],
    [{ Normalized: 90 }, 'critical'],
    [{ Normalized: 100 }, 'critical'],
    [{ Product: 75 }, 'high'],
    [{ Original: 'CRITICAL' }, 'critical'],
  ])('%j is %s', (Severity, severity) => {
    expect(outcomeOf({ ...hub, Severity }).severity).toBe(severity)
  })

  test("GuardDuty's score has separate ranges", () => {
    expect(outcomeOf({ ...guardduty, Severity: { Product: 8.5 } }).severity).toBe('high')
  })

  test('the provider can state it in another field', () => {
    const record = { ...without(hub, 'Severity'), FindingProviderFields: { Severity: { Label: 'HIGH' } } }
    expect(outcomeOf(record).severity).toBe('high')
  })

  test.each([
    { Label: 'UNKNOWN' },
    { Label: 'URGENT', Normalized: 1 },
    { Normalized: 101 },
    { Normalized: -1 },
    { Product: 1000 },
    { Original: '0.5' },
    {},
    30,
    'HIGH',
  ])('%j is refused and never low', Severity => expect(rejectOf({ ...hub, Severity }).code).toBe('bad_severity'))

  test('none at all is a missing field', () => {
    expect(rejectOf(without(hub, 'Severity'))).toMatchObject({ code: 'missing_field', params: { field: 'Severity' } })
  })
})

describe('class', () => {
  test('a vulnerability is one outcome per CVE, package and resource', () => {
    const outcomes = outcomesOf(inspector, { now })
    expect(outcomes.map(({ control, packageName }) => [control, packageName])).toEqual([
      ['CVE-2099-0001', 'libexample 1.2.3'],
      ['CVE-2099-0001', 'libexample-dev 1.2.3'],
      ['CVE-2099-0002', 'libexample 1.2.3'],
    ])
    expect(outcomes.every(outcome => outcome.class === 'vulnerability')).toBe(true)
    const Resources = [{ Id: 'a' }, { Id: 'b' }]
    expect(outcomesOf({ ...inspector, Resources }, { now })).toHaveLength(6)
  })

  test('without its list, a vulnerability is named by its title', () => {
    expect(outcomeOf({ ...inspector, Vulnerabilities: [] })).toMatchObject({
      class: 'vulnerability',
      control: 'CVE-2099-0001',
    })
  })

  test('a record cannot multiply without end', () => {
    const Vulnerabilities = Array.from({ length: 1001 }, (_, i) => ({ Id: `CVE-2099-${i}` }))
    expect(rejectOf({ ...inspector, Vulnerabilities }).code).toBe('bad_field')
  })

  test('a detection is a threat, and its type is its control', () => {
    expect(outcomeOf(guardduty)).toMatchObject({
      class: 'threat',
      control: 'Recon:EC2-Portscan',
      severity: 'medium',
      product: 'GuardDuty',
    })
    expect(outcomeOf(guardduty).otherResources).toEqual([{ id: 'vpc-0', type: 'AwsEc2Vpc' }])
  })

  test('sensitive data of Macie is posture, of other tools a threat', () => {
    const macie = without(hub, 'Compliance', 'GeneratorId', 'ProductFields')
    const product = { GeneratorId: 'aws/macie', ProductName: 'Macie' }
    const Types = ['Sensitive Data Identifications/PII/SensitiveData:S3Object-Personal']
    expect(outcomeOf({ ...macie, ...product, Types })).toMatchObject({
      class: 'posture',
      control: 'SensitiveData:S3Object/Personal',
    })
    expect(outcomeOf({ ...macie, ...product, ProductName: 'Another', Types }).class).toBe('threat')
    expect(
      outcomeOf({ ...macie, ...product, Types: 'Software and Configuration Checks/AWS Security Best Practices' }).class,
    ).toBe('posture')
  })
})

describe('account', () => {
  test.each(['1234567', '12345678910', 'XXXXXXXXXXXX', '<account_uid>', '1234567890123', 12345678901, { a: 1 }])(
    '%j is refused',
    AwsAccountId => {
      expect(rejectOf({ ...hub, AwsAccountId }).code).toBe('bad_account')
    },
  )

  test('a missing one is taken from the ARN of the resource and from no other field', () => {
    const Resources = [{ Id: 'arn:aws:ec2:eu-west-1:111122223333:instance/i-0' }]
    expect(outcomeOf({ ...without(hub, 'AwsAccountId'), Resources }).accountId).toBe('111122223333')
    expect(rejectOf(without(hub, 'AwsAccountId'))).toMatchObject({
      code: 'missing_field',
      params: { field: 'AwsAccountId' },
    })
  })

  test('two accounts in one file are kept separate', async () => {
    const { values } = await read(fixture('asff/findings.ndjson'))
    expect(values.flatMap(value => outcomesOf(value, { now })).map(outcome => outcome.accountId)).toEqual(
      expect.arrayContaining(['012345678901', '123456789012']),
    )
  })
})

describe('region', () => {
  test.each([
    [{ Region: 'us-gov-west-1' }, 'ap-northeast-1'],
    [{ Region: 'us-gov-west-1', Resources: [{ Id: 'x' }] }, 'us-gov-west-1'],
    [{ Region: null, Resources: [{ Id: 'x', Region: 'us-iso-west-1' }] }, 'us-iso-west-1'],
    [{ Region: '', Resources: [{ Id: 'arn:aws:sqs:eu-west-3:123456789012:q' }] }, 'eu-west-3'],
    [{ Region: '<region>', Resources: [{ Id: 'x' }] }, 'ap-northeast-1'],
    [{ Region: null, Resources: [{ Id: 'x' }], Id: 'plain', ProductArn: 'plain' }, 'global'],
  ])('%j is in %s', (change, region) => {
    expect(outcomeOf({ ...hub, ...change }).region).toBe(region)
  })
})

describe('times', () => {
  test.each([
    ['2025-03-01T01:02:03Z', '2025-03-01T01:02:03.000Z'],
    ['2025-03-01T01:02:03.4Z', '2025-03-01T01:02:03.400Z'],
    ['2025-03-01T01:02:03.456789Z', '2025-03-01T01:02:03.456Z'],
    ['2025-03-01T01:02:03.456789+00:00', '2025-03-01T01:02:03.456Z'],
    ['2025-03-01T01:02:03-04:00', '2025-03-01T05:02:03.000Z'],
    ['2025-03-01T10:02:03+0900', '2025-03-01T01:02:03.000Z'],
    ['2025-03-01 01:02:03.456 +00:00', '2025-03-01T01:02:03.456Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
  ])('%s is %s', (UpdatedAt, iso) => {
    expect(outcomeOf({ ...hub, UpdatedAt }).updatedAt?.toISOString()).toBe(iso)
  })

  test.each([
    'yesterday',
    '2025-13-01T00:00:00Z',
    '2025-02-30T00:00:00Z',
    '1999-12-31T23:59:59Z',
    '03/01/2025',
    true,
    {},
  ])('%j is refused', UpdatedAt =>
    expect(rejectOf({ ...hub, UpdatedAt })).toMatchObject({ code: 'bad_date', params: { field: 'UpdatedAt' } }),
  )

  test('a time after the arrival is replaced by the arrival', () => {
    expect(outcomeOf({ ...hub, UpdatedAt: '2099-01-02T00:00:01Z' }).updatedAt).toBe(now)
  })

  test('one without a zone is shown in the zone of the organization and decides nothing', () => {
    const record = { ...without(hub, 'LastObservedAt'), UpdatedAt: '2025-03-01 01:02:03' }
    const [outcome] = outcomesOf(record, { now, timeZone: 'Asia/Tokyo' })
    expect(outcome).toMatchObject({ updatedAt: null, localTime: new Date('2025-02-28T16:02:03Z') })
  })

  test('none is null', () => {
    const record = without(hub, 'FirstObservedAt', 'LastObservedAt', 'CreatedAt', 'UpdatedAt')
    expect(outcomeOf(record)).toMatchObject({ firstObservedAt: null, updatedAt: null })
  })
})

describe('text', () => {
  test('titles and descriptions are clipped, never in the middle of a character', () => {
    const outcome = outcomeOf({ ...hub, Title: `${'a'.repeat(999)}🔥b`, Description: 'd'.repeat(20_000) })
    expect(outcome.title).toBe('a'.repeat(999))
    expect(outcome.description).toHaveLength(10_000)
    expect(outcomeOf({ ...hub, Description: 'd'.repeat(5000) }).description).toHaveLength(5000)
  })

  test.each([
    { Id: 'x'.repeat(2049) },
    { GeneratorId: 'x'.repeat(2049), ProductFields: {} },
    { Resources: [{ Id: 'x'.repeat(2049) }] },
    { Title: 5 },
    { Resources: 'all of them' },
    { Resources: [{ Id: 7 }] },
  ])('a field that cannot be kept is refused', change => {
    expect(rejectOf({ ...hub, ...change })).toMatchObject({ code: 'bad_field', accountId: '012345678901' })
  })

  test('no resources is a missing field', () => {
    expect(rejectOf(without(hub, 'Resources'))).toMatchObject({ code: 'missing_field', params: { field: 'Resources' } })
    expect(rejectOf({ ...hub, Resources: [{ Type: 'Other' }] })).toMatchObject({
      code: 'missing_field',
      params: { field: 'Resources.0.Id' },
    })
  })

  test.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'ftp://example.org',
    '//example.org',
    'http://',
    'https://exa mple.org',
    7,
  ])('a link to %s is left out', Url =>
    expect(outcomeOf({ ...hub, Remediation: { Recommendation: { Url } } }).remediationUrl).toBe(''),
  )

  test('a finding without an id gets a stable one', () => {
    const [first, second] = [
      outcomeOf(without(hub, 'Id')),
      outcomeOf({ ...without(hub, 'Id'), Title: 'other', UpdatedAt: null }),
    ]
    expect(first.nativeId).toMatch(/^derived:[0-9a-f]{32}$/)
    expect(second.nativeId).toBe(first.nativeId)
  })
})

describe('other records', () => {
  test.each([
    [{ a: 1 }, 'unknown_format'],
    [{ ProcessedFindings: [] }, 'unknown_format'],
    [{ CheckID: 'x', AccountId: '1', Severity: 'high' }, 'unknown_format'],
    [{ 'detail-type': 'GuardDuty Finding', detail: {} }, 'not_a_finding'],
    [{ 'detail-type': ['Security Hub Insight Results'] }, 'not_a_finding'],
    [{ SchemaVersion: '2018-10-08' }, 'missing_field'],
    [7, 'not_an_object'],
    [[], 'not_an_object'],
    [null, 'not_an_object'],
  ])('%j is %s', (record, code) => {
    expect(rejectOf(record).code).toBe(code)
  })
})
