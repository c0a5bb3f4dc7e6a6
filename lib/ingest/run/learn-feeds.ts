import type { PoolClient } from 'pg'
import { type FeedScope, feedKey, feedPartKey } from '../../domain/identity/keys'
import { knownControls, knownFeeds } from '../../store/feeds/feeds'
import { type RunContext, unknownFeed } from './context'

/** Reads the stored state of feeds that are new to a run. */
export async function learnFeeds(run: RunContext, client: PoolClient, scopes: readonly FeedScope[]): Promise<void> {
  const { access, feeds, controls, observedAt } = run
  for (const scope of scopes) feeds.set(feedKey(scope), unknownFeed(scope))
  for (const feed of await knownFeeds(access, client, observedAt, scopes)) feeds.set(feedKey(feed), feed)
  for (const each of await knownControls(access, client, observedAt, scopes))
    controls.set(feedPartKey(each, each.control), each)
}
