import 'server-only'
import { assignableRoles } from '../../access/permissions'
import type { RoutingRule } from '../../domain/policies/routing'
import { Prisma } from '../../generated/prisma/client'
import { runIn, type Tx } from '../../sql/transaction'

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
export async function holdOwners(tx: Tx, rules: readonly RoutingRule[]): Promise<Owners> {
  const named = namedIn(rules)
  if (named.length === 0) return new Map()
  const rows = await runIn<Stored>(
    tx,
    sql`SELECT id::text AS id, name, limited, accounts FROM member
      WHERE id = ANY(${named}::uuid[]) AND removed_at IS NULL AND role = ANY(${assignableRoles}::text[]) ORDER BY id FOR SHARE`,
  )
  return new Map(rows.map(({ id, name, limited, accounts }) => [id, { id, name, accounts: limited ? accounts : null }]))
}

/** The owner that a rule names, where that person may be given findings of the account. */
export function ownerIn(owners: Owners, id: string | null, accountId: string): Owner | null {
  const owner = id === null ? undefined : owners.get(id)
  return owner && (owner.accounts === null || owner.accounts.includes(accountId)) ? owner : null
}

function namedIn(rules: readonly RoutingRule[]): string[] {
  return [...new Set(rules.flatMap(rule => rule.owner ?? []))]
}
