import {
  APIGatewayClient,
  CreateDeploymentCommand,
  CreateRestApiCommand,
  PutIntegrationCommand,
  PutMethodCommand,
} from '@aws-sdk/client-api-gateway'
import { ApiGatewayV2Client, CreateApiCommand, CreateStageCommand } from '@aws-sdk/client-apigatewayv2'
import { AppSyncClient, CreateGraphqlApiCommand } from '@aws-sdk/client-appsync'
import {
  CognitoIdentityProviderClient,
  CreateUserPoolCommand,
  CreateUserPoolDomainCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import { CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { describe, expect, vi } from 'vitest'
import { entrances } from '../../../lib/aws/collect/entrances/entrances'
import { InventoryLine } from '../../../lib/domain/collection/lines'
import { collectedPages, emulatedAws } from '../../support/aws/collecting'
import { type Emulator, HOME } from '../../support/aws/emulator'
import { setUpIn } from '../../support/aws/organisation/connection'
import { createEntrances } from '../../support/aws/organisation/entrances'
import { REGION } from '../../support/aws/organisation/organisation'
import { START_MS, stopAtEnd, test } from '../../support/aws/testing'

const { account } = HOME
const region = REGION
const SECRET = 'a-secret-value'

stopAtEnd()

type Reading = Parameters<typeof collectedPages>[2]

async function recordsOf(emulator: Emulator, reading: Reading = { region }): Promise<InventoryLine[]> {
  const pages = await collectedPages(emulator, 'entrances', reading)
  return pages.flatMap(page => page.records).map(record => InventoryLine.parse(record))
}

async function createApis(emulator: Emulator): Promise<void> {
  const settings = setUpIn(emulator, account, region)
  const rest = new APIGatewayClient(settings)
  const { id: restApiId, rootResourceId: resourceId } = await rest.send(new CreateRestApiCommand({ name: 'orders' }))
  const method = { restApiId, resourceId, httpMethod: 'GET' }
  await rest.send(new PutMethodCommand({ ...method, authorizationType: 'NONE' }))
  await rest.send(new PutIntegrationCommand({ ...method, type: 'MOCK' }))
  const variables = { password: SECRET }
  await rest.send(new CreateDeploymentCommand({ restApiId, stageName: 'prod', variables }))
  const http = new ApiGatewayV2Client(settings)
  const { ApiId } = await http.send(new CreateApiCommand({ Name: 'hooks', ProtocolType: 'HTTP' }))
  await http.send(new CreateStageCommand({ ApiId, StageName: 'live', StageVariables: variables }))
  const graphql = { name: 'shop', authenticationType: 'API_KEY' as const }
  await new AppSyncClient(settings).send(new CreateGraphqlApiCommand(graphql))
}

async function createPools(emulator: Emulator): Promise<void> {
  const cognito = new CognitoIdentityProviderClient(setUpIn(emulator, account, region))
  const { UserPool } = await cognito.send(new CreateUserPoolCommand({ PoolName: 'customers' }))
  await cognito.send(new CreateUserPoolDomainCommand({ Domain: 'customers', UserPoolId: UserPool?.Id }))
  await cognito.send(new CreateUserPoolCommand({ PoolName: 'machines' }))
}

async function createFunction(emulator: Emulator): Promise<void> {
  const settings = setUpIn(emulator, account, region)
  const policy = { Version: '2012-10-17', Statement: [] }
  const role = new CreateRoleCommand({ RoleName: 'fn', AssumeRolePolicyDocument: JSON.stringify(policy) })
  const { Role } = await new IAMClient(settings).send(role)
  const { FunctionArn = '' } = await new LambdaClient(settings).send(
    new CreateFunctionCommand({
      FunctionName: 'hook',
      Role: Role?.Arn,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Code: { ZipFile: Buffer.from('UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==', 'base64') },
      Environment: { Variables: { TOKEN: SECRET } },
    }),
  )
  const url = { FunctionArn, FunctionUrl: 'https://abc.lambda-url.aws/', AuthType: 'NONE' as const }
  const at = { CreationTime: '2026-01-01T00:00:00Z', LastModifiedTime: '2026-01-01T00:00:00Z' }
  emulator.store.put('lambda.function-url', { account, region }, { ...url, ...at })
}

function putApps(emulator: Emulator): void {
  const place = { account, region }
  const at = new Date('2026-01-01T00:00:00Z')
  emulator.store.put('amplify.app', place, {
    appId: 'd1',
    appArn: `arn:aws:amplify:${region}:${account}:apps/d1`,
    name: 'site',
    description: '',
    repository: 'https://example.com/site',
    platform: 'WEB',
    createTime: at,
    updateTime: at,
    environmentVariables: { TOKEN: SECRET },
    basicAuthCredentials: SECRET,
    defaultDomain: 'd1.amplifyapp.com',
    enableBranchAutoBuild: true,
    enableBasicAuth: true,
    wafConfiguration: { webAclArn: 'arn:acl', wafStatus: 'ASSOCIATION_SUCCESS' },
  })
  emulator.store.put('apprunner.service', place, {
    ServiceName: 'api',
    ServiceId: 's1',
    ServiceArn: `arn:aws:apprunner:${region}:${account}:service/api/s1`,
    ServiceUrl: 's1.awsapprunner.com',
    CreatedAt: at,
    UpdatedAt: at,
    Status: 'RUNNING',
    SourceConfiguration: {
      ImageRepository: {
        ImageIdentifier: 'i',
        ImageRepositoryType: 'ECR',
        ImageConfiguration: { RuntimeEnvironmentVariables: { TOKEN: SECRET } },
      },
    },
    InstanceConfiguration: {},
    AutoScalingConfigurationSummary: {},
    NetworkConfiguration: { IngressConfiguration: { IsPubliclyAccessible: true } },
  })
  const VerifiedAccessInstanceId = 'vai-1'
  emulator.store.put('ec2.verified-access-instance', place, { VerifiedAccessInstanceId })
  emulator.store.put('ec2.verified-access-endpoint', place, {
    VerifiedAccessEndpointId: 'vae-1',
    VerifiedAccessInstanceId,
    ApplicationDomain: 'wiki.example.com',
    EndpointDomain: 'wiki.vai-1.prod.verified-access.aws',
    Status: { Code: 'active' },
  })
}

async function fill(emulator: Emulator): Promise<void> {
  await createEntrances(emulator, account)
  await createApis(emulator)
  await createPools(emulator)
  await createFunction(emulator)
  putApps(emulator)
}

/** Everything that is read before a reading fails, and why it fails. */
async function readUntilFailure(emulator: Emulator): Promise<{ records: InventoryLine[]; failure: unknown }> {
  for (const [name, value] of Object.entries(emulator.env)) vi.stubEnv(name, value)
  const aws = emulatedAws(emulator, region)
  const records: InventoryLine[] = []
  try {
    const calls = aws.asSelf(account, { region, signal: AbortSignal.timeout(60_000) })
    for await (const page of entrances.collect(calls, null)) {
      records.push(...page.records.map(record => InventoryLine.parse(record)))
      // A reading that is not finished must not look as if it were.
      expect(page.next).not.toBeNull()
    }
    return { records, failure: null }
  } catch (failure) {
    return { records, failure }
  } finally {
    aws.close()
    vi.unstubAllEnvs()
  }
}

/** What is stored of records: all but the time at which they were read. */
const lines = (records: readonly InventoryLine[]) =>
  records.map(({ observedAt: _, ...record }) => JSON.stringify(record))

describe('entrances', () => {
  test('reads every kind, without secrets', { timeout: START_MS }, async ({ emulator }) => {
    await fill(emulator)
    const records = await recordsOf(emulator)
    const found = (type: string) => records.filter(record => record.type === type)
    expect(found('AWS::ElasticLoadBalancingV2::LoadBalancer')).toMatchObject([
      { name: 'shop', region, data: { Scheme: 'internet-facing', Type: 'application', Listeners: [] } },
      { name: 'backoffice' },
    ])
    expect(found('AWS::ApiGateway::Stage')).toMatchObject([{ name: 'orders/prod', data: { stageName: 'prod' } }])
    expect(found('AWS::ApiGatewayV2::Stage')).toMatchObject([{ name: 'hooks/live', data: { protocol: 'HTTP' } }])
    expect(found('AWS::AppSync::GraphQLApi')).toMatchObject([{ name: 'shop' }])
    expect(found('AWS::Cognito::UserPool')).toMatchObject([{ name: 'customers', data: { Domain: 'customers' } }])
    expect(found('AWS::AppRunner::Service')).toMatchObject([{ name: 'api', data: { IsPubliclyAccessible: true } }])
    expect(found('AWS::Amplify::App')).toMatchObject([
      { name: 'site', data: { enableBasicAuth: true, wafConfiguration: { webAclArn: 'arn:acl' } } },
    ])
    expect(found('AWS::EC2::VerifiedAccessInstance')).toMatchObject([
      { name: 'vai-1', data: { Endpoints: [{ ApplicationDomain: 'wiki.example.com', Status: 'active' }] } },
    ])
    expect(found('AWS::Lambda::Url')).toMatchObject([{ name: 'hook', data: { AuthType: 'NONE' } }])
    expect(JSON.stringify(records)).not.toContain(SECRET)
    expect(lines(await recordsOf(emulator))).toEqual(lines(records))
    expect(emulator.unanswered).toEqual([])
  })

  test('goes on after every page', { timeout: START_MS }, async ({ emulator }) => {
    await fill(emulator)
    const pages = await collectedPages(emulator, 'entrances', { region })
    expect(pages.at(-1)?.next).toBeNull()
    const all = lines(await recordsOf(emulator))
    for (const [n, { next }] of pages.slice(0, -1).entries()) {
      const before = pages.slice(0, n + 1).flatMap(page => page.records)
      const left = await recordsOf(emulator, { region, from: next })
      expect(lines([...before.map(record => InventoryLine.parse(record)), ...left])).toEqual(all)
    }
  })

  test.for([
    'elasticloadbalancing:DescribeLoadBalancers',
    'elasticloadbalancing:DescribeListeners',
    'appsync:ListApis',
    'cognito-idp:DescribeUserPool',
    'apprunner:DescribeService',
    'amplify:ListApps',
    'ec2:DescribeVerifiedAccessEndpoints',
    'ec2:DescribeManagedPrefixLists',
    'lambda:ListFunctionUrlConfigs',
  ])('without %s reads the other kinds, and is denied', { timeout: START_MS }, async (action, { emulator }) => {
    await fill(emulator)
    const whole = await recordsOf(emulator)
    emulator.deny({ action })
    const { records, failure } = await readUntilFailure(emulator)
    expect(failure).toMatchObject({ state: 'denied', action })
    const kinds = new Set(records.map(({ type }) => type))
    expect(kinds.size).toBeGreaterThanOrEqual(new Set(whole.map(({ type }) => type)).size - 1)
  })

  test('a service that the Region does not offer has no entrances', { timeout: START_MS }, async ({ emulator }) => {
    await fill(emulator)
    const fault = { kind: 'error' as const, code: 'InvalidAction', message: 'The action is not valid.', status: 400 }
    emulator.fault({ service: 'ec2', operation: 'DescribeVerifiedAccessInstances', fault })
    const records = await recordsOf(emulator)
    expect(records.filter(({ type }) => type === 'AWS::EC2::VerifiedAccessInstance')).toEqual([])
    expect(records.filter(({ type }) => type === 'AWS::Lambda::Url')).toHaveLength(1)
  })

  test.for([
    { kind: 'throttle', times: 2 },
    { kind: 'cut', times: 1 },
    { kind: 'empty-page', times: 1 },
  ] as const)('reads the same in spite of %o', { timeout: START_MS }, async ({ kind, times }, { emulator }) => {
    await fill(emulator)
    const undisturbed = lines(await recordsOf(emulator))
    emulator.fault({ fault: { kind }, times })
    expect(lines(await recordsOf(emulator))).toEqual(undisturbed)
  })
})
