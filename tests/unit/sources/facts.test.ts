import { describe, expect, test } from 'vitest'
import type { AccessFacts, ThreatFacts, VulnerabilityFacts } from '../../../lib/domain/findings/facts'
import { outcomesOf } from '../../../lib/sources/registry'

const now = new Date('2026-11-26T00:00:00Z')
const account = '123456789012'
const first = (record: Record<string, unknown>) => outcomesOf(record, { now })[0]?.facts

/** A threat as the API of GuardDuty writes it. */
const exfiltration = {
  Id: 'b0b1',
  Arn: `arn:aws:guardduty:eu-west-1:${account}:detector/d1/finding/b0b1`,
  AccountId: account,
  Region: 'eu-west-1',
  Type: 'UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.OutsideAWS',
  Severity: 8,
  Title: 'Credentials of an instance were used from outside',
  SchemaVersion: '2.0',
  Resource: {
    ResourceType: 'AccessKey',
    AccessKeyDetails: {
      AccessKeyId: 'ASIAEXAMPLE1',
      PrincipalId: 'AROAEX:i-0a1',
      UserName: 'app-role',
      UserType: 'AssumedRole',
    },
  },
  Service: {
    DetectorId: 'd1',
    Count: 42,
    EventFirstSeen: '2026-10-01T00:00:00Z',
    EventLastSeen: '2026-11-25T23:45:00Z',
    Evidence: { ThreatIntelligenceDetails: [{ ThreatListName: 'ProofPoint', ThreatNames: ['scanner'] }] },
    Action: {
      ActionType: 'AWS_API_CALL',
      AwsApiCallAction: {
        Api: 'ListBuckets',
        ServiceName: 's3.amazonaws.com',
        RemoteIpDetails: {
          IpAddressV4: '198.51.100.7',
          Organization: { Asn: '64500', AsnOrg: 'EXAMPLE-NET' },
          Country: { CountryName: 'Netherlands' },
          City: { CityName: 'Amsterdam' },
        },
      },
    },
  },
}
const expected: ThreatFacts = {
  kind: 'threat',
  principal: 'app-role',
  principalType: 'AssumedRole',
  accessKeyId: 'ASIAEXAMPLE1',
  remotes: [{ ip: '198.51.100.7', asn: 64500, organization: 'EXAMPLE-NET', country: 'Netherlands', city: 'Amsterdam' }],
  action: 'AWS_API_CALL',
  api: 'ListBuckets',
  service: 's3.amazonaws.com',
  domain: null,
  port: null,
  protocol: null,
  direction: null,
  userAgent: null,
  threatLists: ['ProofPoint', 'scanner'],
  detectorId: 'd1',
  firstSeen: '2026-10-01T00:00:00.000Z',
  lastSeen: '2026-11-25T23:45:00.000Z',
  count: 42,
  sample: false,
}

