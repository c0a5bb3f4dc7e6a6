import 'server-only'
import type { RestApi, Stage } from '@aws-sdk/client-api-gateway'
import type { Api, Stage as HttpStage } from '@aws-sdk/client-apigatewayv2'
import type { InventoryLine } from '../../../domain/collection/lines'
import { partitionOf } from '../../../domain/commands/command-values'
import type { OutputOf } from '../../operations'
import type { CellCalls } from '../collector'
import { inventoryOf, orNull } from '../inventory'
import type { NestedPage } from '../nested'
import { itemsOf, pagesOf } from '../paging'
import { plainObject } from '../plain'

const PAGE = 100
const GONE = 'NotFoundException'

/** Stages of REST APIs. Their variables are left out: they often are secrets. */
export async function* restStages(calls: CellCalls, from: string | null): AsyncGenerator<NestedPage> {
  const input = { limit: PAGE }
  const paging = {
    at: (position: string) => ({ ...input, position }),
    next: ({ position }: OutputOf<'api-gateway:GetRestApis'>) => position,
  }
  for await (const { answer, next } of pagesOf(calls, 'api-gateway:GetRestApis', input, paging, from)) {
    const records: InventoryLine[] = []
    for (const api of answer.items ?? []) {
      const stages = await orNull(calls.call('api-gateway:GetStages', { restApiId: api.id }), GONE)
      records.push(...(stages?.item ?? []).map(stage => restStageOf(calls, api, stage)))
    }
    yield { records, next }
  }
}

function restStageOf(calls: CellCalls, api: RestApi, stage: Stage): InventoryLine {
  const { stageName = '', webAclArn, accessLogSettings, tags = {} } = stage
  const data = plainObject({
    restApiId: api.id,
    apiName: api.name,
    stageName,
    endpointTypes: api.endpointConfiguration?.types,
    disableExecuteApiEndpoint: api.disableExecuteApiEndpoint,
    webAclArn,
    accessLogDestination: accessLogSettings?.destinationArn,
    tags: plainObject(tags),
  })
  const arn = stageArn(calls, 'restapis', api.id ?? '', stageName)
  return inventoryOf(calls, {
    type: 'AWS::ApiGateway::Stage',
    arn,
    name: nameOf(api.name, stageName),
    ...at(calls),
    data,
  })
}

/** Stages of HTTP and WebSocket APIs. */
export async function* httpStages(calls: CellCalls, from: string | null): AsyncGenerator<NestedPage> {
  const input = { MaxResults: String(PAGE) }
  const paging = {
    at: (NextToken: string) => ({ ...input, NextToken }),
    next: ({ NextToken }: OutputOf<'apigatewayv2:GetApis'>) => NextToken,
  }
  for await (const { answer, next } of pagesOf(calls, 'apigatewayv2:GetApis', input, paging, from)) {
    const records: InventoryLine[] = []
    for (const api of answer.Items ?? []) {
      const stages = await orNull(stagesOf(calls, api.ApiId), GONE)
      records.push(...(stages ?? []).map(stage => httpStageOf(calls, api, stage)))
    }
    yield { records, next }
  }
}

function stagesOf(calls: CellCalls, ApiId: string | undefined): Promise<HttpStage[]> {
  return itemsOf(
    calls,
    'apigatewayv2:GetStages',
    { ApiId },
    { at: NextToken => ({ ApiId, NextToken }), next: ({ NextToken }) => NextToken },
    ({ Items }) => Items,
  )
}

function httpStageOf(calls: CellCalls, api: Api, stage: HttpStage): InventoryLine {
  const stageName = stage.StageName ?? ''
  const data = plainObject({
    apiId: api.ApiId,
    apiName: api.Name,
    protocol: api.ProtocolType,
    endpoint: api.ApiEndpoint,
    stageName,
    disableExecuteApiEndpoint: api.DisableExecuteApiEndpoint,
    accessLogDestination: stage.AccessLogSettings?.DestinationArn,
    tags: plainObject(stage.Tags ?? {}),
  })
  const arn = stageArn(calls, 'apis', api.ApiId ?? '', stageName)
  return inventoryOf(calls, {
    type: 'AWS::ApiGatewayV2::Stage',
    arn,
    name: nameOf(api.Name, stageName),
    ...at(calls),
    data,
  })
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/arn-format-reference.html */
function stageArn({ region }: CellCalls, path: string, api: string, stage: string): string {
  return `arn:${partitionOf(region).partition}:apigateway:${region}::/${path}/${api}/stages/${stage}`
}

function nameOf(api: string | undefined, stage: string): string {
  return `${api ?? ''}/${stage}`
}

function at({ region }: CellCalls): { region: string } {
  return { region }
}
