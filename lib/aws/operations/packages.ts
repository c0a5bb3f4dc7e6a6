import 'server-only'
import { createRequire } from 'node:module'

/** The packages of the SDK by their services: `config-service` is @aws-sdk/client-config-service. */
interface Packages {
  accessanalyzer: typeof import('@aws-sdk/client-accessanalyzer')
  account: typeof import('@aws-sdk/client-account')
  amplify: typeof import('@aws-sdk/client-amplify')
  'api-gateway': typeof import('@aws-sdk/client-api-gateway')
  apigatewayv2: typeof import('@aws-sdk/client-apigatewayv2')
  apprunner: typeof import('@aws-sdk/client-apprunner')
  appsync: typeof import('@aws-sdk/client-appsync')
  backup: typeof import('@aws-sdk/client-backup')
  budgets: typeof import('@aws-sdk/client-budgets')
  cloudfront: typeof import('@aws-sdk/client-cloudfront')
  cloudtrail: typeof import('@aws-sdk/client-cloudtrail')
  cloudwatch: typeof import('@aws-sdk/client-cloudwatch')
  'cognito-identity-provider': typeof import('@aws-sdk/client-cognito-identity-provider')
  'config-service': typeof import('@aws-sdk/client-config-service')
  ec2: typeof import('@aws-sdk/client-ec2')
  'elastic-load-balancing-v2': typeof import('@aws-sdk/client-elastic-load-balancing-v2')
  fms: typeof import('@aws-sdk/client-fms')
  guardduty: typeof import('@aws-sdk/client-guardduty')
  iam: typeof import('@aws-sdk/client-iam')
  identitystore: typeof import('@aws-sdk/client-identitystore')
  inspector2: typeof import('@aws-sdk/client-inspector2')
  kms: typeof import('@aws-sdk/client-kms')
  lambda: typeof import('@aws-sdk/client-lambda')
  macie2: typeof import('@aws-sdk/client-macie2')
  organizations: typeof import('@aws-sdk/client-organizations')
  rds: typeof import('@aws-sdk/client-rds')
  s3: typeof import('@aws-sdk/client-s3')
  's3-control': typeof import('@aws-sdk/client-s3-control')
  securityhub: typeof import('@aws-sdk/client-securityhub')
  shield: typeof import('@aws-sdk/client-shield')
  sqs: typeof import('@aws-sdk/client-sqs')
  'sso-admin': typeof import('@aws-sdk/client-sso-admin')
  sts: typeof import('@aws-sdk/client-sts')
  support: typeof import('@aws-sdk/client-support')
  trustedadvisor: typeof import('@aws-sdk/client-trustedadvisor')
  waf: typeof import('@aws-sdk/client-waf')
  wafv2: typeof import('@aws-sdk/client-wafv2')
}

export type Service = keyof Packages

const require = createRequire(import.meta.url)

/**
 * The client class of each package, and the package: as CommonJS, since as modules they take 50 MB more and twice the
 * time.
 */
