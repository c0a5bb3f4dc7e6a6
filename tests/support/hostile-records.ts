/** What breaks the database, a page, a shell or a spreadsheet. */
export const hostileTexts = [
  'a\0b',
  'a\ud800b',
  'a\u202Eb\u2066c',
  'line\nnext; rm -rf ~',
  '<img src=x onerror=alert(1)>',
  '=HYPERLINK("https://evil.example")',
  "$(id) `id` '; id #",
  `${'x'.repeat(199)}\u{1F525}`,
  `${'x'.repeat(299)}\u{1F525}`,
  'y'.repeat(100_000),
]
const numbers = [1e308, -1e308, -1, 0.5, 2 ** 53, Number.MAX_SAFE_INTEGER, '1e308', '-1', '9'.repeat(400)]
const times = ['0001-01-01T00:00:00Z', '9999-12-31T23:59:59Z', '+275760-09-13T00:00:00Z', 1e308, -1, 'yesterday']
export const addresses = (length: number) =>
  Array.from({ length }, (_, n) => ({ remoteIpDetails: { ipAddressV4: `10.0.${n}` } }))
const nested = (levels: number) => JSON.parse(`${'{"action":'.repeat(levels)}1${'}'.repeat(levels)}`)
export const hostileValues: readonly unknown[] = [
  ...hostileTexts,
  ...numbers,
  ...times,
  addresses(500),
  nested(99),
  null,
  [],
]

/** A record of an account whose details are a hostile value; `n` tells several apart. */
type HostileRecord = (value: unknown, account: string, n?: number) => Record<string, unknown>

const guardduty: HostileRecord = (value, account, n = 1) => ({
  schemaVersion: '2.0',
  accountId: account,
  region: 'eu-west-1',
  id: `b0b1${n}`,
  type: 'UnauthorizedAccess:EC2/SSHBruteForce',
  title: 'A threat',
  severity: 8,
  resource: {
    resourceType: 'AccessKey',
    accessKeyDetails: { userName: typeof value === 'string' ? value.slice(0, 300) : 'alice', userType: 'IAMUser' },
  },
  service: {
    count: value,
    eventFirstSeen: null,
    detectorId: value,
    additionalInfo: {
      value: JSON.stringify({ sample: value, userAgent: { fullUserAgent: value } }),
      threatListName: value,
    },
    evidence: { threatIntelligenceDetails: [{ threatListName: value, threatNames: value }, value] },
    action: {
      actionType: value,
      portProbeAction: { portProbeDetails: Array.isArray(value) ? value : [{ localPortDetails: { port: value } }] },
    },
  },
})

const hub: HostileRecord = (value, account, n = 1) => ({
  SchemaVersion: '2018-10-08',
  Id: `hub/${n}`,
  ProductArn: 'arn:aws:securityhub:eu-west-1::product/aws/guardduty',
  GeneratorId: 'g',
  AwsAccountId: account,
  Types: ['TTPs/UnauthorizedAccess:EC2-SSHBruteForce'],
  Severity: { Label: 'HIGH' },
  Title: 'A threat',
  Action: { ActionType: value, NetworkConnectionAction: value, PortProbeAction: { PortProbeDetails: value } },
  ProductFields: {
    [`aws/guardduty/service/${typeof value === 'string' ? value.slice(0, 2000) : 'count'}`]: value,
    'aws/guardduty/service/count': value,
    [`aws/guardduty/service${'/action'.repeat(5000)}`]: value,
  },
  Resources: [
    { Type: 'AwsIamAccessKey', Id: 'AWS::IAM::AccessKey:AKIA', Details: { AwsIamAccessKey: { UserName: value } } },
  ],
})

const hidden: HostileRecord = (value, account, n = 1) => ({
  ...hub('plain', account, n),
  Id: `hidden/${n}`,
  Resources: [{ Type: 'AwsS3Bucket', Id: `arn:aws:s3:::b${n}` }],
  Compliance: { Status: 'FAILED', SecurityControlId: 'S3.2' },
  Workflow: { Status: 'SUPPRESSED' },
  Note: { Text: typeof value === 'string' ? value : 'why', UpdatedBy: 'arn', UpdatedAt: String(value) },
})

const inspector: HostileRecord = (value, account, n = 1) => ({
  findingArn: `arn:aws:inspector2:eu-west-1:${account}:finding/${n}`,
  awsAccountId: account,
  type: 'PACKAGE_VULNERABILITY',
  status: 'ACTIVE',
  severity: 'HIGH',
  epss: { score: value },
  exploitabilityDetails: { lastKnownExploitAt: value },
  inspectorScoreDetails: { adjustedCvss: { score: value, scoringVector: value } },
  resources: [
    {
      id: `arn:aws:ecr:eu-west-1:${account}:repository/shop/sha256:${String(n).padStart(64, 'a')}`,
      type: 'AWS_ECR_CONTAINER_IMAGE',
      details: { awsEcrContainerImage: { imageTags: value, pushedAt: value, inUseCount: value, lastInUseAt: value } },
    },
  ],
  packageVulnerabilityDetails: {
    vulnerabilityId: 'CVE-2021-44228',
    cvss: [{ baseScore: value, scoringVector: value, version: value, source: value }],
    referenceUrls: [value, `https://example.com/${String(value).slice(0, 3000)}`],
    vulnerablePackages: [{ name: 'p', version: '1', fixedInVersion: value, filePath: value, remediation: value }],
  },
})

const analyzer: HostileRecord = (value, account, n = 1) => ({
  id: `a${n}`,
  resource: `arn:aws:iam::${account}:role/deploy${n}`,
  resourceType: 'AWS::IAM::Role',
  resourceOwnerAccount: account,
  analyzedAt: '2025-11-01T00:00:00Z',
  status: 'ACTIVE',
  isPublic: false,
  principal: { [String(value).slice(0, 5000)]: value, AWS: value },
  action: value,
  condition: { [String(value).slice(0, 5000)]: value },
  sources: value,
})

const prowler: HostileRecord = (value, account, n = 1) => ({
  class_uid: 2004,
  status_code: 'FAIL',
  status_id: 1,
  severity_id: 3,
  metadata: { event_code: 'x', product: { name: 'Prowler', vendor_name: 'Prowler' } },
  finding_info: { uid: `prowler-${n}`, title: 'A check' },
  cloud: { account: { uid: account }, provider: 'aws', region: 'eu-west-1' },
  resources: [{ uid: `arn:aws:s3:::b${n}`, type: 'AwsS3Bucket' }],
  remediation: { desc: 'Fix it', references: [value, `aws ${String(value)}`, `resource "${String(value)}"`] },
  unmapped: { categories: value, compliance: { [String(value).slice(0, 5000)]: value, CIS: [value] } },
})

const checked: HostileRecord = (value, account, n = 1) => ({
  checked: 1,
  check: 'example-open-group',
  control: 'hinomi/example-open-group',
  account,
  region: 'eu-west-1',
  resource: {
    id: `arn:aws:ec2:eu-west-1:${account}:security-group/sg-${n}`,
    type: typeof value === 'string' ? value.slice(0, 200) : 'AwsEc2SecurityGroup',
  },
  result: 'failed',
  severity: 'high',
  evidence: [{ name: 'port', value: typeof value === 'string' ? value.slice(0, 4000) : (value ?? '') }],
})

export const hostileRecords: Record<string, HostileRecord> = {
  guardduty,
  hub,
  hidden,
  inspector,
  analyzer,
  prowler,
  checked,
}
