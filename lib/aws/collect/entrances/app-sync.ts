import 'server-only'
import type { OutputOf } from '../../operations'
import type { CellCalls } from '../collector'
import { inventoryOf } from '../inventory'
import type { NestedPage } from '../nested'
import { pagesOf } from '../paging'
import { plainObject } from '../plain'

/** The most that AppSync gives at once. */
const PAGE = 25

/** GraphQL APIs with their web ACLs. */
export async function* graphqlApis(calls: CellCalls, from: string | null): AsyncGenerator<NestedPage> {
  const input = { maxResults: PAGE }
  const paging = {
    at: (nextToken: string) => ({ ...input, nextToken }),
    next: ({ nextToken }: OutputOf<'appsync:ListGraphqlApis'>) => nextToken,
  }
  for await (const { answer, next } of pagesOf(calls, 'appsync:ListGraphqlApis', input, paging, from)) {
    const records = (answer.graphqlApis ?? []).map(api => {
      const { apiId, name = '', arn = '', visibility, apiType, authenticationType, wafWebAclArn, uris, tags } = api
      const data = plainObject({ apiId, visibility, apiType, authenticationType, wafWebAclArn, uris, tags: tags ?? {} })
      return inventoryOf(calls, { type: 'AWS::AppSync::GraphQLApi', arn, name, region: calls.region, data })
    })
    yield { records, next }
  }
}

/** Event APIs, which a list of their own has. */
export async function* eventApis(calls: CellCalls, from: string | null): AsyncGenerator<NestedPage> {
  const input = { maxResults: PAGE }
  const paging = {
    at: (nextToken: string) => ({ ...input, nextToken }),
    next: ({ nextToken }: OutputOf<'appsync:ListApis'>) => nextToken,
  }
  for await (const { answer, next } of pagesOf(calls, 'appsync:ListApis', input, paging, from)) {
    const records = (answer.apis ?? []).map(({ apiId, name = '', apiArn: arn = '', wafWebAclArn, dns, tags }) => {
      const data = plainObject({ apiId, wafWebAclArn, dns, tags: tags ?? {} })
      return inventoryOf(calls, { type: 'AWS::AppSync::Api', arn, name, region: calls.region, data })
    })
    yield { records, next }
  }
}
