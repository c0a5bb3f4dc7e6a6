import 'server-only'
import type { OperationTable } from './operation'

/** Web ACLs and what belongs to them. */
export const waf = {
  'fms:GetPolicy': { iam: ['fms:GetPolicy'], rate: 'default' },
  'fms:ListPolicies': { iam: ['fms:ListPolicies'], rate: 'default' },
  'shield:GetSubscriptionState': { iam: ['shield:GetSubscriptionState'], rate: 'default' },
  'shield:ListProtections': { iam: ['shield:ListProtections'], rate: 'default' },
  'waf:ListWebACLs': { iam: ['waf:ListWebACLs'], rate: 'waf' },
  'wafv2:DescribeManagedRuleGroup': { iam: ['wafv2:DescribeManagedRuleGroup'], rate: 'waf' },
  'wafv2:GetIPSet': { iam: ['wafv2:GetIPSet'], rate: 'waf' },
  'wafv2:GetRuleGroup': { iam: ['wafv2:GetRuleGroup'], rate: 'waf' },
  'wafv2:GetWebACL': { iam: ['wafv2:GetWebACL'], rate: 'waf' },
  'wafv2:ListAvailableManagedRuleGroupVersions': { iam: ['wafv2:ListAvailableManagedRuleGroupVersions'], rate: 'waf' },
  'wafv2:ListIPSets': { iam: ['wafv2:ListIPSets'], rate: 'waf' },
  'wafv2:ListLoggingConfigurations': { iam: ['wafv2:ListLoggingConfigurations'], rate: 'waf' },
  'wafv2:ListResourcesForWebACL': {
    iam: [
      'wafv2:ListResourcesForWebACL',
      'amplify:ListResourcesForWebACL',
      'apprunner:ListAssociatedServicesForWebAcl',
      'appsync:ListResourcesForWebACL',
      'bedrock-agentcore:GatewayListResourcesForWebACL',
      'cognito-idp:ListResourcesForWebACL',
      'ec2:DescribeVerifiedAccessInstanceWebAclAssociations',
      'elasticloadbalancing:DescribeWebACLAssociation',
    ],
    rate: 'waf',
  },
  'wafv2:ListRuleGroups': { iam: ['wafv2:ListRuleGroups'], rate: 'waf' },
  'wafv2:ListTagsForResource': { iam: ['wafv2:ListTagsForResource'], rate: 'waf' },
  'wafv2:ListWebACLs': { iam: ['wafv2:ListWebACLs'], rate: 'waf' },
} as const satisfies OperationTable
