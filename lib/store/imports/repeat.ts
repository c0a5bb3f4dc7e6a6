import 'server-only'
import { type Access, accountFilter } from '../../access/proof'
import { now } from '../../clock'
import type { SourceId } from '../../domain/imports/outcome'
import { Prisma } from '../../generated/prisma/client'
import { runIn, type Tx } from '../../sql/transaction'
import { importChannel } from './receive'

const { sql } = Prisma

interface Repetition {
  confirms: number | null
  retries: number | null
  mayClose: boolean
  /** The sources that it may contain; empty for every source. */
  sources: readonly SourceId[]
}

/**
 * Queues the report of import `id` again, for the accounts that both senders may write. Returns the id of the new
 * import.
 */
export async function repeatImport(
  tx: Tx,
  access: Access,
  id: number,
  { confirms, retries, mayClose, sources }: Repetition,
): Promise<number> {
  const scope = accountFilter(access)
  const allowed =
    scope === null
      ? sql`allowed`
      : sql`CASE WHEN limited THEN ARRAY(SELECT unnest(allowed) INTERSECT SELECT unnest(${scope}::text[])) ELSE ${scope}::text[] END`
  const [created] = await runIn<{ id: number }>(
    tx,
    sql`INSERT INTO import (state, source, account_id, region, mapping, coverage, origin, file_name, sha256, size_bytes, observed_at,
      observed_at_given, created_at, actor_kind, actor_id, actor_name, allowed, limited, allowed_sources, may_close, confirms_id, retries_id)
    SELECT 'queued', source, account_id, region, mapping, coverage, origin, file_name, sha256, size_bytes, observed_at,
      observed_at_given, ${now()}, ${access.actor.kind}, ${access.actor.id}, ${access.actor.name},
      ${allowed}, limited OR ${scope !== null}, ${sources}::text[], coalesce(may_close, true) AND ${mayClose}, ${confirms}::int, ${retries}::int
    FROM import WHERE id = ${id} RETURNING id`,
  )
  if (!created) throw new Error('the report was not queued again')
  await runIn(tx, sql`SELECT 1 FROM pg_notify(${importChannel}, ${String(created.id)})`)
  return created.id
}
