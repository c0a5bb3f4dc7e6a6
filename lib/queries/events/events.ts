import 'server-only'
import { type Access, requireAllAccounts } from '../../access/proof'
import type { ConnectionById } from '../../domain/collection/connection'
import type {
  EventFeedView,
  EventKeyView,
  EventRefusalView,
  EventsView,
  QueueView,
} from '../../domain/collection/events/views'
import { Prisma } from '../../generated/prisma/client'
import { read } from '../../sql/read'

const { sql } = Prisma

const MOST_REFUSALS = 20

/**
 * The queues, keys and events of a connection; the newest refusals first. Empty for a connection that does not exist.
 */
export async function getEvents(access: Access<'accounts:manage'>, { id }: ConnectionById): Promise<EventsView> {
  requireAllAccounts(access)
  const [queues, keys, feeds, refusals, waiting] = await Promise.all([
    read<QueueView>(
      sql`SELECT id::text AS id, arn, created_at AS "createdAt", polled_at AS "polledAt", waiting, failed_at AS "failedAt", failure
        FROM event_queue WHERE connection_id = ${id}::uuid ORDER BY arn`,
    ),
    read<EventKeyView>(
      sql`SELECT id::text AS id, prefix, created_at AS "createdAt", last_used_at AS "lastUsedAt"
        FROM event_key WHERE connection_id = ${id}::uuid ORDER BY created_at, id`,
    ),
    read<EventFeedView>(
      sql`SELECT feed, way, heard_at AS "lastEventAt", events::int AS events FROM event_feed WHERE connection_id = ${id}::uuid
        ORDER BY heard_at DESC, feed, way`,
    ),
    read<EventRefusalView>(
      sql`SELECT reason, detail, events::int AS events, last_at AS "lastAt" FROM event_refusal WHERE connection_id = ${id}::uuid
        ORDER BY last_at DESC, reason, detail LIMIT ${MOST_REFUSALS}`,
    ),
    read<{ count: number }>(
      sql`SELECT count(*)::int AS count FROM pushed_event WHERE connection_id = ${id}::uuid AND body IS NOT NULL`,
    ),
  ])
  return { queues, keys, feeds, refusals, waiting: waiting[0]?.count ?? 0 }
}
