import 'server-only'
import type { CollectorId } from '../../domain/collection/collectors'
import type { InputOf, OperationName } from '../operations'
import type { CellCalls } from './collector'
import { requestMetrics } from './metrics/requests'

type Probe = (calls: CellCalls) => Promise<unknown>

function probe<O extends OperationName>(operation: O, input: InputOf<O>): Probe {
  return calls => calls.call(operation, input)
}

/** The cheapest calls of each collector. They fail where its permissions, a service or the support plan is missing. */
export const probes: Readonly<Record<CollectorId, readonly Probe[]>> = {
  organization: [probe('organizations:DescribeOrganization', {})],
  account: [
    probe('account:GetContactInformation', {}),
    calls => calls.call('s3-control:GetPublicAccessBlock', { AccountId: calls.account }),
  ],
  iam: [probe('iam:GetAccountSummary', {}), probe('iam:ListOpenIDConnectProviders', {})],
  'credential-report': [probe('iam:GenerateCredentialReport', {})],
  'identity-center': [probe('sso-admin:ListInstances', { MaxResults: 1 })],
  'security-hub': [probe('securityhub:GetFindings', { MaxResults: 1 })],
  'security-hub-v2': [probe('securityhub:DescribeSecurityHubV2', {})],
  guardduty: [probe('guardduty:ListDetectors', { MaxResults: 1 })],
  inspector: [probe('inspector2:ListFindings', { maxResults: 1 })],
  'access-analyzer': [probe('accessanalyzer:ListAnalyzers', { maxResults: 1 })],
  config: [
    probe('config-service:DescribeConfigurationRecorderStatus', {}),
    probe('config-service:DescribeComplianceByConfigRule', {}),
  ],
  macie: [probe('macie2:ListFindings', { maxResults: 1 })],
  'trusted-advisor': [
    probe('support:DescribeTrustedAdvisorChecks', { language: 'en' }),
    probe('trustedadvisor:ListRecommendations', { maxResults: 1 }),
  ],
  waf: [probe('wafv2:ListWebACLs', { Scope: 'REGIONAL', Limit: 1 })],
  'waf-global': [probe('wafv2:ListWebACLs', { Scope: 'CLOUDFRONT', Limit: 1 }), probe('waf:ListWebACLs', { Limit: 1 })],
  protection: [probe('shield:GetSubscriptionState', {}), probe('fms:ListPolicies', { MaxResults: 1 })],
  entrances: [
    probe('elastic-load-balancing-v2:DescribeLoadBalancers', { PageSize: 1 }),
    probe('api-gateway:GetRestApis', { limit: 1 }),
    probe('apigatewayv2:GetApis', { MaxResults: '1' }),
    probe('appsync:ListGraphqlApis', { maxResults: 1 }),
    probe('cognito-identity-provider:ListUserPools', { MaxResults: 1 }),
    probe('apprunner:ListServices', { MaxResults: 1 }),
    probe('amplify:ListApps', { maxResults: 1 }),
    probe('ec2:DescribeVerifiedAccessInstances', { MaxResults: 5 }),
    probe('lambda:ListFunctions', { MaxItems: 1 }),
    probe('ec2:DescribeManagedPrefixLists', { MaxResults: 5 }),
  ],
  cloudfront: [probe('cloudfront:ListDistributions', { MaxItems: 1 })],
  metrics: [calls => requestMetrics(calls), probe('cloudwatch:DescribeAlarms', { MaxRecords: 1 })],
  cloudtrail: [probe('cloudtrail:DescribeTrails', { includeShadowTrails: false })],
  s3: [probe('s3:ListBuckets', { MaxBuckets: 1 })],
  ec2: [probe('ec2:GetEbsEncryptionByDefault', {}), probe('ec2:DescribeVpcs', { MaxResults: 5 })],
  services: [
    probe('inspector2:BatchGetAccountStatus', {}),
    probe('securityhub:DescribeHub', {}),
    probe('config-service:DescribeConfigurationRecorders', {}),
  ],
  budgets: [calls => calls.call('budgets:DescribeBudgets', { AccountId: calls.account, MaxResults: 1 })],
  backup: [probe('backup:ListBackupPlans', { MaxResults: 1 })],
  kms: [probe('kms:ListKeys', { Limit: 1 })],
  rds: [probe('rds:DescribeDBInstances', { MaxRecords: 20 })],
}
