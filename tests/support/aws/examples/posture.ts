import type { EvaluationResult } from '@aws-sdk/client-config-service'
import type { TrustedAdvisorCheckDescription, TrustedAdvisorCheckResult } from '@aws-sdk/client-support'
import type { RecommendationResourceSummary, RecommendationSummary } from '@aws-sdk/client-trustedadvisor'
import type { Records } from '../state/records'
import type { RegionalPlace } from './threats'

const AT = new Date('2026-11-20T03:00:00Z')

export function analyzer({ account, region }: RegionalPlace): Records['accessanalyzer.analyzer'] {
  const arn = `arn:aws:access-analyzer:${region}:${account}:analyzer/external`
  return { arn, name: 'external', type: 'ACCOUNT', status: 'ACTIVE', createdAt: AT }
}

export function accessFinding({ account }: RegionalPlace, n = 1, updatedAt = AT): Records['accessanalyzer.finding'] {
  return {
    id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
    analyzedAt: updatedAt,
    createdAt: AT,
    updatedAt,
    findingType: 'ExternalAccess',
    resource: `arn:aws:iam::${account}:role/VendorMonitoring`,
    resourceOwnerAccount: account,
    resourceType: 'AWS::IAM::Role',
    status: 'ACTIVE',
    findingDetails: [
      {
        externalAccessDetails: {
          action: ['sts:AssumeRole'],
          principal: { AWS: '999999999999' },
          condition: {},
          isPublic: false,
        },
      },
    ],
  }
}

/** What a rule of AWS Config found about a bucket. */
export function evaluation(
  { account }: RegionalPlace,
  ConfigRuleName: string,
  ComplianceType: 'COMPLIANT' | 'NON_COMPLIANT' = 'NON_COMPLIANT',
): EvaluationResult {
  const EvaluationResultQualifier = {
    ConfigRuleName,
    ResourceType: 'AWS::S3::Bucket',
    ResourceId: `uploads-${account}`,
  }
  return {
    EvaluationResultIdentifier: { EvaluationResultQualifier, OrderingTimestamp: AT },
    ComplianceType,
    ResultRecordedTime: AT,
    ConfigRuleInvokedTime: AT,
  }
}

/** The check of security groups with unrestricted ports. https://docs.aws.amazon.com/awssupport/latest/user/security-checks.html */
export const portsCheck: TrustedAdvisorCheckDescription = {
  id: 'HCP4007jGY',
  name: 'Security Groups - Specific Ports Unrestricted',
  description: 'Checks security groups for rules that allow unrestricted access to specific ports.',
  category: 'security',
  metadata: ['Region', 'Security Group Name', 'Security Group ID', 'Protocol', 'Status', 'Ports'],
}

export function portsResult({ region }: RegionalPlace, group: string): TrustedAdvisorCheckResult {
  const metadata = [region, 'admin', group, 'tcp', 'Red', '22']
  return {
    checkId: portsCheck.id,
    timestamp: AT.toISOString(),
    status: 'error',
    resourcesSummary: { resourcesProcessed: 2, resourcesFlagged: 1, resourcesIgnored: 0, resourcesSuppressed: 0 },
    categorySpecificSummary: { costOptimizing: { estimatedMonthlySavings: 0, estimatedPercentMonthlySavings: 0 } },
    flaggedResources: [{ status: 'error', region, resourceId: `resource-${group}`, isSuppressed: false, metadata }],
  }
}

export function recommendation({ account }: RegionalPlace): RecommendationSummary {
  const id = `rec-${account}`
  return {
    id,
    arn: `arn:aws:trustedadvisor::${account}:recommendation/${id}`,
    checkArn: `arn:aws:trustedadvisor:::check/${portsCheck.id}`,
    name: portsCheck.name,
    type: 'standard',
    status: 'error',
    lifecycleStage: 'pending_response',
    pillars: ['security'],
    source: 'ta_check',
    awsServices: ['ec2'],
    createdAt: AT,
    lastUpdatedAt: AT,
    resourcesAggregates: { errorCount: 1, okCount: 1, warningCount: 0 },
  }
}

export function recommendedResource({ account, region }: RegionalPlace, group: string): RecommendationResourceSummary {
  const id = `${account}-${group}`
  return {
    id,
    arn: `arn:aws:trustedadvisor::${account}:recommendation-resource/rec-${account}/${id}`,
    awsResourceId: group,
    regionCode: region,
    status: 'error',
    exclusionStatus: 'included',
    recommendationArn: `arn:aws:trustedadvisor::${account}:recommendation/rec-${account}`,
    metadata: { '0': region, '1': 'admin', '2': group, '3': 'tcp', '4': 'Red', '5': '22' },
    lastUpdatedAt: AT,
  }
}
