import 'server-only'
import type { PoolClient } from 'pg'
import { assignableRoles } from '../../access/permissions'
import type { RoutingRule } from '../../domain/policies/routing'
import { Prisma } from '../../generated/prisma/client'

/** Members whom rules may give findings to, by id. */
export type Owners = ReadonlyMap<string, Owner>

export interface Owner {
  id: string
  name: string
  /** The accounts that the member may see; null for every account. */
  accounts: string[] | null
}

const { sql } = Prisma

interface Stored extends Owner {
  limited: boolean
  accounts: string[]
}

/**
 * Holds the members whom rules name, as far as they may be given findings, until the transaction ends: nobody is removed or limited
 * while being given any. Members come before accounts, as with every writer (lock.ts).
 */
export async function holdOwners(tx: Prisma.TransactionClient, rules: readonly RoutingRule[]): Promise<Owners> {
  const named = namedIn(rules)
  if (named.length === 0) return new Map()
  return toOwners(await tx.$queryRaw<Stored[]>(statement(named)))
}

/** The same on a plain client, where bulk work goes on. */
export async function holdOwnersWith(client: PoolClient, rules: readonly RoutingRule[]): Promise<Owners> {
  const named = namedIn(rules)
  if (named.length === 0) return new Map()
  const { text, values } = statement(named)
  return toOwners((await client.query<Stored>(text, values)).rows)
}

/** The owner that a rule names, where that person may be given findings of the account. */
export function ownerIn(owners: Owners, id: string | null, accountId: string): Owner | null {
  const owner = id === null ? undefined : owners.get(id)
  return owner && (owner.accounts === null || owner.accounts.includes(accountId)) ? owner : null
}

function statement(ids: string[]): Prisma.Sql {
  return sql`SELECT id::text AS id, name, limited, accounts FROM member
    WHERE id = ANY(${ids}::uuid[]) AND removed_at IS NULL AND role = ANY(${assignableRoles}::text[]) ORDER BY id FOR SHARE`
}

function namedIn(rules: readonly RoutingRule[]): string[] {
  return [...new Set(rules.flatMap(rule => rule.owner ?? []))]
}

function toOwners(rows: readonly Stored[]): Owners {
  return new Map(rows.map(({ id, name, limited, accounts }) => [id, { id, name, accounts: limited ? accounts : null }]))
}
