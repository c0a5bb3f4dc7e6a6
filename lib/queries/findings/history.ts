import 'server-only'
import type { Access } from '../../access/proof'
import type { AccountId } from '../../domain/accounts/account-id'
import type { EventActor, EventKind } from '../../domain/findings/event'
import type { FindingEventView } from '../../domain/views'
import { Prisma } from '../../generated/prisma/client'
import { read } from '../../sql/read'

const { sql } = Prisma

interface FirstReport {
  accountId: AccountId
  uuid: string
  importId: number
  firstSeenAt: Date
}

/**
 * The events of a finding that the caller has found in scope, and of those that were merged into it, oldest first, at most the newest
 * 1,000. The first report comes first. It has no event where the finding was split from another one; it is then derived from the import
 * that first reported it.
 */
export async function historyOf(_access: Access<'findings:read'>, finding: FirstReport): Promise<FindingEventView[]> {
  const [events, origin] = await Promise.all([
    // An owner is stored as a name with an id, or as an id alone, for which the member's current name is shown.
    read<{
      id: string
      at: Date
      actor_kind: EventActor
      actor_name: string
      actor_email: string | null
      kind: EventKind
      before: string | null
      after: string | null
      text: string | null
      changeset: string | null
      undo: boolean
    }>(sql`
      SELECT e.id::text, e.at, e.actor_kind, e.actor_name, m.email AS actor_email, e.kind, e.text, e.change_id::text AS changeset,
        coalesce(e.former ? 'undoes', FALSE) AS undo,
        coalesce(b.name, e.before ->> 'name', e.before #>> '{}') AS before,
        coalesce(n.name, e.after ->> 'name', e.after #>> '{}') AS after
      FROM (
        SELECT * FROM finding_event WHERE account_id = ${finding.accountId} AND finding_id IN (
          WITH RECURSIVE parts(id) AS (
            SELECT ${finding.uuid}::uuid
            UNION
            SELECT m.id FROM parts p JOIN finding_merge m ON m.account_id = ${finding.accountId} AND m.into_id = p.id
            WHERE m.undone_at IS NULL
          ) SELECT id FROM parts)
        ORDER BY id DESC LIMIT 1000
      ) AS e
      LEFT JOIN member m ON e.actor_kind = 'member' AND m.id::text = e.actor_id
      LEFT JOIN member b ON e.kind = 'owner' AND jsonb_typeof(e.before) = 'string' AND b.id::text = e.before #>> '{}'
      LEFT JOIN member n ON e.kind = 'owner' AND jsonb_typeof(e.after) = 'string' AND n.id::text = e.after #>> '{}'
      ORDER BY e.id`),
    read<{ label: string }>(
      sql`SELECT array_to_string(sources, ', ') AS label FROM import WHERE id = ${finding.importId}`,
    ),
  ])
  const created: FindingEventView = {
    id: '0',
    at: finding.firstSeenAt,
    actorKind: 'import',
    actorName: origin[0]?.label ?? '',
    actorEmail: null,
    kind: 'created',
    before: null,
    after: null,
    text: null,
    changeset: null,
    undo: false,
  }
  const lines = events.map(
    (event): FindingEventView => ({
      id: event.id,
      at: event.at,
      actorKind: event.actor_kind,
      actorName: event.actor_name,
      actorEmail: event.actor_email,
      kind: event.kind,
      before: event.before,
      after: event.after,
      text: event.text,
      changeset: event.changeset,
      undo: event.undo,
    }),
  )
  const first = lines.find(line => line.kind === 'created')
  return [first ?? created, ...lines.filter(line => line.kind !== 'created')]
}
