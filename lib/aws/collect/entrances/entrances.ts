import 'server-only'
import { z } from 'zod'
import { AwsFailure } from '../../failure'
import type { CellCalls, Collector, Cursor, Page } from '../collector'
import type { NestedPage } from '../nested'
import { eventApis, graphqlApis } from './app-sync'
import { amplifyApps, appRunnerServices, userPools } from './apps'
import { functionUrls } from './function-urls'
import { httpStages, restStages } from './gateways'
import { loadBalancers } from './load-balancers'
import { prefixLists, verifiedAccess } from './network'

type Pages = (calls: CellCalls, from: string | null) => AsyncIterable<NestedPage>

/** Kinds of entrances, in the order in which they are read. */
const kinds: ReadonlyMap<string, Pages> = new Map([
  ['load-balancers', loadBalancers],
  ['rest-apis', restStages],
  ['http-apis', httpStages],
  ['graphql-apis', graphqlApis],
  ['event-apis', eventApis],
  ['user-pools', userPools],
  ['app-runner', appRunnerServices],
  ['amplify', amplifyApps],
  ['verified-access', verifiedAccess],
  ['function-urls', functionUrls],
  ['prefix-lists', prefixLists],
])

/** Entrances from the internet that belong to a Region. CloudFront has a collector of its own. */
export const entrances: Collector = { id: 'entrances', collect }

/** The kinds that are still to be read, and those that were denied so far. */
const Place = z.object({ kind: z.string(), token: z.string().nullable(), denied: z.array(z.string()) })
/** Stands for the kinds that were denied, after all others. */
const DENIED = 'denied'

async function* collect(calls: CellCalls, from: Cursor | null): AsyncGenerator<Page> {
  const place = from === null ? null : Place.parse(from)
  const denied = new Set(place?.denied)
  const names = [...kinds.keys()].slice(place ? startOf(place.kind) : 0)
  for (const [at, kind] of names.entries()) {
    try {
      for await (const { records, next: token } of pagesOfKind(calls, kind, at === 0 ? (place?.token ?? null) : null)) {
        const following = token === null ? (names[at + 1] ?? (denied.size > 0 ? DENIED : null)) : kind
        yield { records, next: following && { kind: following, token, denied: [...denied] } }
      }
    } catch (error) {
      if (!(error instanceof AwsFailure) || error.state !== 'denied') throw error
      denied.add(kind)
    }
  }
  // Only now, so that a missing permission does not hide the other kinds. As a rule the call fails again, with its
  // reason.
  for (const kind of [...denied]) {
    for await (const { records, next: token } of pagesOfKind(calls, kind, null)) {
      if (token === null) denied.delete(kind)
      yield { records, next: denied.size > 0 ? { kind: DENIED, token: null, denied: [...denied] } : null }
    }
  }
}

function startOf(kind: string): number {
  return kind === DENIED ? kinds.size : [...kinds.keys()].indexOf(kind)
}

/** Codes of EC2 and API Gateway where a Region does not have a feature. */
const NOT_THERE: ReadonlySet<string> = new Set(['InvalidAction', 'UnsupportedOperation', 'UnknownOperationException'])

async function* pagesOfKind(calls: CellCalls, kind: string, from: string | null): AsyncGenerator<NestedPage> {
  try {
    yield* kinds.get(kind)?.(calls, from) ?? []
  } catch (error) {
    if (!(error instanceof AwsFailure)) throw error
    // Where a Region does not have the service, there are no entrances of this kind.
    if (error.reason !== 'service_not_offered' && !NOT_THERE.has(error.code)) throw error
    yield { records: [], next: null }
  }
}
