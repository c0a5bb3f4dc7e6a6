import 'server-only'
import type { DistributionSummary, DistributionTenantSummary, Origin } from '@aws-sdk/client-cloudfront'
import type { OutputOf } from '../../operations'
import type { CellCalls, Collector } from '../collector'
import { inventoryOf, orNull } from '../inventory'
import { type NestedPage, type Parts, pagesOfParts } from '../nested'
import { pagesOf } from '../paging'
import { ordered, plainObject, tagsOf } from '../plain'

const PAGE = 100

const parts: Parts = {
  distributions,
  tenants,
}

/** Distributions of CloudFront, and the tenants of those that have many. */
export const cloudfront: Collector = { id: 'cloudfront', collect: (calls, from) => pagesOfParts(calls, from, parts) }

async function* distributions(calls: CellCalls, from: string | null): AsyncGenerator<NestedPage> {
  const input = { MaxItems: PAGE }
  const paging = {
    at: (Marker: string) => ({ ...input, Marker }),
    next: ({ DistributionList: list }: OutputOf<'cloudfront:ListDistributions'>) =>
      list?.IsTruncated ? list.NextMarker : null,
  }
  for await (const { answer, next } of pagesOf(calls, 'cloudfront:ListDistributions', input, paging, from)) {
    const records: object[] = []
    for (const one of answer.DistributionList?.Items ?? []) {
      const record = await distributionOf(calls, one)
      if (record) records.push(record)
    }
    yield { records, next }
  }
}

/** The distribution with its logging, which the list leaves out; null if it was deleted meanwhile. */
async function distributionOf(calls: CellCalls, one: DistributionSummary) {
  const { ARN: arn = '', Id = '', ETag: _, ...rest } = one
  const found = await orNull(calls.call('cloudfront:GetDistributionConfig', { Id }), 'NoSuchDistribution')
  const tags = await orNull(calls.call('cloudfront:ListTagsForResource', { Resource: arn }), 'NoSuchResource')
  if (!found || !tags) return null
  const data = plainObject({
    ...rest,
    Id,
    Aliases: (one.Aliases?.Items ?? []).toSorted(),
    Origins: ordered(one.Origins?.Items, origin => origin.Id ?? '').map(withoutSecrets),
    Logging: found.DistributionConfig?.Logging,
    tags: tagsOf(tags.Tags?.Items),
  })
  return inventoryOf(calls, { type: 'AWS::CloudFront::Distribution', arn, name: Id, data })
}

/** Values of own headers are often secrets that origins check. Their names are kept. */
function withoutSecrets({ CustomHeaders, ...origin }: Origin) {
  const names = (CustomHeaders?.Items ?? []).map(({ HeaderName = '' }) => HeaderName)
  return { ...origin, CustomHeaders: names.sort() }
}

async function* tenants(calls: CellCalls, from: string | null): AsyncGenerator<NestedPage> {
  const input = { MaxItems: PAGE }
  const paging = {
    at: (Marker: string) => ({ ...input, Marker }),
    next: ({ NextMarker }: OutputOf<'cloudfront:ListDistributionTenants'>) => NextMarker,
  }
  for await (const { answer, next } of pagesOf(calls, 'cloudfront:ListDistributionTenants', input, paging, from)) {
    yield { records: (answer.DistributionTenantList ?? []).map(one => tenantOf(calls, one)), next }
  }
}

function tenantOf(calls: CellCalls, { Arn = '', ETag: _, ...one }: DistributionTenantSummary) {
  const type = 'AWS::CloudFront::DistributionTenant'
  return inventoryOf(calls, { type, arn: Arn, name: one.Name ?? '', data: plainObject(one) })
}
