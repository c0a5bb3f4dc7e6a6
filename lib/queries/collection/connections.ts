import 'server-only'
import type { Access } from '../../access/proof'
import type { ConnectionKind, RoundKind, RoundState } from '../../domain/collection/connection'
import { Prisma } from '../../generated/prisma/client'
import { read } from '../../sql/read'

const { sql } = Prisma

/** A round with how far it has come. */
export interface RoundView {
  id: number
  kind: RoundKind
  state: RoundState
  actorName: string
  createdAt: Date
  finishedAt: Date | null
  tasks: number
  ended: number
  records: number
  calls: number
  throttles: number
}

export interface ConnectionView {
  id: string
  name: string
  kind: ConnectionKind
  accountId: string
  partition: string
  roleName: string
  pausedAt: Date | null
  createdAt: Date
  /** Open accounts that it connects. */
  accounts: number
  /** Its cells by whether they are ok. */
  ok: number
  failing: number
  /** The newest rounds, newest first. */
  rounds: RoundView[]
}

const ROUNDS = 10

const roundsSql = sql`
  SELECT r.id, r.kind, r.state, r.actor_name AS "actorName", r.created_at AS "createdAt", r.finished_at AS "finishedAt",
    count(t.*)::int AS tasks, (count(*) FILTER (WHERE t.state IN ('done', 'cancelled')))::int AS ended,
    coalesce(sum(t.records), 0)::int AS records, coalesce(sum(t.calls), 0)::int AS calls, coalesce(sum(t.throttles), 0)::int AS throttles
  FROM (SELECT * FROM collection_round WHERE connection_id = c.id ORDER BY id DESC LIMIT ${ROUNDS}) AS r
  LEFT JOIN collection_task t ON t.round_id = r.id
  GROUP BY r.id, r.kind, r.state, r.actor_name, r.created_at, r.finished_at`

/** All connections, the oldest first. */
export async function listConnections(_access: Access<'accounts:manage'>): Promise<ConnectionView[]> {
  const rows = await read<Omit<ConnectionView, 'rounds'> & { rounds: StoredRound[] | null }>(
    sql`SELECT c.id::text AS id, c.name, c.kind, c.account_id AS "accountId", c.aws_partition AS partition, c.role_name AS "roleName",
        c.paused_at AS "pausedAt", c.created_at AS "createdAt",
        (SELECT count(*)::int FROM account a WHERE a.connection_id = c.id AND a.closed_at IS NULL) AS accounts,
        coalesce(v.ok, 0) AS ok, coalesce(v.failing, 0) AS failing,
        (SELECT json_agg(r ORDER BY r.id DESC) FROM (${roundsSql}) AS r) AS rounds
      FROM connection c LEFT JOIN LATERAL (
        SELECT (count(*) FILTER (WHERE s.state = 'ok'))::int AS ok,
          (count(*) FILTER (WHERE s.state IN ('denied', 'throttled', 'failed')))::int AS failing
        FROM coverage s JOIN account a ON a.id = s.account_id WHERE a.connection_id = c.id
      ) AS v ON TRUE
      ORDER BY c.created_at, c.id`,
  )
  return rows.map(row => ({ ...row, rounds: (row.rounds ?? []).map(toRound) }))
}

type StoredRound = Omit<RoundView, 'createdAt' | 'finishedAt'> & { createdAt: string; finishedAt: string | null }

function toRound({ createdAt, finishedAt, ...round }: StoredRound): RoundView {
  return { ...round, createdAt: new Date(createdAt), finishedAt: finishedAt === null ? null : new Date(finishedAt) }
}
