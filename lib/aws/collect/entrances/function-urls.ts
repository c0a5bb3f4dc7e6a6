import 'server-only'
import type { FunctionUrlConfig } from '@aws-sdk/client-lambda'
import type { InventoryLine } from '../../../domain/collection/lines'
import type { OutputOf } from '../../operations'
import type { CellCalls } from '../collector'
import { inventoryOf, orNull } from '../inventory'
import type { NestedPage } from '../nested'
import { itemsOf, pagesOf } from '../paging'
import { plainObject } from '../plain'

/** The most that Lambda gives at once. */
const PAGE = 50

/** URLs of Lambda functions. Each function has to be asked; nothing else of it is kept. */
export async function* functionUrls(calls: CellCalls, from: string | null): AsyncGenerator<NestedPage> {
  const input = { MaxItems: PAGE }
  const paging = {
    at: (Marker: string) => ({ ...input, Marker }),
    next: ({ NextMarker }: OutputOf<'lambda:ListFunctions'>) => NextMarker,
  }
  for await (const { answer, next } of pagesOf(calls, 'lambda:ListFunctions', input, paging, from)) {
    const records: InventoryLine[] = []
    for (const { FunctionName = '' } of answer.Functions ?? []) {
      const urls = await orNull(urlsOf(calls, FunctionName), 'ResourceNotFoundException')
      records.push(...(urls ?? []).map(url => recordOf(calls, FunctionName, url)))
    }
    yield { records, next }
  }
}

function urlsOf(calls: CellCalls, FunctionName: string): Promise<FunctionUrlConfig[]> {
  return itemsOf(
    calls,
    'lambda:ListFunctionUrlConfigs',
    { FunctionName },
    { at: Marker => ({ FunctionName, Marker }), next: ({ NextMarker }) => NextMarker },
    answer => answer.FunctionUrlConfigs,
  )
}

function recordOf(calls: CellCalls, name: string, url: FunctionUrlConfig): InventoryLine {
  const { FunctionArn: arn = '', FunctionUrl, AuthType } = url
  const data = plainObject({ FunctionName: name, FunctionUrl, AuthType })
  return inventoryOf(calls, { type: 'AWS::Lambda::Url', arn, name, region: calls.region, data })
}
