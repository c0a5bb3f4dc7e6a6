import 'server-only'
import type { PoolClient } from 'pg'
import type { EventActor, EventKind } from '../../domain/findings/event'
import { Prisma } from '../../generated/prisma/client'
import { copyRows } from '../copy'
import { executeIn } from '../transaction'
import { deadlineSql } from './deadline'

type Sql = Prisma.Sql
const { sql } = Prisma

/** Who made the changes that events record, and when. */
export interface EventSource {
  actor: { kind: EventActor; id: string; name: string }
  at: Date
}

/** Events as expressions over the rows that they come from. `before` and `after` are jsonb; omitted columns are null. */
interface EventColumns {
  accountId: Sql
  findingId: Sql
  kind: EventKind | Sql
  before?: Sql
  after?: Sql
  text?: Sql
  /** The change of a person or token that the events belong to, see lib/domain/findings/change-set.ts. */
  changeId?: string
  former?: Sql
}

/** One event as values. */
export interface EventLine {
  accountId: string
  /** With or without hyphens. */
  id: string
  kind: EventKind
  before: string | null
  after: string | { id: string; name: string } | null
  text?: string
}

const columns = 'account_id, finding_id, at, actor_kind, actor_id, actor_name, kind, before, after, text'
const none = sql`NULL`

/** An INSERT of one event for each row of `from` (the text after FROM), to run alone or as part of a statement. */
export function insertEvents({ actor, at }: EventSource, event: EventColumns, from: Sql): Sql {
  const { accountId, findingId, kind, before = none, after = none, text = none, changeId = null, former = none } = event
  return sql`
    INSERT INTO finding_event (${Prisma.raw(columns)}, change_id, former)
    SELECT ${accountId}, ${findingId}, ${at}::timestamptz, ${actor.kind}, ${actor.id}, ${actor.name},
      ${typeof kind === 'string' ? sql`${kind}` : kind}, (${before})::jsonb, (${after})::jsonb, (${text})::text, ${changeId}::uuid, (${former})::jsonb
    FROM ${from}`
}

/** Writes events from memory; there may be many. */
export async function copyEvents(client: PoolClient, by: EventSource, lines: readonly EventLine[]): Promise<void> {
  const { actor, at } = by
  await copyRows(client, `finding_event (${columns})`, lines, line => [
    line.accountId,
    line.id,
    at,
    actor.kind,
    actor.id,
    actor.name,
    line.kind,
    line.before === null ? null : JSON.stringify(line.before),
    line.after === null ? null : JSON.stringify(line.after),
    line.text ?? null,
  ])
}

/** A date as events store it, as jsonb. */
export function dateText(date: Sql): Sql {
  return sql`to_jsonb(to_char(${date} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))`
}

/**
 * An INSERT of an overdue event for those findings of `keys` (a query of account_id and id) that are marked overdue: one for each
 * date that passes (text: respond if it is the one to respond by), whoever marks it. To be run after the statement that sets the marks, in its transaction.
 */
export function insertOverdueEvents(by: EventSource, keys: Sql): Sql {
  const deadline = deadlineSql('f')
  const due = dateText(deadline)
  // OFFSET 0 makes PostgreSQL look up each history by its key: as a join it might read all of them.
  return insertEvents(
    by,
    {
      accountId: sql`f.account_id`,
      findingId: sql`f.id`,
      kind: 'overdue',
      after: due,
      text: sql`CASE WHEN f.responded_at IS NULL AND f.respond_by = ${deadline} THEN 'respond' END`,
    },
    sql`(${keys}) AS k JOIN finding f ON f.account_id = k.account_id AND f.id = k.id
      WHERE f.overdue AND NOT EXISTS (SELECT FROM finding_event e
        WHERE e.account_id = f.account_id AND e.finding_id = f.id AND e.kind = 'overdue' AND e.after = ${due} OFFSET 0)`,
  )
}

/** Runs `insertOverdueEvents` for keys in memory. */
export async function noteOverdue(
  client: PoolClient,
  by: EventSource,
  keys: readonly { accountId: string; id: string }[],
): Promise<void> {
  if (keys.length === 0) return
  const rows = sql`SELECT * FROM unnest(${keys.map(key => key.accountId)}::text[], ${keys.map(key => key.id)}::uuid[]) AS k(account_id, id)`
  await executeIn(client, insertOverdueEvents(by, rows))
}
