import 'server-only'
import type { Access } from '../../access/proof'
import { Prisma } from '../../generated/prisma/client'
import { read } from '../../sql/read'
import { isWritten } from '../../sql/written-assets'
import { accountInScope } from '../accounts/rows'

const { sql } = Prisma

/** The protection of entrances beside web ACLs, in the reader's open accounts. */
export interface Protection {
  /** Accounts with a subscription to Shield Advanced, and the resources that it protects. */
  subscribed: number
  protectedResources: number
  /** Policies of Firewall Manager. */
  policies: number
}

/** Null where no account's protection was ever read. */
export async function getProtection(access: Access<'findings:read'>): Promise<Protection | null> {
  const [row] = await read<Protection & { read: boolean }>(
    sql`WITH wanted AS MATERIALIZED (SELECT a.id FROM account a WHERE ${accountInScope(access)} AND a.closed_at IS NULL), found AS (
        SELECT r.type, r.data FROM asset r WHERE r.account_id = ANY(ARRAY(SELECT id FROM wanted))
          AND ${isWritten(sql`r`, 'AWS::Shield::Subscription', 'AWS::Shield::Protection', 'AWS::FMS::Policy')})
      SELECT EXISTS (SELECT FROM coverage c JOIN wanted w ON w.id = c.account_id WHERE c.collector = 'protection' AND c.state = 'ok') AS read,
        (SELECT count(*)::int FROM found WHERE type = 'AWS::Shield::Subscription' AND data ->> 'state' = 'ACTIVE') AS subscribed,
        (SELECT count(*)::int FROM found WHERE type = 'AWS::Shield::Protection') AS "protectedResources",
        (SELECT count(*)::int FROM found WHERE type = 'AWS::FMS::Policy') AS policies`,
  )
  if (!row?.read) return null
  const { subscribed, protectedResources, policies } = row
  return { subscribed, protectedResources, policies }
}
