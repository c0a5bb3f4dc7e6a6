import 'server-only'
import type { ResourceType, Scope, WebACL } from '@aws-sdk/client-wafv2'
import type { InventoryLine } from '../../../domain/collection/lines'
import type { CellCalls } from '../collector'
import { inventoryOf, orNull } from '../inventory'
import type { NestedPage } from '../nested'
import { itemsOf, pagesOf } from '../paging'
import { ordered, plainObject, tagsOf } from '../plain'
import { groupsIn, type ManagedGroup } from './managed-groups'

const PAGE = 100
/** The code for something that was deleted between a list and the call for one of its items. */
export const GONE = 'WAFNonexistentItemException'

/** https://docs.aws.amazon.com/waf/latest/APIReference/API_ListResourcesForWebACL.html */
const RESOURCE_TYPES: Readonly<Record<Scope, readonly ResourceType[]>> = {
  REGIONAL: [
    'AGENTCORE_GATEWAY',
    'AMPLIFY',
    'API_GATEWAY',
    'APPLICATION_LOAD_BALANCER',
    'APPSYNC',
    'APP_RUNNER_SERVICE',
    'COGNITO_USER_POOL',
    'VERIFIED_ACCESS_INSTANCE',
  ],
  // Distributions have a list of their own in CloudFront. Apps of Amplify use ACLs of this scope.
  CLOUDFRONT: ['AMPLIFY'],
}

/** Resources of the scope CLOUDFRONT belong to no Region. */
export function placeOf(calls: CellCalls, scope: Scope): { region?: string } {
  return scope === 'CLOUDFRONT' ? {} : { region: calls.region }
}

/**
 * Web ACLs with all rules, their tags and the resources that they protect. Managed rule groups that they use are added
 * to `used`.
 */
export async function* webAcls(
  calls: CellCalls,
  scope: Scope,
  from: string | null,
  used: Set<ManagedGroup>,
): AsyncGenerator<NestedPage> {
  const input = { Scope: scope, Limit: PAGE }
  const paging = { at: (NextMarker: string) => ({ ...input, NextMarker }), next: markerOf }
  for await (const { answer, next } of pagesOf(calls, 'wafv2:ListWebACLs', input, paging, from)) {
    const records: InventoryLine[] = []
    for (const { Name, Id } of answer.WebACLs ?? []) {
      const found = await orNull(calls.call('wafv2:GetWebACL', { Name, Id, Scope: scope }), GONE)
      if (!found?.WebACL) continue
      for (const group of groupsIn(found.WebACL)) used.add(group)
      const record = await recordOf(calls, scope, found.WebACL)
      if (record) records.push(record)
    }
    yield { records, next }
  }
}

async function recordOf(calls: CellCalls, scope: Scope, acl: WebACL): Promise<InventoryLine | null> {
  const arn = acl.ARN ?? ''
  const tags = await tagsOfWaf(calls, arn)
  const resources = await orNull(resourcesOf(calls, scope, arn), GONE)
  if (!tags || !resources) return null
  const rules = ordered(acl.Rules, ({ Priority = 0 }) => Priority)
  const data = plainObject({ ...acl, Rules: rules, scope, resources, tags })
  return inventoryOf(calls, { type: 'AWS::WAFv2::WebACL', arn, name: acl.Name ?? '', ...placeOf(calls, scope), data })
}

async function resourcesOf(calls: CellCalls, scope: Scope, arn: string): Promise<string[]> {
  const found: string[] = []
  for (const ResourceType of RESOURCE_TYPES[scope]) {
    // Where a Region does not have a service yet, AWS WAF does not know its type, and nothing of it can be protected.
    const code = 'WAFInvalidParameterException'
    const answer = await orNull(calls.call('wafv2:ListResourcesForWebACL', { WebACLArn: arn, ResourceType }), code)
    found.push(...(answer?.ResourceArns ?? []))
  }
  if (scope === 'CLOUDFRONT') found.push(...(await distributionsOf(calls, arn)))
  return found.sort()
}

async function distributionsOf(calls: CellCalls, WebACLId: string): Promise<string[]> {
  const distributions = await itemsOf(
    calls,
    'cloudfront:ListDistributionsByWebACLId',
    { WebACLId },
    {
      at: Marker => ({ WebACLId, Marker }),
      next: ({ DistributionList: list }) => (list?.IsTruncated ? list.NextMarker : null),
    },
    answer => answer.DistributionList?.Items,
  )
  return distributions.map(({ ARN = '' }) => ARN)
}

/** Tags of a resource of AWS WAF; null if it was deleted meanwhile. */
export async function tagsOfWaf(calls: CellCalls, arn: string): Promise<Record<string, string> | null> {
  const tags = itemsOf(
    calls,
    'wafv2:ListTagsForResource',
    { ResourceARN: arn },
    { at: NextMarker => ({ ResourceARN: arn, NextMarker }), next: markerOf },
    answer => answer.TagInfoForResource?.TagList,
  )
  const found = await orNull(tags, GONE)
  return found && tagsOf(found)
}

/** The marker of the next page; undefined on the last one. */
export function markerOf({ NextMarker }: { NextMarker?: string | undefined }): string | undefined {
  return NextMarker
}
