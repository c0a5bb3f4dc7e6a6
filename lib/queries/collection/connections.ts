import 'server-only'
import { type Access, requireAllAccounts } from '../../access/proof'
import type { ConnectionById } from '../../domain/collection/connection'
import type { ConnectionView, RoundView } from '../../domain/collection/views'
import { NotFoundError } from '../../errors'
import { Prisma } from '../../generated/prisma/client'
import { hasRound } from '../../sql/connected-accounts'
import { read } from '../../sql/read'

const { sql } = Prisma

const ROUNDS = 10

const roundsSql = sql`
  SELECT r.id, r.kind, r.state, r.actor_kind AS "actorKind", r.actor_name AS "actorName", r.created_at AS "createdAt", r.finished_at AS "finishedAt",
    count(t.*)::int AS tasks, (count(*) FILTER (WHERE t.state IN ('done', 'cancelled')))::int AS ended,
    coalesce(sum(t.records), 0)::int AS records, coalesce(sum(t.calls), 0)::int AS calls, coalesce(sum(t.throttles), 0)::int AS throttles
  FROM (SELECT * FROM collection_round WHERE connection_id = c.id ORDER BY id DESC LIMIT ${ROUNDS}) AS r
  LEFT JOIN collection_task t ON t.round_id = r.id
  GROUP BY r.id, r.kind, r.state, r.actor_kind, r.actor_name, r.created_at, r.finished_at`

/** All connections, the oldest first. */
export async function listConnections(access: Access<'accounts:manage'>): Promise<ConnectionView[]> {
  requireAllAccounts(access)
  return connectionsWhere(sql`TRUE`)
}

/** One connection. Throws NotFoundError. */
export async function getConnection(
  access: Access<'accounts:manage'>,
  { id }: ConnectionById,
): Promise<ConnectionView> {
  requireAllAccounts(access)
  const [connection] = await connectionsWhere(sql`c.id = ${id}::uuid`)
  if (!connection) throw new NotFoundError()
  return connection
}

/** Cells count that Hinomi itself read, since the connection has a round: others come from reports that were uploaded. */
async function connectionsWhere(wanted: Prisma.Sql): Promise<ConnectionView[]> {
  const rows = await read<Omit<ConnectionView, 'rounds'> & { rounds: StoredRound[] | null }>(
    sql`SELECT c.id::text AS id, c.name, c.kind, c.account_id AS "accountId", c.aws_partition AS partition, c.role_name AS "roleName",
        c.paused_at AS "pausedAt", c.created_at AS "createdAt",
        (SELECT count(*)::int FROM account a WHERE a.connection_id = c.id AND a.closed_at IS NULL) AS accounts,
        coalesce(v.ok, 0) AS ok, coalesce(v.failing, 0) AS failing,
        (SELECT json_agg(r ORDER BY r.id DESC) FROM (${roundsSql}) AS r) AS rounds
      FROM connection c LEFT JOIN LATERAL (
        SELECT (count(*) FILTER (WHERE s.state = 'ok'))::int AS ok,
          (count(*) FILTER (WHERE s.state IN ('denied', 'throttled', 'failed')))::int AS failing
        FROM coverage s JOIN account a ON a.id = s.account_id JOIN import i ON i.id = s.import_id AND i.origin = 'collector'
        WHERE (a.connection_id = c.id OR a.id = c.account_id) AND ${hasRound(sql`c.id`)}
      ) AS v ON TRUE
      WHERE ${wanted}
      ORDER BY c.created_at, c.id`,
  )
  return rows.map(row => ({ ...row, rounds: (row.rounds ?? []).map(toRound) }))
}

type StoredRound = Omit<RoundView, 'createdAt' | 'finishedAt'> & { createdAt: string; finishedAt: string | null }

function toRound({ createdAt, finishedAt, ...round }: StoredRound): RoundView {
  return { ...round, createdAt: new Date(createdAt), finishedAt: finishedAt === null ? null : new Date(finishedAt) }
}
