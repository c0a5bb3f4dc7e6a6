import 'server-only'
import { type Access, accountFilter } from '../../access/proof'
import { now } from '../../clock'
import {
  deliveriesOf,
  type EventDelivery,
  type EventFeedView,
  type EventKeyView,
  type QueueView,
} from '../../domain/collection/events/views'
import { Prisma } from '../../generated/prisma/client'
import { read } from '../../sql/read'

const { sql } = Prisma

export interface ConnectionDelivery extends EventDelivery {
  connection: string
  name: string
}

interface Row {
  connection: string
  name: string
  queues: string[]
  keys: string[]
  feeds: { way: EventFeedView['way']; lastEventAt: string }[]
}

/** How the events of each connection arrive, which concerns all accounts: empty for readers of some. */
export async function listDeliveries(access: Access<'findings:read'>): Promise<ConnectionDelivery[]> {
  if (accountFilter(access) !== null) return []
  const rows = await read<Row>(
    sql`SELECT c.id::text AS connection, c.name,
        coalesce((SELECT jsonb_agg(created_at) FROM event_queue q WHERE q.connection_id = c.id), '[]') AS queues,
        coalesce((SELECT jsonb_agg(created_at) FROM event_key k WHERE k.connection_id = c.id), '[]') AS keys,
        coalesce((SELECT jsonb_agg(jsonb_build_object('way', way, 'lastEventAt', heard_at)) FROM event_feed f
          WHERE f.connection_id = c.id), '[]') AS feeds
      FROM connection c WHERE c.paused_at IS NULL ORDER BY c.created_at, c.id`,
  )
  const dated = (times: readonly string[]): Pick<QueueView & EventKeyView, 'createdAt'>[] =>
    times.map(time => ({ createdAt: new Date(time) }))
  return rows.flatMap(({ connection, name, queues, keys, feeds }) => {
    const last = feeds.map(({ way, lastEventAt }) => ({ way, lastEventAt: new Date(lastEventAt) }))
    const deliveries = deliveriesOf({ queues: dated(queues), keys: dated(keys), feeds: last }, now())
    return deliveries.map(delivery => ({ connection, name, ...delivery }))
  })
}
