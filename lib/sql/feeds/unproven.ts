import 'server-only'
import { Prisma } from '../../generated/prisma/client'

/**
 * SQL: whether a feed is known only from imports of senders without `imports:close`. Their imports never replace the
 * last import of another feed, and their reports are never complete. `feed` is an alias.
 */
export function unprovenFeedSql(feed: string): string {
  return `(${feed}.last_complete_at IS NULL
    AND EXISTS (SELECT FROM import o WHERE o.id = ${feed}.last_import_id AND o.may_close = false))`
}

/** Whether the feed `d` is known from a sender who may close findings. */
export const isProven = Prisma.raw(`NOT ${unprovenFeedSql('d')}`)

/**
 * SQL: the latest time in a column of feeds; those of senders without `imports:close` count only where there are no
 * others.
 */
export function latestOfFeedsSql(feed: string, column: 'last_at' | 'silent_after'): string {
  const latest = `max(${feed}.${column})`
  return `coalesce(${latest} FILTER (WHERE NOT ${unprovenFeedSql(feed)}), ${latest})`
}

/**
 * Whether any source still reports. Reports of senders without `imports:close` count only where there are no others.
 */
export const anyAlive = Prisma.sql`coalesce(bool_or(alive) FILTER (WHERE proven), bool_or(coalesce(alive, TRUE)))`
