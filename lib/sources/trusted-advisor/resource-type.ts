import type { ResourceKind } from '../../domain/identity/canonical-resource'

/**
 * Types in the spelling of ASFF, by service and prefix of an ARN's resource part; the first match counts.
 * https://docs.aws.amazon.com/securityhub/latest/userguide/asff-resources.html
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
const BY_ARN: Readonly<Record<string, readonly (readonly [RegExp, string])[]>> = {
  acm: [[/^certificate\//, 'AwsCertificateManagerCertificate']],
  apigateway: [
    [/^\/restapis\/[^/]+\/stages\//, 'AwsApiGatewayStage'],
    [/^\/restapis\//, 'AwsApiGatewayRestApi'],
    [/^\/apis\/[^/]+\/stages\//, 'AwsApiGatewayV2Stage'],
    [/^\/apis\//, 'AwsApiGatewayV2Api'],
  ],
  appsync: [[/^apis\//, 'AwsAppSyncGraphQlApi']],
  athena: [[/^workgroup\//, 'AwsAthenaWorkGroup']],
  autoscaling: [
    [/^autoScalingGroup:/, 'AwsAutoScalingAutoScalingGroup'],
    [/^launchConfiguration:/, 'AwsAutoScalingLaunchConfiguration'],
  ],
  cloudformation: [[/^stack\//, 'AwsCloudFormationStack']],
  cloudfront: [[/^distribution\//, 'AwsCloudFrontDistribution']],
  cloudtrail: [[/^trail\//, 'AwsCloudTrailTrail']],
  cloudwatch: [[/^alarm:/, 'AwsCloudWatchAlarm']],
  codebuild: [[/^project\//, 'AwsCodeBuildProject']],
  dms: [
    [/^endpoint:/, 'AwsDmsEndpoint'],
    [/^rep:/, 'AwsDmsReplicationInstance'],
    [/^task:/, 'AwsDmsReplicationTask'],
  ],
  dynamodb: [[/^table\//, 'AwsDynamoDbTable']],
  ec2: [
    [/^elastic-ip\//, 'AwsEc2Eip'],
    [/^instance\//, 'AwsEc2Instance'],
    [/^launch-template\//, 'AwsEc2LaunchTemplate'],
    [/^network-acl\//, 'AwsEc2NetworkAcl'],
    [/^network-interface\//, 'AwsEc2NetworkInterface'],
    [/^route-table\//, 'AwsEc2RouteTable'],
    [/^security-group\//, 'AwsEc2SecurityGroup'],
    [/^subnet\//, 'AwsEc2Subnet'],
    [/^transit-gateway\//, 'AwsEc2TransitGateway'],
    [/^volume\//, 'AwsEc2Volume'],
    [/^vpc\//, 'AwsEc2Vpc'],
    [/^vpc-peering-connection\//, 'AwsEc2VpcPeeringConnection'],
    [/^vpn-connection\//, 'AwsEc2VpnConnection'],
  ],
  ecr: [[/^repository\//, 'AwsEcrRepository']],
  ecs: [
    [/^cluster\//, 'AwsEcsCluster'],
    [/^service\//, 'AwsEcsService'],
    [/^task-definition\//, 'AwsEcsTaskDefinition'],
    [/^task\//, 'AwsEcsTask'],
  ],
  eks: [[/^cluster\//, 'AwsEksCluster']],
  elasticbeanstalk: [[/^environment\//, 'AwsElasticBeanstalkEnvironment']],
  elasticfilesystem: [[/^access-point\//, 'AwsEfsAccessPoint']],
  elasticloadbalancing: [
    [/^loadbalancer\/(app|net|gwy)\//, 'AwsElbv2LoadBalancer'],
    [/^loadbalancer\//, 'AwsElbLoadBalancer'],
  ],
  es: [[/^domain\//, 'AwsOpenSearchServiceDomain']],
  guardduty: [[/^detector\//, 'AwsGuardDutyDetector']],
  iam: [
    [/^group\//, 'AwsIamGroup'],
    [/^policy\//, 'AwsIamPolicy'],
    [/^role\//, 'AwsIamRole'],
    [/^root$/, 'AwsAccount'],
    [/^user\//, 'AwsIamUser'],
  ],
  kafka: [[/^cluster\//, 'AwsMskCluster']],
  kinesis: [[/^stream\//, 'AwsKinesisStream']],
  kms: [[/^key\//, 'AwsKmsKey']],
  lambda: [[/^function:/, 'AwsLambdaFunction']],
  'network-firewall': [
    [/^firewall\//, 'AwsNetworkFirewallFirewall'],
    [/^firewall-policy\//, 'AwsNetworkFirewallFirewallPolicy'],
    [/^(stateful|stateless)-rulegroup\//, 'AwsNetworkFirewallRuleGroup'],
  ],
  rds: [
    [/^cluster:/, 'AwsRdsDbCluster'],
    [/^cluster-snapshot:/, 'AwsRdsDbClusterSnapshot'],
    [/^db:/, 'AwsRdsDbInstance'],
    [/^es:/, 'AwsRdsEventSubscription'],
    [/^secgrp:/, 'AwsRdsDbSecurityGroup'],
    [/^snapshot:/, 'AwsRdsDbSnapshot'],
  ],
  redshift: [[/^cluster:/, 'AwsRedshiftCluster']],
  s3: [
    [/^[^/]+$/, 'AwsS3Bucket'],
    [/^/, 'AwsS3Object'],
  ],
  sagemaker: [[/^notebook-instance\//, 'AwsSageMakerNotebookInstance']],
  secretsmanager: [[/^secret:/, 'AwsSecretsManagerSecret']],
  sns: [[/^/, 'AwsSnsTopic']],
  sqs: [[/^/, 'AwsSqsQueue']],
  states: [[/^stateMachine:/, 'AwsStepFunctionStateMachine']],
  waf: [
    [/^rule\//, 'AwsWafRule'],
    [/^rulegroup\//, 'AwsWafRuleGroup'],
    [/^webacl\//, 'AwsWafWebAcl'],
  ],
  'waf-regional': [
    [/^rule\//, 'AwsWafRegionalRule'],
    [/^rulegroup\//, 'AwsWafRegionalRuleGroup'],
    [/^webacl\//, 'AwsWafRegionalWebAcl'],
  ],
  wafv2: [
    [/\/rulegroup\//, 'AwsWafv2RuleGroup'],
    [/\/webacl\//, 'AwsWafv2WebAcl'],
  ],
}

const byArn = new Map(Object.entries(BY_ARN))

/** Patterns of ids that only one type has. */
const BY_ID: readonly (readonly [RegExp, string])[] = [
  [/^AWS::::Account:/, 'AwsAccount'],
  [/^acl-[0-9a-f]+$/, 'AwsEc2NetworkAcl'],
  [/^eipalloc-[0-9a-f]+$/, 'AwsEc2Eip'],
  [/^i-[0-9a-f]+$/, 'AwsEc2Instance'],
  [/^sg-[0-9a-f]+$/, 'AwsEc2SecurityGroup'],
  [/^subnet-[0-9a-f]+$/, 'AwsEc2Subnet'],
  [/^vol-[0-9a-f]+$/, 'AwsEc2Volume'],
  [/^vpc-[0-9a-f]+$/, 'AwsEc2Vpc'],
  [/^vpn-[0-9a-f]+$/, 'AwsEc2VpnConnection'],
]

