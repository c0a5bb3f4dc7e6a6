import { toRoutes } from './routes'
import { type OperationShape, toOperation } from './shape'

/** Loaders of the clients whose requests the emulator understands, under the names of their packages. */
const CLIENTS = {
  accessanalyzer: () => import('@aws-sdk/client-accessanalyzer'),
  account: () => import('@aws-sdk/client-account'),
  amplify: () => import('@aws-sdk/client-amplify'),
  'api-gateway': () => import('@aws-sdk/client-api-gateway'),
  apigatewayv2: () => import('@aws-sdk/client-apigatewayv2'),
  apprunner: () => import('@aws-sdk/client-apprunner'),
  appsync: () => import('@aws-sdk/client-appsync'),
  backup: () => import('@aws-sdk/client-backup'),
  budgets: () => import('@aws-sdk/client-budgets'),
  cloudfront: () => import('@aws-sdk/client-cloudfront'),
  cloudtrail: () => import('@aws-sdk/client-cloudtrail'),
  cloudwatch: () => import('@aws-sdk/client-cloudwatch'),
  'cognito-identity-provider': () => import('@aws-sdk/client-cognito-identity-provider'),
  'config-service': () => import('@aws-sdk/client-config-service'),
  ec2: () => import('@aws-sdk/client-ec2'),
  'elastic-load-balancing-v2': () => import('@aws-sdk/client-elastic-load-balancing-v2'),
  fms: () => import('@aws-sdk/client-fms'),
  guardduty: () => import('@aws-sdk/client-guardduty'),
  iam: () => import('@aws-sdk/client-iam'),
  identitystore: () => import('@aws-sdk/client-identitystore'),
  inspector2: () => import('@aws-sdk/client-inspector2'),
  kms: () => import('@aws-sdk/client-kms'),
  lambda: () => import('@aws-sdk/client-lambda'),
  macie2: () => import('@aws-sdk/client-macie2'),
  organizations: () => import('@aws-sdk/client-organizations'),
  rds: () => import('@aws-sdk/client-rds'),
  s3: () => import('@aws-sdk/client-s3'),
  's3-control': () => import('@aws-sdk/client-s3-control'),
  securityhub: () => import('@aws-sdk/client-securityhub'),
  shield: () => import('@aws-sdk/client-shield'),
  sqs: () => import('@aws-sdk/client-sqs'),
  'sso-admin': () => import('@aws-sdk/client-sso-admin'),
  sts: () => import('@aws-sdk/client-sts'),
  support: () => import('@aws-sdk/client-support'),
  trustedadvisor: () => import('@aws-sdk/client-trustedadvisor'),
  waf: () => import('@aws-sdk/client-waf'),
  wafv2: () => import('@aws-sdk/client-wafv2'),
} satisfies Record<string, () => Promise<object>>

type ServiceId = keyof typeof CLIENTS

interface Client {
  operations: ReadonlyMap<string, OperationShape>
  routes: ReturnType<typeof toRoutes>
}

const loaded = new Map<string, Promise<Client>>()

/** The operations of a service, read from the schemas in its client; null if there is no such client. */
export async function clientOf(service: string): Promise<Client | null> {
  if (!isService(service)) return null
  const client = loaded.get(service) ?? load(service)
  loaded.set(service, client)
  return client
}

function isService(name: string): name is ServiceId {
  return Object.hasOwn(CLIENTS, name)
}

async function load(service: ServiceId): Promise<Client> {
  const operations = new Map<string, OperationShape>()
  for (const value of Object.values(await CLIENTS[service]())) {
    if (!Array.isArray(value) || value[0] !== 9) continue
    const operation = toOperation(value)
    operations.set(operation.name, operation)
  }
  if (operations.size === 0) throw new Error(`the client of ${service} publishes no schemas`)
  return { operations, routes: toRoutes(operations.values()) }
}
