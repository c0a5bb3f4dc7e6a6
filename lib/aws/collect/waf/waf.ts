import 'server-only'
import type { Scope } from '@aws-sdk/client-wafv2'
import { z } from 'zod'
import type { CellCalls, Collector, Cursor, Page } from '../collector'
import type { NestedPage } from '../nested'
import { classicAcls } from './classic'
import { type ManagedGroup, managedGroups } from './managed-groups'
import { ipSets, logging, ruleGroups } from './parts'
import { webAcls } from './web-acls'

type Pages = (calls: CellCalls, scope: Scope, from: string | null, used: Set<ManagedGroup>) => AsyncIterable<NestedPage>

/** In this order: web ACLs say which managed rule groups are used. */
const parts: readonly (readonly [string, Pages])[] = [
  ['web-acls', webAcls],
  ['managed-groups', managedGroups],
  ['rule-groups', ruleGroups],
  ['ip-sets', ipSets],
  ['logging', logging],
]

/** Web ACLs of a Region and what belongs to them. */
export const waf: Collector = {
  id: 'waf',
  collect: (calls, from) => partsOf(calls, 'REGIONAL', parts, from),
}

/** Web ACLs for CloudFront and what belongs to them, and those that are left of AWS WAF Classic. */
export const wafGlobal: Collector = {
  id: 'waf-global',
  collect: (calls, from) => partsOf(calls, 'CLOUDFRONT', [...parts, ['classic', classicAcls]], from),
}

const Group = z.templateLiteral([z.string(), '/', z.string(), '/', z.string()])
/** The groups go with the position, so that another process knows them that goes on after it. */
const Place = z.object({ part: z.string(), token: z.string().nullable(), used: z.array(Group) })

async function* partsOf(
  calls: CellCalls,
  scope: Scope,
  all: readonly (readonly [string, Pages])[],
  from: Cursor | null,
): AsyncGenerator<Page> {
  const place = from === null ? null : Place.parse(from)
  const used = new Set<ManagedGroup>(place?.used)
  const first = place ? all.findIndex(([part]) => part === place.part) : 0
  for (const [at, [part, pages]] of all.entries()) {
    if (at < first) continue
    const following = all[at + 1]?.[0]
    for await (const { records, next } of pages(calls, scope, at === first ? (place?.token ?? null) : null, used)) {
      const goesOn = next === null ? following : part
      yield { records, next: goesOn === undefined ? null : { part: goesOn, token: next, used: [...used].sort() } }
    }
  }
}