describe('facts of a threat', () => {
  test('are who acted, from where, how often and when', () => {
    expect(first(exfiltration)).toEqual(expected)
  })

  test('are the same in the copy of Security Hub', () => {
    const service = 'aws/guardduty/service'
    const remote = `${service}/action/awsApiCallAction/remoteIpDetails`
    const copy = {
      SchemaVersion: '2018-10-08',
      Id: exfiltration.Arn,
      ProductArn: 'arn:aws:securityhub:eu-west-1::product/aws/guardduty',
      GeneratorId: `arn:aws:guardduty:eu-west-1:${account}:detector/d1`,
      AwsAccountId: account,
      Types: ['TTPs/UnauthorizedAccess:IAMUser-InstanceCredentialExfiltration.OutsideAWS'],
      Severity: { Label: 'HIGH' },
      Title: exfiltration.Title,
      ProductFields: {
        [`${service}/action/actionType`]: 'AWS_API_CALL',
        [`${service}/action/awsApiCallAction/api`]: 'ListBuckets',
        [`${service}/action/awsApiCallAction/serviceName`]: 's3.amazonaws.com',
        [`${remote}/ipAddressV4`]: '198.51.100.7',
        [`${remote}/organization/asn`]: '64500',
        [`${remote}/organization/asnOrg`]: 'EXAMPLE-NET',
        [`${remote}/country/countryName`]: 'Netherlands',
        [`${remote}/city/cityName`]: 'Amsterdam',
        [`${service}/additionalInfo/threatListName`]: 'ProofPoint',
        [`${service}/detectorId`]: 'd1',
        [`${service}/count`]: '42',
        [`${service}/eventFirstSeen`]: '2026-10-01T00:00:00Z',
        [`${service}/eventLastSeen`]: '2026-11-25T23:45:00Z',
        'aws/guardduty/service/__proto__/polluted': 'yes',
      },
      Resources: [
        {
          Type: 'AwsIamAccessKey',
          Id: 'AWS::IAM::AccessKey:ASIAEXAMPLE1',
          Details: { AwsIamAccessKey: { PrincipalName: 'app-role', PrincipalType: 'AssumedRole' } },
        },
      ],
    }
    expect(first(copy)).toEqual({ ...expected, threatLists: ['ProofPoint'] })
    expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain('polluted')
  })

  test('name the domain that a host asked for, the probed ports and generated samples', () => {
    const dns = { ActionType: 'DNS_REQUEST', DnsRequestAction: { Domain: 'bad.example', Protocol: 'UDP' } }
    const asked = { ...exfiltration, Service: { Action: dns, AdditionalInfo: { Value: '{"sample":true}' } } }
    expect(first(asked)).toMatchObject({ domain: 'bad.example', protocol: 'UDP', sample: true, count: null })
    const probes = ['192.0.2.1', '192.0.2.2', '192.0.2.1'].map(IpAddressV4 => ({
      LocalPortDetails: { Port: 22 },
      RemoteIpDetails: { IpAddressV4 },
    }))
    const probed = { ActionType: 'PORT_PROBE', PortProbeAction: { PortProbeDetails: probes } }
    const facts = first({ ...exfiltration, Service: { Action: probed } })
    expect(facts).toMatchObject({ port: 22, remotes: [{ ip: '192.0.2.1' }, { ip: '192.0.2.2' }] })
  })

  test.each([
    ['a service of another shape', { Action: 'none', Count: -1, AdditionalInfo: [] }],
    ['lists of another shape', { Action: { ActionType: 7, PortProbeAction: { PortProbeDetails: 'all' } } }],
    ['information that is no JSON', { AdditionalInfo: { Value: '{"sample":' } }],
  ])('leave out %s', (_name, Service) => {
    expect(first({ ...exfiltration, Service })).toMatchObject({
      kind: 'threat',
      remotes: [],
      count: null,
      lastSeen: null,
    })
  })
})

const vulnerability = {
  findingArn: `arn:aws:inspector2:eu-west-1:${account}:finding/1`,
  awsAccountId: account,
  type: 'PACKAGE_VULNERABILITY',
  status: 'ACTIVE',
  severity: 'HIGH',
  exploitAvailable: 'YES',
  exploitabilityDetails: { lastKnownExploitAt: '2026-11-01T00:00:00Z' },
  fixAvailable: 'YES',
  epss: { score: 0.94 },
  inspectorScoreDetails: {
    adjustedCvss: { score: 8.1, scoringVector: 'CVSS:3.1/AV:N', version: '3.1', scoreSource: 'NVD' },
  },
  resources: [
    {
      id: `arn:aws:ecr:eu-west-1:${account}:repository/shop/sha256:aa`,
      type: 'AWS_ECR_CONTAINER_IMAGE',
      details: {
        awsEcrContainerImage: {
          repositoryName: 'shop',
          imageTags: ['prod-1.2.3'],
          pushedAt: '2026-09-01T10:00:00Z',
          inUseCount: 3,
          lastInUseAt: '2026-11-25T12:00:00Z',
        },
      },
    },
  ],
  packageVulnerabilityDetails: {
    vulnerabilityId: 'CVE-2021-44228',
    cvss: [{ baseScore: 10, scoringVector: 'CVSS:3.1/AV:N/C:H', version: '3.1', source: 'NVD' }, { baseScore: 99 }],
    referenceUrls: ['https://example.com/a', 'javascript:alert(1)', 'https://example.com/a'],
    vendorSeverity: 'CRITICAL',
    vulnerablePackages: [
      {
        name: 'log4j-core',
        version: '2.14',
        fixedInVersion: '2.17.1',
        filePath: 'app/lib.jar',
        remediation: 'mvn update',
      },
      { name: 'other', version: '1', fixedInVersion: 'NotAvailable' },
    ],
  },
}