const BY_KIND: Partial<Record<ResourceKind, string>> = {
  account: 'AwsAccount',
  'account-region': 'AwsAccount',
  user: 'AwsIamUser',
  bucket: 'AwsS3Bucket',
  'security-group': 'AwsEc2SecurityGroup',
  instance: 'AwsEc2Instance',
  volume: 'AwsEc2Volume',
  vpc: 'AwsEc2Vpc',
  subnet: 'AwsEc2Subnet',
  'network-acl': 'AwsEc2NetworkAcl',
  'vpn-connection': 'AwsEc2VpnConnection',
  'elastic-ip': 'AwsEc2Eip',
  function: 'AwsLambdaFunction',
  db: 'AwsRdsDbInstance',
  'db-snapshot': 'AwsRdsDbSnapshot',
  'auto-scaling-group': 'AwsAutoScalingAutoScalingGroup',
  table: 'AwsDynamoDbTable',
  key: 'AwsKmsKey',
}

/** The type of a resource by its id or its control. Empty if ASFF has none or it is not certain. */
export function typeOf(id: string, kind: ResourceKind | null): string {
  const arn = /^arn:[^:]*:([^:]*):[^:]*:[^:]*:(.+)$/s.exec(id)
  if (arn) return typed(byArn.get(arn[1] ?? '') ?? [], arn[2] ?? '') ?? ''
  return typed(BY_ID, id) ?? (kind ? BY_KIND[kind] : undefined) ?? ''
}

function typed(types: readonly (readonly [RegExp, string])[], text: string): string | undefined {
  return types.find(([pattern]) => pattern.test(text))?.[1]
}
