import 'server-only'
import { type Access, accountFilter, holds } from '../access/proof'
import { now } from '../clock'
import { prisma } from '../db'
import type { SourceId } from '../domain/outcome'
import { AppError, ForbiddenError, NotFoundError } from '../errors'
import { recordAudit } from './audit'
import { importChannel, requireSendable } from './imports'

/** Copying the bytes of a large report takes a while. */
const COPY_TIMEOUT_MS = 300_000

/**
 * Queues the report of an import again that was given up after errors of Hinomi's own. The new import has its own copy of the bytes, and
 * writes no more than both senders may. Returns its id. Throws NotFoundError where the actor may not see the import, `conflict` where it
 * did not fail so, is being retried or its report is no longer kept, and as requireSendable does.
 */
export async function retryImport(
  access: Access<'imports:read' | 'imports:write'>,
  id: number,
): Promise<{ id: number }> {
  const scope = accountFilter(access)
  return prisma().$transaction(
    async tx => {
      // Locked first: a statement that waits for the lock itself would not see what was queued meanwhile.
      await tx.$queryRaw`SELECT 1 FROM import WHERE id = ${id} FOR UPDATE`
      const [found] = await tx.$queryRaw<
        {
          failed: boolean
          coverage: 'complete' | 'partial'
          source: SourceId | null
          kept: boolean
          retried: boolean
          sources: SourceId[]
        }[]
      >`
      SELECT i.state = 'failed' AND i.error->>'code' = 'internal' AND i.confirms_id IS NULL AS failed, i.coverage, i.source, i.allowed_sources AS sources,
        i.size_bytes = (SELECT coalesce(sum(c.length), 0) FROM import_chunk c WHERE c.import_id = i.id) AS kept,
        EXISTS (SELECT FROM import r WHERE r.retries_id = coalesce(i.retries_id, i.id) AND r.id > i.id) AS retried
      FROM import i WHERE i.id = ${id} AND i.state <> 'receiving'
        AND ((i.actor_kind = ${access.actor.kind} AND i.actor_id = ${access.actor.id})
          OR ${scope === null} OR (cardinality(i.accounts) > 0 AND i.accounts <@ ${scope ?? []}::text[]))`
      if (!found) throw new NotFoundError()
      requireSendable(access, found)
      if (!found.failed || found.retried) throw new AppError('conflict', { reason: 'nothingToRetry' })
      if (!found.kept) throw new AppError('conflict', { reason: 'retryNotKept' })
      const sources = sharedSources(access, found.sources)
      const [made] = await tx.$queryRaw<{ id: number }[]>`
      INSERT INTO import (state, source, account_id, region, mapping, coverage, origin, file_name, sha256, size_bytes, observed_at,
        observed_at_given, created_at, actor_kind, actor_id, actor_name, allowed, limited, allowed_sources, may_close, retries_id)
      SELECT 'queued', source, account_id, region, mapping, coverage, origin, file_name, sha256, size_bytes, observed_at,
        observed_at_given, ${now()}, ${access.actor.kind}, ${access.actor.id}, ${access.actor.name},
        CASE WHEN ${scope === null} THEN allowed WHEN limited THEN ARRAY(SELECT unnest(allowed) INTERSECT SELECT unnest(${scope ?? []}::text[])) ELSE ${scope ?? []}::text[] END,
        limited OR ${scope !== null},
        ${sources}::text[],
        coalesce(may_close, true) AND ${holds(access, 'imports:close')}, coalesce(retries_id, id)
      FROM import WHERE id = ${id} RETURNING id`
      if (!made) throw new Error('the retry was not created')
      await tx.$executeRaw`
      INSERT INTO import_chunk (import_id, start, length, deflated)
      SELECT ${made.id}, start, length, deflated FROM import_chunk WHERE import_id = ${id}`
      await recordAudit(tx, access, { action: 'import.retry', target: `import:${id}`, detail: { import: made.id } })
      await tx.$queryRaw`SELECT 1 FROM pg_notify(${importChannel}, ${String(made.id)})`
      return made
    },
    { timeout: COPY_TIMEOUT_MS },
  )
}

/** The sources that both senders may send; empty for every source. Throws ForbiddenError where there is none. */
function sharedSources(access: Access, first: readonly SourceId[]): SourceId[] {
  if (!access.sources) return [...first]
  if (first.length === 0) return [...access.sources]
  const shared = first.filter(source => access.sources?.includes(source))
  if (shared.length === 0) throw new ForbiddenError('importSource', { source: first.join(', ') })
  return shared
}
