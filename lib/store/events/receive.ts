import 'server-only'
import type { JobAccess } from '../../access/proof'
import { now } from '../../clock'
import { transaction } from '../../db'
import type { EventRefusal, PushedEvent } from '../../domain/collection/events/event'
import type { EventWay } from '../../domain/collection/events/views'
import { NotFoundError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { accountsOfConnection } from '../../sql/connected-accounts'
import { executeIn, runIn, type Tx } from '../../sql/transaction'

const { sql } = Prisma

/**
 * Kinds of events and accounts that are counted by themselves. More are counted as one, so that a sender cannot fill
 * the table.
 */
const MOST_REFUSALS = 200

export interface ReceivedEvents {
  connectionId: string
  way: EventWay
  events: readonly PushedEvent[]
  refused: readonly EventRefusal[]
}

/** The numbers of events of a request: stored ones are durable, and those that were known before change nothing. */
export interface EventReceipt {
  stored: number
  known: number
  refused: EventRefusal[]
}

/**
 * Stores events until they are imported. Those of accounts of no connection, or of another one, are refused and
 * counted. Throws NotFoundError where somebody removed the connection.
 */
export async function storeEvents(_job: JobAccess, received: ReceivedEvents): Promise<EventReceipt> {
  const { connectionId, way, events } = received
  return transaction(async tx => {
    const connection = await runIn(tx, sql`SELECT 1 FROM connection WHERE id = ${connectionId}::uuid FOR KEY SHARE`)
    if (connection.length === 0) throw new NotFoundError()
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
    sql`SELECT c.id FROM (${accountsOfConnection(connectionId)}) AS c WHERE c.id = ANY(${accounts}::text[])`,
    'own-accounts',
  )
  return new Set(rows.map(({ id }) => id))
}

async function countRefusals(tx: Tx, connectionId: string, refused: readonly EventRefusal[]): Promise<void> {
  if (refused.length === 0) return
  const at = now()
  await executeIn(
    tx,
    sql`WITH own AS (SELECT reason, detail FROM event_refusal WHERE connection_id = ${connectionId}::uuid), named AS (
        SELECT n.reason, left(n.detail, 200) AS detail, count(*) AS events
        FROM unnest(${refused.map(({ reason }) => reason)}::text[], ${refused.map(({ detail }) => detail)}::text[]) AS n (reason, detail)
        GROUP BY 1, 2
      ), placed AS (
        SELECT n.*, o.reason IS NOT NULL AS known, (SELECT count(*) FROM own)
          + row_number() OVER (PARTITION BY o.reason IS NOT NULL ORDER BY n.reason, n.detail) AS place
        FROM named n LEFT JOIN own o ON o.reason = n.reason AND o.detail = n.detail
      )
      INSERT INTO event_refusal (connection_id, reason, detail, events, first_at, last_at)
      SELECT ${connectionId}::uuid, p.reason, CASE WHEN p.known OR p.place <= ${MOST_REFUSALS} THEN p.detail ELSE '' END AS detail,
        sum(p.events), ${at}::timestamptz, ${at}::timestamptz
      FROM placed p GROUP BY 2, 3 ORDER BY 2, 3
      ON CONFLICT (connection_id, reason, detail) DO UPDATE SET events = event_refusal.events + EXCLUDED.events, last_at = EXCLUDED.last_at`,
  )
}
