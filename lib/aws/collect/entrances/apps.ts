import 'server-only'
import type { InventoryLine } from '../../../domain/collection/lines'
import { partitionOf } from '../../../domain/commands/command-values'
import type { OutputOf } from '../../operations'
import type { CellCalls } from '../collector'
import { inventoryOf, orNull } from '../inventory'
import type { NestedPage } from '../nested'
import { pagesOf } from '../paging'
import { plainObject } from '../plain'

/** Cognito's most. */
const POOLS = 60
const PAGE = 20
const APPS = 100

/** User pools with a domain: those without have no sign-in pages. */
export async function* userPools(calls: CellCalls, from: string | null): AsyncGenerator<NestedPage> {
  const input = { MaxResults: POOLS }
  const paging = {
    at: (NextToken: string) => ({ ...input, NextToken }),
    next: ({ NextToken }: OutputOf<'cognito-identity-provider:ListUserPools'>) => NextToken,
  }
  const list = pagesOf(calls, 'cognito-identity-provider:ListUserPools', input, paging, from)
  for await (const { answer, next } of list) {
    const records: InventoryLine[] = []
    for (const { Id } of answer.UserPools ?? []) {
      const found = await orNull(
        calls.call('cognito-identity-provider:DescribeUserPool', { UserPoolId: Id }),
        'ResourceNotFoundException',
      )
      const record = found && poolOf(calls, found)
      if (record) records.push(record)
    }
    yield { records, next }
  }
}

function poolOf(calls: CellCalls, { UserPool }: OutputOf<'cognito-identity-provider:DescribeUserPool'>) {
  const { Id = '', Name = '', Domain, CustomDomain, MfaConfiguration, UserPoolTags = {} } = UserPool ?? {}
  if (!Domain && !CustomDomain) return null
  const { partition } = partitionOf(calls.region)
  const arn = UserPool?.Arn ?? `arn:${partition}:cognito-idp:${calls.region}:${calls.account}:userpool/${Id}`
  const data = plainObject({ Id, Domain, CustomDomain, MfaConfiguration, tags: plainObject(UserPoolTags) })
  return inventoryOf(calls, { type: 'AWS::Cognito::UserPool', arn, name: Name, region: calls.region, data })
}

/** Services of App Runner without their source: it contains environment variables. */
export async function* appRunnerServices(calls: CellCalls, from: string | null): AsyncGenerator<NestedPage> {
  const input = { MaxResults: PAGE }
  const paging = {
    at: (NextToken: string) => ({ ...input, NextToken }),
    next: ({ NextToken }: OutputOf<'apprunner:ListServices'>) => NextToken,
  }
  for await (const { answer, next } of pagesOf(calls, 'apprunner:ListServices', input, paging, from)) {
    const records: InventoryLine[] = []
    for (const { ServiceArn = '' } of answer.ServiceSummaryList ?? []) {
      const found = await orNull(calls.call('apprunner:DescribeService', { ServiceArn }), 'ResourceNotFoundException')
      if (found?.Service) records.push(serviceOf(calls, found.Service))
    }
    yield { records, next }
  }
}

type AppRunnerService = NonNullable<OutputOf<'apprunner:DescribeService'>['Service']>

function serviceOf(calls: CellCalls, service: AppRunnerService): InventoryLine {
  const { ServiceArn: arn = '', ServiceName: name = '', ServiceId, ServiceUrl, Status, NetworkConfiguration } = service
  const isPublic = NetworkConfiguration?.IngressConfiguration?.IsPubliclyAccessible
  const data = plainObject({ ServiceId, ServiceUrl, Status, IsPubliclyAccessible: isPublic })
  return inventoryOf(calls, { type: 'AWS::AppRunner::Service', arn, name, region: calls.region, data })
}

/** Apps of Amplify Hosting without their environment variables, passwords and build steps. */
export async function* amplifyApps(calls: CellCalls, from: string | null): AsyncGenerator<NestedPage> {
  const input = { maxResults: APPS }
  const paging = {
    at: (nextToken: string) => ({ ...input, nextToken }),
    next: ({ nextToken }: OutputOf<'amplify:ListApps'>) => nextToken,
  }
  for await (const { answer, next } of pagesOf(calls, 'amplify:ListApps', input, paging, from)) {
    const records = (answer.apps ?? []).map(app => {
      const { appId, appArn: arn = '', name = '', platform, defaultDomain, enableBasicAuth, wafConfiguration } = app
      const waf = wafConfiguration && plainObject(wafConfiguration)
      const tags = plainObject(app.tags ?? {})
      const data = plainObject({ appId, platform, defaultDomain, enableBasicAuth, wafConfiguration: waf, tags })
      return inventoryOf(calls, { type: 'AWS::Amplify::App', arn, name, region: calls.region, data })
    })
    yield { records, next }
  }
}
