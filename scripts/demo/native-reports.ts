import { weaknessDetails } from './catalogue/weakness-details'
import { imageDigest, imageTags } from './images'
import { accounts } from './organisation'
import { between, hex, random, uuid } from './random'
import type { ReportTime } from './reports'
import { resultOn, type Watch } from './world'

/** A page of Inspector's own ListFindings for images: it says in how many containers each of them runs. */
export function inspectorReport(watches: readonly Watch[], { day, at }: ReportTime): string {
  const findings = watches.flatMap(watch => {
    const { account, resource, about } = watch
    if (about.tool !== 'inspector' || resource.kind !== 'repository' || resultOn(watch, day) !== 'failed') return []
    const [cve, name, version, label, , text] = about.weakness
    const details = weaknessDetails[cve]
    if (!details) return []
    const { score, vector, epss, exploit, fixed, command } = details
    const inUse = Math.floor(between(random('in use', resource.id), 0, 6))
    return {
      findingArn: `arn:aws:inspector2:${resource.region}:${account.id}:finding/${hex(32, account.id, cve, resource.id)}`,
      awsAccountId: account.id,
      type: 'PACKAGE_VULNERABILITY',
      status: 'ACTIVE',
      severity: label,
      title: `${cve} - ${name}`,
      description: text,
      fixAvailable: 'YES',
      exploitAvailable: exploit ? 'YES' : 'NO',
      epss: { score: epss },
      updatedAt: at.toISOString(),
      remediation: { recommendation: { text: `Update ${name} to ${fixed} or later, and deploy the image again.` } },
      packageVulnerabilityDetails: {
        vulnerabilityId: cve,
        sourceUrl: `https://nvd.nist.gov/vuln/detail/${cve}`,
        cvss: [{ version: '3.1', baseScore: score, scoringVector: vector, source: 'NVD' }],
        vulnerablePackages: [{ name, version, fixedInVersion: fixed, remediation: command }],
      },
      resources: [
        {
          id: `${resource.id}/${imageDigest(resource.id)}`,
          type: 'AWS_ECR_CONTAINER_IMAGE',
          region: resource.region,
          details: {
            awsEcrContainerImage: {
              repositoryName: resource.name,
              imageTags: imageTags(resource.id),
              inUseCount: inUse,
              ...(inUse > 0 && { lastInUseAt: at.toISOString() }),
            },
          },
        },
      ],
    }
  })
  return JSON.stringify({ findings })
}

/** Who has access, to which resource, and under which conditions. */
const GRANTS = [
  { account: 'analytics', principal: '*', name: 'exports', isPublic: true, conditions: {} },
  { account: 'member', principal: 'audit', name: 'backups', isPublic: false, conditions: {} },
  {
    account: 'payment',
    principal: '210987654321',
    name: 'reports',
    isPublic: false,
    conditions: { 'aws:SourceVpc': 'vpc-0f1e2d3c4b5a69788' },
  },
] as const

/** The findings of IAM Access Analyzer: a public bucket, an own account, and one outside of the organization. */
export function accessReport({ at }: ReportTime): string {
  const findings = GRANTS.flatMap(({ account: prefix, principal, name, isPublic, conditions }) => {
    const account = accounts.find(each => each.prefix === prefix)
    const other = accounts.find(each => each.prefix === principal)?.id ?? principal
    if (!account) return []
    return {
      id: uuid('access', account.id, name),
      resource: `arn:aws:s3:::${prefix}-${name}`,
      resourceType: 'AWS::S3::Bucket',
      resourceOwnerAccount: account.id,
      region: 'ap-northeast-1',
      findingType: 'ExternalAccess',
      status: 'ACTIVE',
      isPublic,
      principal: isPublic ? { AWS: '*' } : { AWS: other },
      action: ['s3:GetObject', 's3:ListBucket'],
      condition: conditions,
      sources: [{ type: 'POLICY' }],
      createdAt: new Date(at.getTime() - 12 * 86_400_000).toISOString(),
      analyzedAt: at.toISOString(),
      updatedAt: at.toISOString(),
    }
  })
  return JSON.stringify({ findings })
}