describe('facts of a vulnerability', () => {
  const facts: VulnerabilityFacts = {
    kind: 'vulnerability',
    exploit: true,
    exploitSeen: '2026-11-01T00:00:00.000Z',
    fix: 'yes',
    epss: 94,
    cvss: [
      { version: '3.1', score: 8.1, vector: 'CVSS:3.1/AV:N', source: 'NVD' },
      { version: '3.1', score: 10, vector: 'CVSS:3.1/AV:N/C:H', source: 'NVD' },
    ],
    packages: [
      { name: 'log4j-core', installed: '2.14', fixed: '2.17.1', path: 'app/lib.jar', command: 'mvn update' },
      { name: 'other', installed: '1', fixed: null, path: null, command: null },
    ],
    references: ['https://example.com/a'],
    vendorSeverity: 'CRITICAL',
    image: {
      repository: 'shop',
      tags: ['prod-1.2.3'],
      pushedAt: '2026-09-01T10:00:00.000Z',
      inUse: 3,
      lastInUse: '2026-11-25',
    },
  }

  test('are its scores, its exploit, its fix and where it runs', () => {
    expect(first(vulnerability)).toEqual(facts)
  })

  test('come from Security Hub as well', () => {
    const copy = {
      SchemaVersion: '2018-10-08',
      Id: 'x',
      ProductArn: 'arn:aws:securityhub:eu-west-1::product/aws/inspector',
      GeneratorId: 'AWSInspector',
      AwsAccountId: account,
      Severity: { Label: 'HIGH' },
      Title: 'CVE-2021-44228 - log4j-core',
      Resources: [
        {
          Type: 'AwsEcrContainerImage',
          Id: `arn:aws:ecr:eu-west-1:${account}:repository/shop/sha256:aa`,
          Details: { AwsEcrContainerImage: { RepositoryName: 'shop', ImageTags: ['prod-1.2.3'] } },
        },
      ],
      Vulnerabilities: [
        {
          Id: 'CVE-2021-44228',
          ExploitAvailable: 'YES',
          FixAvailable: 'YES',
          EpssScore: 0.94,
          Cvss: [{ Version: '3.1', BaseScore: 10, BaseVector: 'CVSS:3.1/AV:N/C:H', Source: 'NVD' }],
          Vendor: { Url: 'https://example.com/vendor', VendorSeverity: 'CRITICAL' },
          ReferenceUrls: ['https://example.com/a'],
          VulnerablePackages: [{ Name: 'log4j-core', Version: '2.14', FixedInVersion: '2.17.1' }],
        },
      ],
    }
    expect(first(copy)).toMatchObject({
      kind: 'vulnerability',
      exploit: true,
      epss: 94,
      cvss: [{ score: 10, vector: 'CVSS:3.1/AV:N/C:H' }],
      references: ['https://example.com/vendor', 'https://example.com/a'],
      packages: [{ name: 'log4j-core', fixed: '2.17.1' }],
      image: { repository: 'shop', tags: ['prod-1.2.3'] },
    })
  })

  test('come from OCSF as well', () => {
    const record = {
      class_uid: 2002,
      class_name: 'Vulnerability Finding',
      activity_id: 1,
      severity_id: 4,
      status_id: 1,
      time: 1_760_000_000_000,
      metadata: { product: { name: 'Scanner' } },
      finding_info: { uid: 'v1', title: 'CVE-2021-44228' },
      cloud: { account: { uid: account }, region: 'eu-west-1', provider: 'AWS' },
      resources: [{ uid: `arn:aws:ecr:eu-west-1:${account}:repository/shop/sha256:aa`, type: 'image' }],
      vulnerabilities: [
        {
          is_exploit_available: true,
          is_fix_available: false,
          references: ['https://example.com/a'],
          cve: { uid: 'CVE-2021-44228', epss: { score: '0.94' }, cvss: [{ base_score: 10, version: '3.1' }] },
          affected_packages: [{ name: 'log4j-core', version: '2.14', fixed_in_version: '2.17.1' }],
        },
      ],
    }
    expect(first(record)).toMatchObject({
      exploit: true,
      fix: 'no',
      epss: 94,
      cvss: [{ score: 10 }],
      packages: [{ fixed: '2.17.1' }],
    })
  })
})

