import 'server-only'
import type { OperationTable } from './operation'

/** Entrances from the internet, and their metrics. */
export const entrances = {
  'amplify:ListApps': { iam: ['amplify:ListApps'], rate: 'default' },
  'api-gateway:GetRestApis': { iam: ['apigateway:GET'], rate: 'default' },
  'api-gateway:GetStages': { iam: ['apigateway:GET'], rate: 'default' },
  'apigatewayv2:GetApis': { iam: ['apigateway:GET'], rate: 'default' },
  'apigatewayv2:GetStages': { iam: ['apigateway:GET'], rate: 'default' },
  'apprunner:DescribeService': { iam: ['apprunner:DescribeService'], rate: 'default' },
  'apprunner:ListServices': { iam: ['apprunner:ListServices'], rate: 'default' },
  'appsync:ListApis': { iam: ['appsync:ListApis'], rate: 'default' },
  'appsync:ListGraphqlApis': { iam: ['appsync:ListGraphqlApis'], rate: 'default' },
  'cloudfront:GetDistributionConfig': { iam: ['cloudfront:GetDistributionConfig'], rate: 'cloudfront' },
  'cloudfront:ListDistributionTenants': { iam: ['cloudfront:ListDistributionTenants'], rate: 'cloudfront' },
  'cloudfront:ListDistributions': { iam: ['cloudfront:ListDistributions'], rate: 'cloudfront' },
  'cloudfront:ListDistributionsByWebACLId': { iam: ['cloudfront:ListDistributionsByWebACLId'], rate: 'cloudfront' },
  'cloudfront:ListTagsForResource': { iam: ['cloudfront:ListTagsForResource'], rate: 'cloudfront' },
  'cloudwatch:DescribeAlarms': { iam: ['cloudwatch:DescribeAlarms'], rate: 'default' },
  'cloudwatch:GetMetricData': { iam: ['cloudwatch:GetMetricData'], rate: 'default' },
  'cognito-identity-provider:DescribeUserPool': { iam: ['cognito-idp:DescribeUserPool'], rate: 'default' },
  'cognito-identity-provider:ListUserPools': { iam: ['cognito-idp:ListUserPools'], rate: 'default' },
  'ec2:DescribeVerifiedAccessEndpoints': { iam: ['ec2:DescribeVerifiedAccessEndpoints'], rate: 'ec2' },
  'ec2:DescribeVerifiedAccessInstances': { iam: ['ec2:DescribeVerifiedAccessInstances'], rate: 'ec2' },
  'elastic-load-balancing-v2:DescribeListeners': { iam: ['elasticloadbalancing:DescribeListeners'], rate: 'default' },
  'elastic-load-balancing-v2:DescribeLoadBalancerAttributes': {
    iam: ['elasticloadbalancing:DescribeLoadBalancerAttributes'],
    rate: 'default',
  },
  'elastic-load-balancing-v2:DescribeLoadBalancers': {
    iam: ['elasticloadbalancing:DescribeLoadBalancers'],
    rate: 'default',
  },
  'elastic-load-balancing-v2:DescribeTags': { iam: ['elasticloadbalancing:DescribeTags'], rate: 'default' },
  'lambda:ListFunctionUrlConfigs': { iam: ['lambda:ListFunctionUrlConfigs'], rate: 'lambda' },
  'lambda:ListFunctions': { iam: ['lambda:ListFunctions'], rate: 'lambda' },
} as const satisfies OperationTable
