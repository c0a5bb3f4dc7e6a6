import 'server-only'
import type { VerifiedAccessEndpoint } from '@aws-sdk/client-ec2'
import { partitionOf } from '../../../domain/commands/command-values'
import type { OutputOf } from '../../operations'
import type { CellCalls } from '../collector'
import { inventoryOf } from '../inventory'
import type { NestedPage } from '../nested'
import { itemsOf, pagesOf } from '../paging'
import { ordered, plainObject, tagsOf } from '../plain'

const PAGE = 100

/** Instances of Verified Access with the names of their endpoints. */
export async function* verifiedAccess(calls: CellCalls, from: string | null): AsyncGenerator<NestedPage> {
  const input = { MaxResults: PAGE }
  const paging = {
    at: (NextToken: string) => ({ ...input, NextToken }),
    next: ({ NextToken }: OutputOf<'ec2:DescribeVerifiedAccessInstances'>) => NextToken,
  }
  const { partition } = partitionOf(calls.region)
  for await (const { answer, next } of pagesOf(calls, 'ec2:DescribeVerifiedAccessInstances', input, paging, from)) {
    const instances = answer.VerifiedAccessInstances ?? []
    const endpoints = instances.length > 0 ? await endpointsOf(calls) : []
    const records = instances.map(({ VerifiedAccessInstanceId: id = '', Description = '', Tags }) => {
      const own = endpoints.filter(one => one.VerifiedAccessInstanceId === id)
      const names = own.map(({ ApplicationDomain, EndpointDomain, Status }) => {
        return { ApplicationDomain, EndpointDomain, Status: Status?.Code }
      })
      const data = plainObject({
        Description,
        Endpoints: ordered(names, one => one.EndpointDomain ?? ''),
        tags: tagsOf(Tags),
      })
      const arn = `arn:${partition}:ec2:${calls.region}:${calls.account}:verified-access-instance/${id}`
      return inventoryOf(calls, { type: 'AWS::EC2::VerifiedAccessInstance', arn, name: id, region: calls.region, data })
    })
    yield { records, next }
  }
}

function endpointsOf(calls: CellCalls): Promise<VerifiedAccessEndpoint[]> {
  const input = { MaxResults: PAGE }
  return itemsOf(
    calls,
    'ec2:DescribeVerifiedAccessEndpoints',
    input,
    { at: NextToken => ({ ...input, NextToken }), next: ({ NextToken }) => NextToken },
    answer => answer.VerifiedAccessEndpoints,
  )
}

/** Names of prefix lists: security groups name them by their ids, which differ between Regions. */
export async function* prefixLists(calls: CellCalls, from: string | null): AsyncGenerator<NestedPage> {
  const input = { MaxResults: PAGE }
  const paging = {
    at: (NextToken: string) => ({ ...input, NextToken }),
    next: ({ NextToken }: OutputOf<'ec2:DescribeManagedPrefixLists'>) => NextToken,
  }
  for await (const { answer, next } of pagesOf(calls, 'ec2:DescribeManagedPrefixLists', input, paging, from)) {
    const records = (answer.PrefixLists ?? []).map(list => {
      const { PrefixListArn: arn = '', PrefixListName: name = '', PrefixListId, OwnerId } = list
      const data = plainObject({ PrefixListId, OwnerId })
      return inventoryOf(calls, { type: 'AWS::EC2::PrefixList', arn, name, region: calls.region, data })
    })
    yield { records, next }
  }
}
