import 'server-only'
import type { OperationTable } from './operation'

/** Services that report findings, and their settings. */
export const findings = {
  'accessanalyzer:GetFindingV2': { iam: ['access-analyzer:GetFinding'], rate: 'default' },
  'accessanalyzer:ListAnalyzers': { iam: ['access-analyzer:ListAnalyzers'], rate: 'default' },
  'accessanalyzer:ListFindings': { iam: ['access-analyzer:ListFindings'], rate: 'default' },
  'accessanalyzer:ListFindingsV2': { iam: ['access-analyzer:ListFindings'], rate: 'default' },
  'config-service:DescribeComplianceByConfigRule': { iam: ['config:DescribeComplianceByConfigRule'], rate: 'default' },
  'config-service:DescribeConfigurationRecorderStatus': {
    iam: ['config:DescribeConfigurationRecorderStatus'],
    rate: 'default',
  },
  'config-service:DescribeConfigurationRecorders': { iam: ['config:DescribeConfigurationRecorders'], rate: 'default' },
  'config-service:DescribeDeliveryChannelStatus': { iam: ['config:DescribeDeliveryChannelStatus'], rate: 'default' },
  'config-service:GetComplianceDetailsByConfigRule': {
    iam: ['config:GetComplianceDetailsByConfigRule'],
    rate: 'default',
  },
  'guardduty:GetDetector': { iam: ['guardduty:GetDetector'], rate: 'default' },
  'guardduty:GetFilter': { iam: ['guardduty:GetFilter'], rate: 'default' },
  'guardduty:GetFindings': { iam: ['guardduty:GetFindings'], rate: 'default' },
  'guardduty:ListDetectors': { iam: ['guardduty:ListDetectors'], rate: 'default' },
  'guardduty:ListFilters': { iam: ['guardduty:ListFilters'], rate: 'default' },
  'guardduty:ListFindings': { iam: ['guardduty:ListFindings'], rate: 'default' },
  'guardduty:ListMembers': { iam: ['guardduty:ListMembers'], rate: 'default' },
  'inspector2:BatchGetAccountStatus': { iam: ['inspector2:BatchGetAccountStatus'], rate: 'default' },
  'inspector2:ListCoverage': { iam: ['inspector2:ListCoverage'], rate: 'default' },
  'inspector2:ListFindings': { iam: ['inspector2:ListFindings'], rate: 'default' },
  'inspector2:ListMembers': { iam: ['inspector2:ListMembers'], rate: 'default' },
  'macie2:GetFindings': { iam: ['macie2:GetFindings'], rate: 'default' },
  'macie2:GetMacieSession': { iam: ['macie2:GetMacieSession'], rate: 'default' },
  'macie2:ListFindings': { iam: ['macie2:ListFindings'], rate: 'default' },
  'macie2:ListMembers': { iam: ['macie2:ListMembers'], rate: 'default' },
  'securityhub:DescribeHub': { iam: ['securityhub:DescribeHub'], rate: 'default' },
  'securityhub:DescribeSecurityHubV2': { iam: ['securityhub:DescribeSecurityHubV2'], rate: 'default' },
  'securityhub:GetEnabledStandards': { iam: ['securityhub:GetEnabledStandards'], rate: 'default' },
  'securityhub:GetFindingAggregator': { iam: ['securityhub:GetFindingAggregator'], rate: 'default' },
  'securityhub:GetFindings': { iam: ['securityhub:GetFindings'], rate: 'security-hub-findings' },
  'securityhub:GetFindingsV2': { iam: ['securityhub:GetFindings'], rate: 'security-hub-findings' },
  'securityhub:ListFindingAggregators': { iam: ['securityhub:ListFindingAggregators'], rate: 'default' },
  'securityhub:ListMembers': { iam: ['securityhub:ListMembers'], rate: 'default' },
  'support:DescribeTrustedAdvisorCheckResult': {
    iam: ['support:DescribeTrustedAdvisorCheckResult'],
    rate: 'trusted-advisor',
  },
  'support:DescribeTrustedAdvisorCheckSummaries': {
    iam: ['support:DescribeTrustedAdvisorCheckSummaries'],
    rate: 'trusted-advisor',
  },
  'support:DescribeTrustedAdvisorChecks': { iam: ['support:DescribeTrustedAdvisorChecks'], rate: 'trusted-advisor' },
  'trustedadvisor:ListRecommendationResources': {
    iam: ['trustedadvisor:ListRecommendationResources'],
    rate: 'trusted-advisor',
  },
  'trustedadvisor:ListRecommendations': { iam: ['trustedadvisor:ListRecommendations'], rate: 'trusted-advisor' },
} as const satisfies OperationTable
