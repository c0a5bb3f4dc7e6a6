import 'server-only'
import type { Access } from '../../access/proof'
import { now } from '../../clock'
import { pool } from '../../db'
import { paidServiceDefinition } from '../../domain/collection/paid-services/paid-services'
import { feedDefinition } from '../../domain/feeds/feed-definitions'
import { Prisma } from '../../generated/prisma/client'
import { executeIn } from '../../sql/transaction'

const { sql } = Prisma

const HOUR_MS = 3_600_000

/**
 * Records that a member opened these sources or services: at most one write for each and hour. Other actors are not
 * people.
 */
export async function recordOpening({ actor }: Access<'findings:read'>, sources: readonly string[]): Promise<void> {
  const known = sources.filter(id => feedDefinition(id) !== undefined || paidServiceDefinition(id) !== undefined)
  if (actor.kind !== 'member' || known.length === 0) return
  const at = now()
  const lately = new Date(at.getTime() - HOUR_MS)
  await executeIn(
    pool(),
    sql`INSERT INTO source_opening AS o (source, member_id, opened_at)
      SELECT s.source, ${actor.id}::uuid, ${at}::timestamptz FROM unnest(${known}::text[]) AS s(source)
      WHERE NOT EXISTS (SELECT FROM source_opening p
        WHERE p.source = s.source AND p.member_id = ${actor.id}::uuid AND p.opened_at > ${lately}::timestamptz)
      ORDER BY 1
      ON CONFLICT (source, member_id) DO UPDATE SET opened_at = greatest(o.opened_at, excluded.opened_at)`,
  )
}
