import 'server-only'
import type { JobAccess } from '../../access/proof'
import { now } from '../../clock'
import { pool, transaction } from '../../db'
import type { EventRefusal, PushedEvent } from '../../domain/collection/events/event'
import type { EventWay } from '../../domain/collection/events/views'
import { Prisma } from '../../generated/prisma/client'
import { executeIn, runIn, type Tx } from '../../sql/transaction'

const { sql } = Prisma

/** Kinds of events and accounts that are counted by themselves. More are counted as one, so that a sender cannot fill the table. */
const MOST_REFUSALS = 200

export interface ReceivedEvents {
  connectionId: string
  way: EventWay
  events: readonly PushedEvent[]
  refused: readonly EventRefusal[]
}

/** What became of events: stored ones are durable, and those that were known before change nothing. */
export interface EventReceipt {
  stored: number
  known: number
  refused: EventRefusal[]
}

/** Stores events until they are imported. Those of accounts of no connection, or of another one, are refused and counted. */
export async function storeEvents(_job: JobAccess, received: ReceivedEvents): Promise<EventReceipt> {
  const { connectionId, way, events } = received
  return transaction(async tx => {
    const own = await ownAccounts(tx, connectionId, [...new Set(events.map(({ account }) => account))])
    const accepted = events.filter(({ account }) => own.has(account))
    const foreign = events.filter(({ account }) => !own.has(account))
    const refused = [
      ...received.refused,
      ...foreign.map(({ account }): EventRefusal => ({ reason: 'account', detail: account })),
    ]
    const stored = await executeIn(
      tx,
      sql`INSERT INTO pushed_event (connection_id, event_id, account_id, feed, way, happened_at, received_at, body)
        SELECT ${connectionId}::uuid, n.id, n.account, n.feed, ${way}, n.at, ${now()}::timestamptz, n.body
        FROM unnest(${accepted.map(({ id }) => id)}::text[], ${accepted.map(({ account }) => account)}::text[],
          ${accepted.map(({ feed }) => feed)}::text[], ${accepted.map(({ at }) => at)}::timestamptz[],
          ${accepted.map(({ body }) => body)}::text[]) AS n (id, account, feed, at, body)
        ON CONFLICT DO NOTHING`,
      'store-events',
    )
    await countRefusals(tx, connectionId, refused)
    return { stored, known: accepted.length - stored, refused }
  })
}

async function ownAccounts(tx: Tx, connectionId: string, accounts: string[]): Promise<Set<string>> {
  if (accounts.length === 0) return new Set()
  const rows = await runIn<{ id: string }>(
    tx,
    sql`SELECT id FROM account WHERE id = ANY(${accounts}::text[]) AND connection_id = ${connectionId}::uuid
      UNION SELECT account_id FROM connection WHERE id = ${connectionId}::uuid AND account_id = ANY(${accounts}::text[])`,
    'own-accounts',
  )
  return new Set(rows.map(({ id }) => id))
}

async function countRefusals(tx: Tx, connectionId: string, refused: readonly EventRefusal[]): Promise<void> {
  if (refused.length === 0) return
  const at = now()
  await executeIn(
    tx,
    sql`INSERT INTO event_refusal (connection_id, reason, detail, events, first_at, last_at)
      SELECT ${connectionId}::uuid, n.reason, CASE WHEN (SELECT count(*) FROM event_refusal WHERE connection_id = ${connectionId}::uuid)
          < ${MOST_REFUSALS} THEN left(n.detail, 200) ELSE '' END AS detail, count(*), ${at}::timestamptz, ${at}::timestamptz
      FROM unnest(${refused.map(({ reason }) => reason)}::text[], ${refused.map(({ detail }) => detail)}::text[]) AS n (reason, detail)
      GROUP BY 2, 3 ORDER BY 2, 3
      ON CONFLICT (connection_id, reason, detail) DO UPDATE SET events = event_refusal.events + EXCLUDED.events, last_at = EXCLUDED.last_at`,
  )
}

/** The connection that reads an account; null where none does. */
export async function connectionOfAccount(_job: JobAccess, account: string): Promise<string | null> {
  const [found] = await runIn<{ id: string }>(
    pool(),
    sql`SELECT id::text AS id FROM connection WHERE account_id = ${account}
      UNION ALL SELECT connection_id::text FROM account WHERE id = ${account} AND connection_id IS NOT NULL LIMIT 1`,
  )
  return found?.id ?? null
}
