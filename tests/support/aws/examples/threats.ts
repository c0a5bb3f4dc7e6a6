import type { Finding as GuardDutyFinding } from '@aws-sdk/client-guardduty'
import type { Finding as InspectorFinding } from '@aws-sdk/client-inspector2'
import type { Finding as MacieFinding } from '@aws-sdk/client-macie2'

export interface RegionalPlace {
  account: string
  region: string
}

const AT = new Date('2026-11-20T03:00:00Z')
/** An id of 32 hexadecimal digits that belongs to an account and a number. */
const idOf = (account: string, n: number) => `${account}${n}`.padStart(32, '0')

export function guardDutyFinding({ account, region }: RegionalPlace, n = 1, updatedAt = AT): GuardDutyFinding {
  const id = idOf(account, n)
  return {
    SchemaVersion: '2.0',
    AccountId: account,
    Region: region,
    Partition: 'aws',
    Id: id,
    Arn: `arn:aws:guardduty:${region}:${account}:detector/${idOf(account, 0)}/finding/${id}`,
    Type: 'UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.OutsideAWS',
    Title: 'Credentials of an instance role were used from outside AWS.',
    Description: 'Credentials that were created for an instance role were used from an address outside AWS.',
    Severity: 8,
    CreatedAt: AT.toISOString(),
    UpdatedAt: updatedAt.toISOString(),
    Resource: {
      ResourceType: 'AccessKey',
      AccessKeyDetails: {
        AccessKeyId: `ASIAEMULATED${n}`,
        PrincipalId: 'AROAEMULATED:i-1',
        UserName: 'web',
        UserType: 'AssumedRole',
      },
    },
    Service: {
      ServiceName: 'guardduty',
      Archived: false,
      Count: 1,
      EventFirstSeen: AT.toISOString(),
      EventLastSeen: AT.toISOString(),
    },
  }
}

export function inspectorFinding({ account, region }: RegionalPlace, n = 1, updatedAt = AT): InspectorFinding {
  const vulnerabilityId = `CVE-2026-${String(n).padStart(4, '0')}`
  return {
    findingArn: `arn:aws:inspector2:${region}:${account}:finding/${idOf(account, n)}`,
    awsAccountId: account,
    type: 'PACKAGE_VULNERABILITY',
    title: `${vulnerabilityId} - openssl`,
    description: 'A flaw in a library of an instance.',
    severity: 'HIGH',
    status: 'ACTIVE',
    fixAvailable: 'YES',
    exploitAvailable: 'NO',
    firstObservedAt: AT,
    lastObservedAt: updatedAt,
    updatedAt,
    remediation: { recommendation: { text: 'Update the package.' } },
    resources: [{ type: 'AWS_EC2_INSTANCE', id: `i-${idOf(account, n).slice(-17)}`, partition: 'aws', region }],
    packageVulnerabilityDetails: {
      vulnerabilityId,
      source: 'NVD',
      sourceUrl: `https://nvd.nist.gov/vuln/detail/${vulnerabilityId}`,
      vulnerablePackages: [{ name: 'openssl', version: '3.0.1', fixedInVersion: '3.0.2', packageManager: 'OS' }],
    },
  }
}

export function macieFinding({ account, region }: RegionalPlace, n = 1, updatedAt = AT): MacieFinding {
  const name = `uploads-${account}`
  return {
    schemaVersion: '1.0',
    id: idOf(account, n),
    accountId: account,
    region,
    partition: 'aws',
    type: 'Policy:IAMUser/S3BucketPublic',
    category: 'POLICY',
    title: 'The bucket can be read by everyone.',
    description: 'The policy of the bucket grants access to everyone.',
    severity: { description: 'High', score: 3 },
    archived: false,
    count: 1,
    createdAt: AT,
    updatedAt,
    resourcesAffected: {
      s3Bucket: { arn: `arn:aws:s3:::${name}`, name, owner: { displayName: 'owner', id: account } },
    },
    policyDetails: {},
  }
}
