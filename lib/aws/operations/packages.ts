import 'server-only'
/**
 * The clients of the SDK. Each is loaded when it is first used: together they are large, and a worker rarely needs all of them.
 */
export const packages = {
  accessanalyzer: () =>
    import('@aws-sdk/client-accessanalyzer').then(sdk => ({ Client: sdk.AccessAnalyzerClient, commands: sdk })),
  account: () => import('@aws-sdk/client-account').then(sdk => ({ Client: sdk.AccountClient, commands: sdk })),
  amplify: () => import('@aws-sdk/client-amplify').then(sdk => ({ Client: sdk.AmplifyClient, commands: sdk })),
  'api-gateway': () =>
    import('@aws-sdk/client-api-gateway').then(sdk => ({ Client: sdk.APIGatewayClient, commands: sdk })),
  apigatewayv2: () =>
    import('@aws-sdk/client-apigatewayv2').then(sdk => ({ Client: sdk.ApiGatewayV2Client, commands: sdk })),
  apprunner: () => import('@aws-sdk/client-apprunner').then(sdk => ({ Client: sdk.AppRunnerClient, commands: sdk })),
  appsync: () => import('@aws-sdk/client-appsync').then(sdk => ({ Client: sdk.AppSyncClient, commands: sdk })),
  backup: () => import('@aws-sdk/client-backup').then(sdk => ({ Client: sdk.BackupClient, commands: sdk })),
  budgets: () => import('@aws-sdk/client-budgets').then(sdk => ({ Client: sdk.BudgetsClient, commands: sdk })),
  cloudfront: () => import('@aws-sdk/client-cloudfront').then(sdk => ({ Client: sdk.CloudFrontClient, commands: sdk })),
  cloudtrail: () => import('@aws-sdk/client-cloudtrail').then(sdk => ({ Client: sdk.CloudTrailClient, commands: sdk })),
  cloudwatch: () => import('@aws-sdk/client-cloudwatch').then(sdk => ({ Client: sdk.CloudWatchClient, commands: sdk })),
  'cognito-identity-provider': () =>
    import('@aws-sdk/client-cognito-identity-provider').then(sdk => ({
      Client: sdk.CognitoIdentityProviderClient,
      commands: sdk,
    })),
  'config-service': () =>
    import('@aws-sdk/client-config-service').then(sdk => ({ Client: sdk.ConfigServiceClient, commands: sdk })),
  ec2: () => import('@aws-sdk/client-ec2').then(sdk => ({ Client: sdk.EC2Client, commands: sdk })),
  'elastic-load-balancing-v2': () =>
    import('@aws-sdk/client-elastic-load-balancing-v2').then(sdk => ({
      Client: sdk.ElasticLoadBalancingV2Client,
      commands: sdk,
    })),
  fms: () => import('@aws-sdk/client-fms').then(sdk => ({ Client: sdk.FMSClient, commands: sdk })),
  guardduty: () => import('@aws-sdk/client-guardduty').then(sdk => ({ Client: sdk.GuardDutyClient, commands: sdk })),
  iam: () => import('@aws-sdk/client-iam').then(sdk => ({ Client: sdk.IAMClient, commands: sdk })),
  identitystore: () =>
    import('@aws-sdk/client-identitystore').then(sdk => ({ Client: sdk.IdentitystoreClient, commands: sdk })),
  inspector2: () => import('@aws-sdk/client-inspector2').then(sdk => ({ Client: sdk.Inspector2Client, commands: sdk })),
  kms: () => import('@aws-sdk/client-kms').then(sdk => ({ Client: sdk.KMSClient, commands: sdk })),
  lambda: () => import('@aws-sdk/client-lambda').then(sdk => ({ Client: sdk.LambdaClient, commands: sdk })),
  macie2: () => import('@aws-sdk/client-macie2').then(sdk => ({ Client: sdk.Macie2Client, commands: sdk })),
  organizations: () =>
    import('@aws-sdk/client-organizations').then(sdk => ({ Client: sdk.OrganizationsClient, commands: sdk })),
  rds: () => import('@aws-sdk/client-rds').then(sdk => ({ Client: sdk.RDSClient, commands: sdk })),
  s3: () => import('@aws-sdk/client-s3').then(sdk => ({ Client: sdk.S3Client, commands: sdk })),
  's3-control': () =>
    import('@aws-sdk/client-s3-control').then(sdk => ({ Client: sdk.S3ControlClient, commands: sdk })),
  securityhub: () =>
    import('@aws-sdk/client-securityhub').then(sdk => ({ Client: sdk.SecurityHubClient, commands: sdk })),
  shield: () => import('@aws-sdk/client-shield').then(sdk => ({ Client: sdk.ShieldClient, commands: sdk })),
  sqs: () => import('@aws-sdk/client-sqs').then(sdk => ({ Client: sdk.SQSClient, commands: sdk })),
  'sso-admin': () => import('@aws-sdk/client-sso-admin').then(sdk => ({ Client: sdk.SSOAdminClient, commands: sdk })),
  sts: () => import('@aws-sdk/client-sts').then(sdk => ({ Client: sdk.STSClient, commands: sdk })),
  support: () => import('@aws-sdk/client-support').then(sdk => ({ Client: sdk.SupportClient, commands: sdk })),
  trustedadvisor: () =>
    import('@aws-sdk/client-trustedadvisor').then(sdk => ({ Client: sdk.TrustedAdvisorClient, commands: sdk })),
  waf: () => import('@aws-sdk/client-waf').then(sdk => ({ Client: sdk.WAFClient, commands: sdk })),
  wafv2: () => import('@aws-sdk/client-wafv2').then(sdk => ({ Client: sdk.WAFV2Client, commands: sdk })),
}

/** A service by the package of its client: `config-service` is @aws-sdk/client-config-service. */
export type Service = keyof typeof packages

type Commands = { [S in Service]: Awaited<ReturnType<(typeof packages)[S]>>['commands'] }
type NameIn<S extends Service, Key = keyof Commands[S]> = Key extends `${infer Name}Command` ? `${S}:${Name}` : never

/** Every operation of these packages, such as `guardduty:ListFindings`. */
export type CommandName = { [S in Service]: NameIn<S> }[Service]

type CommandClass<O extends CommandName> = O extends `${infer S extends Service}:${infer Name}`
  ? Commands[S][`${Name}Command` & keyof Commands[S]]
  : never
type Command<O extends CommandName> = CommandClass<O> extends new (...input: never[]) => infer C ? C : never

export type InputOf<O extends CommandName> = Command<O> extends { input: infer Input } ? Input : never
export type OutputOf<O extends CommandName> =
  Command<O> extends { resolveMiddleware(...args: never[]): (...args: never[]) => Promise<{ output: infer Output }> }
    ? Output
    : never