describe('facts of access', () => {
  test('are who may do what, under which conditions', () => {
    const finding = {
      id: 'a1',
      resource: `arn:aws:iam::${account}:role/deploy`,
      resourceType: 'AWS::IAM::Role',
      resourceOwnerAccount: account,
      analyzedAt: '2026-11-01T00:00:00Z',
      status: 'ACTIVE',
      isPublic: false,
      principal: { AWS: '999999999999' },
      action: ['sts:AssumeRole'],
      condition: { 'aws:PrincipalOrgID': 'o-example' },
      sources: [{ type: 'POLICY' }],
    }
    const expected: AccessFacts = {
      kind: 'access',
      isPublic: false,
      principals: [{ type: 'AWS', id: '999999999999' }],
      actions: ['sts:AssumeRole'],
      conditions: [{ key: 'aws:PrincipalOrgID', value: 'o-example' }],
      grantedBy: ['POLICY'],
      lastUsed: null,
    }
    expect(first(finding)).toEqual(expected)
  })

  test('of what nobody uses are when it was last used', () => {
    const finding = {
      id: 'a2',
      resource: `arn:aws:iam::${account}:role/old`,
      resourceType: 'AWS::IAM::Role',
      resourceOwnerAccount: account,
      analyzedAt: '2026-11-01T00:00:00Z',
      status: 'ACTIVE',
      findingType: 'UnusedIAMRole',
      findingDetails: [{ unusedIamRoleDetails: { lastAccessed: '2025-01-01T00:00:00Z' } }],
    }
    expect(first(finding)).toMatchObject({ kind: 'access', lastUsed: '2025-01-01T00:00:00.000Z', principals: [] })
  })
})

describe('facts of a check of Prowler', () => {
  const expected = {
    kind: 'check',
    categories: ['encryption'],
    frameworks: [{ name: 'CIS-3.0', ids: ['2.1.1', '2.1.2'] }],
    cli: null,
    terraform: null,
    references: ['https://hub.prowler.com/check/x', 'https://example.com/more'],
  }

  test('are its frameworks, categories and links in OCSF', () => {
    const record = {
      class_uid: 2004,
      status_code: 'FAIL',
      status_id: 1,
      severity_id: 3,
      metadata: { event_code: 'x', product: { name: 'Prowler', vendor_name: 'Prowler' } },
      finding_info: { uid: 'prowler-1', title: 'A check' },
      cloud: { account: { uid: account }, provider: 'aws', region: 'eu-west-1' },
      resources: [{ uid: 'arn:aws:s3:::b', type: 'AwsS3Bucket' }],
      remediation: { desc: 'Encrypt it', references: ['https://hub.prowler.com/check/x'] },
      unmapped: {
        categories: ['encryption'],
        compliance: { 'CIS-3.0': ['2.1.1', '2.1.2'], broken: 7 },
        additional_urls: ['https://example.com/more', 'javascript:alert(1)'],
      },
    }
    const facts = { ...expected, frameworks: [...expected.frameworks, { name: 'broken', ids: ['7'] }] }
    expect(first(record)).toMatchObject(facts)
    const references = ['aws s3api put-bucket-encryption', 'resource "aws_s3_bucket" "b" {}', 'Resources:\n  B: 1']
    expect(first({ ...record, remediation: { desc: '', references } })).toMatchObject({
      cli: 'aws s3api put-bucket-encryption',
      terraform: 'resource "aws_s3_bucket" "b" {}',
      cloudFormation: 'Resources:\n  B: 1',
    })
    expect(first({ ...record, status_code: 'PASS' })).toBeUndefined()
  })

  test('are its code as well in CSV', () => {
    const row = {
      PROVIDER: 'aws',
      ACCOUNT_UID: account,
      CHECK_ID: 'x',
      CHECK_TITLE: 'A check',
      STATUS: 'FAIL',
      SEVERITY: 'medium',
      RESOURCE_UID: 'arn:aws:s3:::b',
      REGION: 'eu-west-1',
      CATEGORIES: 'encryption',
      COMPLIANCE: 'CIS-3.0: 2.1.1, 2.1.2 | nonsense',
      REMEDIATION_RECOMMENDATION_URL: 'https://hub.prowler.com/check/x',
      REMEDIATION_CODE_CLI: 'aws s3api put-bucket-encryption',
      ADDITIONAL_URLS: 'https://example.com/more',
    }
    expect(first(row)).toMatchObject({ ...expected, cli: 'aws s3api put-bucket-encryption' })
  })
})
