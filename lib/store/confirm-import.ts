import 'server-only'
import { type Access, accountFilter } from '../access/proof'
import { now } from '../clock'
import { prisma } from '../db'
import { confirmableSql } from '../domain/confirmable-sql'
import { AppError, NotFoundError } from '../errors'
import { Prisma } from '../generated/prisma/client'
import { recordAudit } from './audit'
import { importChannel } from './imports'

/**
 * Confirms that a complete import is right about what it lacks: an import of the same report is queued that closes what waits, and
 * from which later reports are judged. Returns its id. Throws NotFoundError outside the actor's accounts, and `conflict` where there
 * is nothing to confirm, it was confirmed before, or the report is no longer kept.
 */
export async function confirmImport(access: Access<'imports:confirm'>, id: number): Promise<{ id: number }> {
  const scope = accountFilter(access)
  return prisma().$transaction(async tx => {
    // Locked first: a statement that waits for the lock itself would not see what was confirmed meanwhile.
    await tx.$queryRaw`SELECT 1 FROM import WHERE id = ${id} FOR UPDATE`
    const [found] = await tx.$queryRaw<
      { state: string; coverage: string; held: boolean; kept: boolean; confirmed: boolean; own: boolean }[]
    >`
      SELECT i.state, i.coverage, ${Prisma.raw(confirmableSql('i'))} AS held,
        i.size_bytes = (SELECT coalesce(sum(c.length), 0) FROM import_chunk c WHERE c.import_id = i.id) AS kept,
        EXISTS (SELECT FROM import c WHERE c.confirms_id = i.id AND c.state <> 'failed') AS confirmed,
        i.actor_kind = ${access.actor.kind} AND i.actor_id = ${access.actor.id} AS own
      FROM import i WHERE i.id = ${id} AND i.state <> 'receiving' AND i.confirms_id IS NULL
        AND (${scope === null} OR (cardinality(i.accounts) > 0 AND i.accounts <@ ${scope ?? []}::text[]))`
    if (!found) throw new NotFoundError()
    if (found.state !== 'done' || found.coverage !== 'complete' || !found.held || found.confirmed)
      throw new AppError('conflict', { reason: 'nothingToConfirm' })
    if (!found.kept) throw new AppError('conflict', { reason: 'reportNotKept' })
    const [made] = await tx.$queryRaw<{ id: number }[]>`
      INSERT INTO import (state, source, account_id, region, mapping, coverage, origin, file_name, sha256, size_bytes, observed_at,
        observed_at_given, created_at, actor_kind, actor_id, actor_name, allowed, limited, allowed_sources, may_close, confirms_id)
      SELECT 'queued', source, account_id, region, mapping, coverage, origin, file_name, sha256, size_bytes, observed_at,
        observed_at_given, ${now()}, ${access.actor.kind}, ${access.actor.id}, ${access.actor.name},
        CASE WHEN ${scope === null} THEN allowed WHEN limited THEN ARRAY(SELECT unnest(allowed) INTERSECT SELECT unnest(${scope ?? []}::text[])) ELSE ${scope ?? []}::text[] END,
        limited OR ${scope !== null}, allowed_sources, may_close, id
      FROM import WHERE id = ${id} RETURNING id`
    if (!made) throw new Error('the confirmation was not created')
    await recordAudit(tx, access, {
      action: 'import.confirm',
      target: `import:${id}`,
      detail: { import: made.id, ownReport: found.own },
    })
    await tx.$queryRaw`SELECT 1 FROM pg_notify(${importChannel}, ${String(made.id)})`
    return made
  })
}
