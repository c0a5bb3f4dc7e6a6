import 'server-only'
import { Prisma } from '../generated/prisma/client'

const { sql } = Prisma

/** SQL: the ids of all accounts that a connection speaks for: those that it reads, and its own, which it may not have read yet. */
export function accountsOfConnection(connectionId: string): Prisma.Sql {
  return sql`SELECT id FROM account WHERE connection_id = ${connectionId}::uuid
    UNION SELECT account_id FROM connection WHERE id = ${connectionId}::uuid`
}

/** SQL: whether a connection has had a round. */
export function hasRound(connectionId: Prisma.Sql): Prisma.Sql {
  return sql`EXISTS (SELECT FROM collection_round r WHERE r.connection_id = ${connectionId})`
}
