import 'server-only'
import { assignableRoles } from '../../access/permissions'
import type { RoutingRule } from '../../domain/policies/routing'
import { Prisma } from '../../generated/prisma/client'
import { runIn, type Tx } from '../../sql/transaction'

/** Members to whom rules may assign findings, by id. */
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
 * Locks the members whom rules name and who may own findings, until the transaction ends, so that nobody is removed or
 * limited while findings are assigned to them. Members are locked before accounts.
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

/** The owner whom a rule names, if that member may own findings of the account. */
export function ownerIn(owners: Owners, id: string | null, accountId: string): Owner | null {
  const owner = id === null ? undefined : owners.get(id)
  return owner && (owner.accounts === null || owner.accounts.includes(accountId)) ? owner : null
}

function namedIn(rules: readonly RoutingRule[]): string[] {
  return [...new Set(rules.flatMap(rule => rule.owner ?? []))]
}