const packages = {
  accessanalyzer: ['AccessAnalyzerClient', () => require('@aws-sdk/client-accessanalyzer')],
  account: ['AccountClient', () => require('@aws-sdk/client-account')],
  amplify: ['AmplifyClient', () => require('@aws-sdk/client-amplify')],
  'api-gateway': ['APIGatewayClient', () => require('@aws-sdk/client-api-gateway')],
  apigatewayv2: ['ApiGatewayV2Client', () => require('@aws-sdk/client-apigatewayv2')],
  apprunner: ['AppRunnerClient', () => require('@aws-sdk/client-apprunner')],
  appsync: ['AppSyncClient', () => require('@aws-sdk/client-appsync')],
  backup: ['BackupClient', () => require('@aws-sdk/client-backup')],
  budgets: ['BudgetsClient', () => require('@aws-sdk/client-budgets')],
  cloudfront: ['CloudFrontClient', () => require('@aws-sdk/client-cloudfront')],
  cloudtrail: ['CloudTrailClient', () => require('@aws-sdk/client-cloudtrail')],
  cloudwatch: ['CloudWatchClient', () => require('@aws-sdk/client-cloudwatch')],
  'cognito-identity-provider': [
    'CognitoIdentityProviderClient',
    () => require('@aws-sdk/client-cognito-identity-provider'),
  ],
  'config-service': ['ConfigServiceClient', () => require('@aws-sdk/client-config-service')],
  ec2: ['EC2Client', () => require('@aws-sdk/client-ec2')],
  'elastic-load-balancing-v2': [
    'ElasticLoadBalancingV2Client',
    () => require('@aws-sdk/client-elastic-load-balancing-v2'),
  ],
  fms: ['FMSClient', () => require('@aws-sdk/client-fms')],
  guardduty: ['GuardDutyClient', () => require('@aws-sdk/client-guardduty')],
  iam: ['IAMClient', () => require('@aws-sdk/client-iam')],
  identitystore: ['IdentitystoreClient', () => require('@aws-sdk/client-identitystore')],
  inspector2: ['Inspector2Client', () => require('@aws-sdk/client-inspector2')],
  kms: ['KMSClient', () => require('@aws-sdk/client-kms')],
  lambda: ['LambdaClient', () => require('@aws-sdk/client-lambda')],
  macie2: ['Macie2Client', () => require('@aws-sdk/client-macie2')],
  organizations: ['OrganizationsClient', () => require('@aws-sdk/client-organizations')],
  rds: ['RDSClient', () => require('@aws-sdk/client-rds')],
  s3: ['S3Client', () => require('@aws-sdk/client-s3')],
  's3-control': ['S3ControlClient', () => require('@aws-sdk/client-s3-control')],
  securityhub: ['SecurityHubClient', () => require('@aws-sdk/client-securityhub')],
  shield: ['ShieldClient', () => require('@aws-sdk/client-shield')],
  sqs: ['SQSClient', () => require('@aws-sdk/client-sqs')],
  'sso-admin': ['SSOAdminClient', () => require('@aws-sdk/client-sso-admin')],
  sts: ['STSClient', () => require('@aws-sdk/client-sts')],
  support: ['SupportClient', () => require('@aws-sdk/client-support')],
  trustedadvisor: ['TrustedAdvisorClient', () => require('@aws-sdk/client-trustedadvisor')],
  waf: ['WAFClient', () => require('@aws-sdk/client-waf')],
  wafv2: ['WAFV2Client', () => require('@aws-sdk/client-wafv2')],
} as const satisfies { [S in Service]: readonly [keyof Packages[S], () => unknown] }

export const packageNames = Object.keys(packages) as Service[]

/** The shape that all clients and commands of the SDK share. Their own types are those of InputOf and OutputOf. */
export interface SdkClient {
  readonly config: object
  send(command: object, options?: { abortSignal: AbortSignal }): Promise<object>
}

export interface SdkPackage {
  readonly Client: new (config: object) => SdkClient
  readonly commands: Readonly<Record<string, new (input: object) => object>>
}

/** A package, loaded when it is first used: together they are large, and a worker rarely needs all of them. */
export function loadPackage(service: Service): SdkPackage {
  const [client, load] = packages[service]
  const commands = load()
  return { Client: commands[client], commands }
}

type NameIn<S extends Service, Key = keyof Packages[S]> = Key extends `${infer Name}Command` ? `${S}:${Name}` : never

/** Every operation of these packages, such as `guardduty:ListFindings`. */
export type CommandName = { [S in Service]: NameIn<S> }[Service]

type CommandClass<O extends CommandName> = O extends `${infer S extends Service}:${infer Name}`
  ? Packages[S][`${Name}Command` & keyof Packages[S]]
  : never
type Command<O extends CommandName> = CommandClass<O> extends new (...input: never[]) => infer C ? C : never

export type InputOf<O extends CommandName> = Command<O> extends { input: infer Input } ? Input : never
export type OutputOf<O extends CommandName> =
  Command<O> extends { resolveMiddleware(...args: never[]): (...args: never[]) => Promise<{ output: infer Output }> }
    ? Output
    : never
